import type { ApprovalField } from '../approval-rules.ts'

/** What our own CSV puts an apostrophe in front of, so that a spreadsheet doesn't run it (ui/csv.ts). */
const DEFUSED = /^'(?=[=+\-@\t\r\n＝＋－＠])/
/** What controls and hidden characters look like in our own CSV (ui/escape.ts). */
const ESCAPED = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/gi

/** A number that a spreadsheet made of what looked like one: `4.53E+21`, `4,53E+21`. */
const SCIENTIFIC = /^\d+(?:[.,]\d+)?E[+-]\d+$/i
/** Digits beyond the fifteen that a spreadsheet keeps, all zero. */
const ROUNDED = /^\d{15}0{3,}$/

/** The text of a cell: formulas that were defused are as they were, and what identifies USB devices has no blanks around it. */
export function cellText(field: ApprovalField, cell: string): string {
  const text = cell.replace(DEFUSED, '')
  return field === 'approval_name' || field === 'notes' ? text : text.trim()
}

/** What a spreadsheet has done to an id or serial number: those digits are gone. */
export function damageOf(field: ApprovalField, text: string): string | undefined {
  if (field === 'approval_name' || field === 'notes' || !SCIENTIFIC.test(text)) return undefined
  return `${field} "${text}" was made a number by a spreadsheet, which lost its digits: format that column as text, and enter it again`
}

/** Whether a spreadsheet may have rounded a serial number. It may be one that ends so. */
export function looksRounded(field: ApprovalField, text: string): boolean {
  return field === 'serial_number' && ROUNDED.test(text)
}

/**
 * Whether a text is what `there` became on its way through a file of cells: with formulas defused, controls escaped, and line ends as a spreadsheet writes them.
 * What was exported and not touched is no change.
 */
export function sameText(text: string, there: string): boolean {
  return text === there || plain(text) === plain(there)
}

function plain(text: string): string {
  return text.replace(/^'+(?=[=+\-@\t\r\n＝＋－＠])/, '').replaceAll(ESCAPED, (_, ...codes) => character(codes.slice(0, 3) as (string | undefined)[])).replaceAll(/\r\n?/g, '\n')
}

function character(codes: (string | undefined)[]): string {
  const code = Number.parseInt(codes.find(found => found !== undefined) ?? '', 16)
  return code > 0x10ffff ? '' : String.fromCodePoint(code)
}
