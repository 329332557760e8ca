import { DANGEROUS } from '../core/text/escape-json.ts'

/** Half of a surrogate pair by itself: a name of Windows may hold one, and UTF-8 can't. */
const HALF = /\p{Cs}/u
const PERCENT = /%(?=[\dA-Fa-f]{2})/g
/** A half in the form in which UTF-8 would have it. */
const ESCAPED_HALF = /%ED%([AB][\dA-F])%([89AB][\dA-F])/gi
const ESCAPED = /(?:%[\dA-Fa-f]{2})+/g

/**
 * Returns a name of the endpoint as clients get it: what could harm a terminal or a client, control characters, format characters and
 * halves of surrogate pairs, is `%` and the hexadecimal digits of each of its bytes in UTF-8, and so is a `%` that would be taken for that.
 */
export function escapeName(name: string): string {
  return name.replace(PERCENT, '%25').replace(DANGEROUS, character => bytesOf(character).map(percent).join(''))
}

/** Returns the name that a client's name stands for: the inverse of `escapeName`. */
export function unescapeName(name: string): string {
  return name
    .replace(ESCAPED_HALF, (_, second: string, third: string) =>
      String.fromCharCode(0xd000 | ((Number.parseInt(second, 16) & 0x3f) << 6) | (Number.parseInt(third, 16) & 0x3f)),
    )
    .replace(ESCAPED, text => Buffer.from(text.replaceAll('%', ''), 'hex').toString())
}

function bytesOf(character: string): number[] {
  const code = character.charCodeAt(0)
  return HALF.test(character) ? [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)] : [...Buffer.from(character)]
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
