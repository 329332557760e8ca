import { APPROVAL_FIELDS, type ApprovalField } from '../approval-rules.ts'

/** What else approvals and USB devices have: an export can be taken as it is, and a list of devices that were seen too. */
const IGNORED = new Set([
  'action',
  'line',
  'id',
  'vendor_name',
  'product_name',
  'created_at',
  'updated_at',
  'updated_by',
  'status',
  'first_seen',
  'last_seen',
  'last_endpoint_name',
  'last_endpoint_id',
  'last_policy_id',
  'endpoint_count',
  'device_friendly_name',
  'device_name',
])

/** What a column or field of a file is by its name: one of an approval, one that means nothing here, or probably a slip of the pen. */
export type Meaning = { field: ApprovalField } | 'ignored' | 'unknown' | 'mistaken'

/** @param name as it is in the file: `vendor_id`, `Vendor ID` */
export function meaningOf(name: string): Meaning {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  const field = APPROVAL_FIELDS.find(one => one === plain)
  if (field !== undefined) return { field }
  if (IGNORED.has(plain)) return 'ignored'
  // Without its serial number an approval would be one of every stick of that make: that must not happen by a misspelt heading.
  return /serial|vendor|product|^(vid|pid|sn)$/.test(plain) ? 'mistaken' : 'unknown'
}

/** Columns that there are, for messages. */
export const COLUMN_NAMES = APPROVAL_FIELDS.join(', ')
