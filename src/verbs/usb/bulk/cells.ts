/** What our own CSV puts an apostrophe in front of, so that a spreadsheet doesn't run it (ui/csv.ts). */
const DEFUSED = /^'(?=[=+\-@\t\r\n＝＋－＠])/
/** What controls and hidden characters look like in our own CSV (ui/escape.ts). */
const ESCAPED = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/gi

/** The text of a cell: formulas that were defused are as they were. */
export function cellText(cell: string): string {
  return cell.replace(DEFUSED, '')
}

/**
 * Whether a text is what `there` became on its way through a file of cells: with formulas defused, controls escaped, and line ends as a
 * spreadsheet writes them.
 * What was exported and not touched is no change.
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
