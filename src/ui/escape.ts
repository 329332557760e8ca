/**
 * Text from an endpoint or the service is hostile: this is the only place that makes it safe to show. It escapes control characters (C0,
 * C1, DEL), format characters, which can reverse or hide text, line and paragraph separators, and halves of surrogate pairs.
 */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Printable ASCII, as nearly all text is: it needs no escaping. */
const PLAIN = /^[ -~]*$/

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** @param keep dangerous characters that are not escaped @param code returns the escape for a character */
function escape(text: string, keep: string, code: (character: string) => string): string {
  if (PLAIN.test(text)) return text
  return text.replace(DANGEROUS, character => (keep.includes(character) ? character : code(character)))
}

/** Returns an escape for people: `\x1b`, `\u202e`, `\u{e0041}`. */
function readable(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code > 0xffff) return `\\u{${code.toString(16)}}`
  return SHORT[character] ?? (code < 0x100 ? `\\x${hexadecimal(code, 2)}` : `\\u${hexadecimal(code, 4)}`)
}

/** Returns a JSON escape: each half of a surrogate pair by itself. */
function jsonEscape(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${hexadecimal(unit.charCodeAt(0), 4)}`)
    .join('')
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** Escapes a text into one line that can be shown anywhere: `\x1b`, `\u202e`. */
export function escapeLine(text: string): string {
  return escape(text, '', readable)
}

/** Escapes a text of several lines: line ends and tabs stay. */
export function escapeText(text: string): string {
  return escape(text.replaceAll('\r\n', '\n'), '\n\t', readable)
}

/** Escapes a cell of a CSV file: line ends and tabs stay, since quotes enclose them. */
export function escapeCell(text: string): string {
  return escape(text, '\r\n\t', readable)
}

/** Makes JSON safe for a terminal: the same document, with its dangerous characters as `\uXXXX`. */
export function escapeJson(json: string): string {
  return escape(json, '\n', jsonEscape)
}
