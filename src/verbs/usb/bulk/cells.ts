/** The apostrophe that our own CSV puts before a formula so that a spreadsheet doesn't run it (ui/csv.ts). */
const DEFUSED = /^'(?=[=+\-@\t\r\n＝＋－＠])/
/** Control and hidden characters, as our own CSV escapes them (ui/escape.ts). */
const ESCAPED = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/gi

/** Returns the text of a cell, with defused formulas restored. */
export function cellText(cell: string): string {
  return cell.replace(DEFUSED, '')
}

/**
 * Whether a text equals `there` apart from what a CSV file changes: defused formulas, escaped control characters, and a spreadsheet's line
 * ends. This way an untouched export counts as unchanged.
 */
export function sameText(text: string, there: string): boolean {
  return text === there || plain(text) === plain(there)
}

function plain(text: string): string {
  return text
    .replace(/^'+(?=[=+\-@\t\r\n＝＋－＠])/, '')
    .replaceAll(ESCAPED, (_, ...codes) => character(codes.slice(0, 3) as (string | undefined)[]))
    .replaceAll(/\r\n?/g, '\n')
}

function character(codes: (string | undefined)[]): string {
  const code = Number.parseInt(codes.find(found => found !== undefined) ?? '', 16)
  return code > 0x10ffff ? '' : String.fromCodePoint(code)
}
