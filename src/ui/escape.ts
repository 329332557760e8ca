/**
 * Text from an endpoint or the service is hostile: this is the one place that makes it harmless to look at. Escaped are controls (C0, C1,
 * DEL), what turns
 * the direction of text or hides (the format characters), line and paragraph separators, and halves of surrogate pairs.
 */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Printable ASCII, as nearly all text is: nothing to look for. */
const PLAIN = /^[ -~]*$/

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** @param keep dangerous characters that stay as they are */
function escape(text: string, keep: string, code: (character: string) => string): string {
  if (PLAIN.test(text)) return text
  return text.replace(DANGEROUS, character => (keep.includes(character) ? character : code(character)))
}

/** As people read it: `\x1b`, `\u202e`, `\u{e0041}`. */
function readable(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code > 0xffff) return `\\u{${code.toString(16)}}`
  return SHORT[character] ?? (code < 0x100 ? `\\x${hexadecimal(code, 2)}` : `\\u${hexadecimal(code, 4)}`)
}

/** As JSON has it: each half of a surrogate pair by itself. */
function jsonEscape(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${hexadecimal(unit.charCodeAt(0), 4)}`)
    .join('')
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** One line of text that can be shown anywhere: `\x1b`, `\u202e`. */
export function escapeLine(text: string): string {
  return escape(text, '', readable)
}

/** Several lines: line ends and tabs stay, all else is escaped. */
export function escapeText(text: string): string {
  return escape(text.replaceAll('\r\n', '\n'), '\n\t', readable)
}

/** A cell of a file of cells, where quotes hold line ends and tabs together: those stay. */
export function escapeCell(text: string): string {
  return escape(text, '\r\n\t', readable)
}

/** JSON that can be shown on a terminal: the same document, its dangerous characters as `\uXXXX`. */
export function escapeJson(json: string): string {
  return escape(json, '\n', jsonEscape)
}
