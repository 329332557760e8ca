import { unseenIn, withoutUnseen } from '../serial-number.ts'

/** A text that identifies USB devices, with possible objections. */
export interface Identifying {
  /** The text without what spreadsheets and dialogs add to it. */
  text: string
  /** What was removed from it. */
  warning?: string
  /** Why it can't be right. */
  problem?: string
  /** Why it may not be right. */
  doubt?: string
}

/** A text in quotes, or `="0001"`, by which exports protect leading zeros from spreadsheets. */
const QUOTED = /^=?"((?:[^"]|"")*)"$/
/** Marks a cell as text in a spreadsheet. */
const APOSTROPHE = /^'/
const MONTH = '(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\\.?'

/** Traces of a spreadsheet that converted a cell, so that the original digits are lost. */
const DAMAGE: readonly [RegExp, string][] = [
  [/^#|^err:\d+$/i, 'is the error of a formula'],
  [/^=/, 'is a formula'],
  [/^[+-]?\d+(?:[.,]\d+)?E[+-]\d+$|^[+-]?\d+[.,]\d+E\d+$/i, 'was turned into a number by a spreadsheet, which lost its digits'],
  [/^[+-]?\d+[.,]\d+$|^\d{1,3}(?:[.,'’]\d{3})+$/, 'was turned into a number by a spreadsheet'],
  [
    /^\d{4}([-/.])\d{1,2}\1\d{1,2}(?:[T ].*)?$|^\d{1,2}([-/.])\d{1,2}\2\d{2,4}(?: .*)?$|^\d{1,2}\/\d{1,4}$|^\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?$/i,
    'was turned into a date or time by a spreadsheet',
  ],
  [
    new RegExp(`^(?:\\d{1,2}[-/. ]+)?${MONTH}[-/. ]+\\d{1,4}$|^\\d{1,2}[-/. ]+${MONTH}(?:[-/. ]+\\d{2,4})?$`, 'i'),
    'was turned into a date by a spreadsheet',
  ],
  [/^(?:n\/?a|none|null|nil|nan|undefined|true|false|wahr|falsch)$/i, 'is only a placeholder'],
  [/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})/i, 'contains an escaped control character'],
]

/** A number whose digits after the fifteenth are all zero: spreadsheets keep only fifteen. */
const ROUNDED = /^\d{15}0+$/

/**
 * Reads an id or serial number from a file. Damaged values are reported, so that they never become an approval for other devices.
 * @param cells whether it comes from a cell, which a spreadsheet may have rounded
 */
export function readIdentifying(field: string, given: string, cells: boolean): Identifying {
  const trimmed = given.trim()
  const quoted = QUOTED.exec(trimmed)?.[1]
  const inner = (quoted?.replaceAll('""', '"') ?? trimmed.replace(APOSTROPHE, '')).trim()
  const text = withoutUnseen(inner)
  const unseen = unseenIn(inner)
  if (/[\p{Cc}\p{Z}]/u.test(inner.replaceAll(' ', '')))
    return { text: inner, problem: `${field} contains invisible characters: ${unseen.join(', ')}` }
  const [, damage] = DAMAGE.find(([form]) => form.test(text)) ?? []
  if (damage !== undefined) return { text, problem: `${field} "${text}" ${damage}: format that column as text, and enter it again` }
  return {
    text,
    ...(unseen.length === 0
      ? {}
      : { warning: `${field} ${text} contained invisible characters, which were removed: ${unseen.join(', ')}` }),
    ...(cells && quoted === undefined && field === 'serial_number' && ROUNDED.test(text)
      ? {
          doubt: `${field} ${text} looks as if a spreadsheet rounded it, and no such USB device was seen; if it is correct, write ="${text}"`,
        }
      : {}),
  }
}
