import { DANGEROUS, PLAIN } from '../core/text/escape-json.ts'

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text from an endpoint or the service is hostile: this is the only place that makes it safe to show to people; JSON has core/text/escape-json.ts.
 * @param keep dangerous characters that are not escaped
 */
function escape(text: string, keep: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(DANGEROUS, character => (keep.includes(character) ? character : readable(character)))
}

/** Returns an escape for people: `\x1b`, `\u202e`, `\u{e0041}`. */
function readable(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code > 0xffff) return `\\u{${code.toString(16)}}`
  return SHORT[character] ?? (code < 0x100 ? `\\x${hexadecimal(code, 2)}` : `\\u${hexadecimal(code, 4)}`)
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** Escapes a text into one line that can be shown anywhere: `\x1b`, `\u202e`. */
export function escapeLine(text: string): string {
  return escape(text, '')
}

/** Escapes a text of several lines: line ends and tabs stay. */
export function escapeText(text: string): string {
  return escape(text.replaceAll('\r\n', '\n'), '\n\t')
}

/** Escapes a cell of a CSV file: line ends and tabs stay, since quotes enclose them. */
export function escapeCell(text: string): string {
  return escape(text, '\r\n\t')
}
