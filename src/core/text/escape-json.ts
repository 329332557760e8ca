/** What must not reach a terminal: control characters (C0, C1, DEL), format characters, which can reverse or hide text, line and paragraph separators, and halves of surrogate pairs. */
export const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Printable ASCII, as nearly all text is: it needs no escaping. */
export const PLAIN = /^[ -~]*$/

/** Makes JSON safe for a terminal: the same document, with its dangerous characters as `\uXXXX`. Line feeds between its parts stay. */
export function escapeJson(json: string): string {
  if (PLAIN.test(json)) return json
  return json.replace(DANGEROUS, character => (character === '\n' ? character : escaped(character)))
}

/** Each half of a surrogate pair by itself. */
function escaped(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
