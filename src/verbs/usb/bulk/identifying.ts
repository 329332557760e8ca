import { unseenIn, withoutUnseen } from '../serial-number.ts'

/** A text that is to identify USB devices, and what speaks against it. */
export interface Identifying {
  /** Without what spreadsheets and dialogs leave around it. */
  text: string
  /** What is left out of it. */
  warning?: string
  /** Why it can't be what was meant. */
  problem?: string
  /** Why it may not be what was meant. */
  doubt?: string
}

/** `="0001"`, with which exports keep zeros from spreadsheets, and a text in quotes of its own. */
const QUOTED = /^=?"((?:[^"]|"")*)"$/
/** What tells a spreadsheet that a cell is text. */
const APOSTROPHE = /^'/
const MONTH = '(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\\.?'

/** What a spreadsheet makes of what looks like something else: the digits of the text that stood there are gone. */
const DAMAGE: readonly [RegExp, string][] = [
  [/^#|^err:\d+$/i, 'is the error of a formula'],
  [/^=/, 'is a formula'],
  [/^[+-]?\d+(?:[.,]\d+)?E[+-]\d+$|^[+-]?\d+[.,]\d+E\d+$/i, 'was made a number by a spreadsheet, which lost its digits'],
  [/^[+-]?\d+[.,]\d+$|^\d{1,3}(?:[.,'’]\d{3})+$/, 'was made a number by a spreadsheet'],
  [
    /^\d{4}([-/.])\d{1,2}\1\d{1,2}(?:[T ].*)?$|^\d{1,2}([-/.])\d{1,2}\2\d{2,4}(?: .*)?$|^\d{1,2}\/\d{1,4}$|^\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?$/i,
    'was made a date or time by a spreadsheet',
  ],
  [
    new RegExp(`^(?:\\d{1,2}[-/. ]+)?${MONTH}[-/. ]+\\d{1,4}$|^\\d{1,2}[-/. ]+${MONTH}(?:[-/. ]+\\d{2,4})?$`, 'i'),
    'was made a date by a spreadsheet',
  ],
  [/^(?:n\/?a|none|null|nil|nan|undefined|true|false|wahr|falsch)$/i, 'says that there is nothing'],
  [/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})/i, 'holds an escaped control character'],
]

/** A number of more digits than the fifteen that a spreadsheet keeps, and zeros in place of the others. */
const ROUNDED = /^\d{15}0+$/

/**
 * Reads an id or serial number as a file has it: what was damaged on its way is told, so that it never becomes an approval of other
 * devices.
 * @param cells whether it stood in a cell, which a spreadsheet may have rounded
 */
export function readIdentifying(field: string, given: string, cells: boolean): Identifying {
  const trimmed = given.trim()
  const quoted = QUOTED.exec(trimmed)?.[1]
  const inner = (quoted?.replaceAll('""', '"') ?? trimmed.replace(APOSTROPHE, '')).trim()
  const text = withoutUnseen(inner)
  const unseen = unseenIn(inner)
  if (/[\p{Cc}\p{Z}]/u.test(inner.replaceAll(' ', '')))
    return { text: inner, problem: `${field} holds characters that nobody sees: ${unseen.join(', ')}` }
  const [, damage] = DAMAGE.find(([form]) => form.test(text)) ?? []
  if (damage !== undefined) return { text, problem: `${field} "${text}" ${damage}: format that column as text, and enter it again` }
  return {
    text,
    ...(unseen.length === 0
      ? {}
      : { warning: `${field} ${text} held characters that nobody sees, which are left out: ${unseen.join(', ')}` }),
    ...(cells && quoted === undefined && field === 'serial_number' && ROUNDED.test(text)
      ? {
          doubt: `${field} ${text} looks as if a spreadsheet had rounded it, and no such USB device was seen; if it does end so, write ="${text}"`,
        }
      : {}),
  }
}
