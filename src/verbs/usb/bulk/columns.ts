import { APPROVAL_FIELDS, type ApprovalField } from '../approval-rules.ts'
import { APPROVAL_WHOLE, DEVICE_WHOLE } from '../columns.ts'

/** Other columns of approvals and USB devices. They are ignored, so that an export or a list of seen devices can be used unchanged. */
const IGNORED = new Set(['action', 'line', ...[...APPROVAL_WHOLE, ...DEVICE_WHOLE].map(({ key }) => key)])

/** What a column or field name means: a field of an approval, one to ignore, an unknown one, or probably a typo (`mistaken`). */
export type Meaning = { field: ApprovalField } | 'ignored' | 'unknown' | 'mistaken'

/** Returns the meaning of a column name. @param name as in the file: `vendor_id`, `Vendor ID` */
export function meaningOf(name: string): Meaning {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  const field = APPROVAL_FIELDS.find(one => one === plain)
  if (field !== undefined) return { field }
  if (IGNORED.has(plain)) return 'ignored'
  // Without the serial number, an approval would cover every device of that model. A misspelt heading must not cause that.
  return /serial|vendor|product|^(vid|pid|sn)$/.test(plain) ? 'mistaken' : 'unknown'
}

/** The names of the columns, for messages. */
export const COLUMN_NAMES = APPROVAL_FIELDS.join(', ')
