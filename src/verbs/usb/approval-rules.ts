import type { ApprovalFields } from '../../api/device-control.ts'

/** What of an approval can be set ("Bulk Create Approvals", Body Schema), in the order of the document's CSV. */
export const APPROVAL_FIELDS = [
  'vendor_id',
  'product_id',
  'serial_number',
  'approval_name',
  'notes',
] as const satisfies (keyof ApprovalFields)[]
export type ApprovalField = (typeof APPROVAL_FIELDS)[number]

/** Whether a field says which USB devices are meant. */
export function isIdentifying(field: ApprovalField): boolean {
  return field !== 'approval_name' && field !== 'notes'
}

/** Characters ("Bulk Create Approvals", Body Schema), counted as a person does, not in units of an encoding. */
const MAX_CHARS = { approval_name: 150, notes: 500 } as const

/**
 * A vendor's or product's id as the documents have it, `0x0781`, of `0x0781`, `0781` or `781`; nothing stays nothing; undefined: it isn't
 * hexadecimal.
 */
export function hexId(text: string): string | undefined {
  if (text === '') return ''
  const digits = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(text)?.[1]
  return digits === undefined ? undefined : `0x${digits.toLowerCase().padStart(4, '0')}`
}

/** The same approval with its ids as the documents have them; what is no id stays as it is. */
export function documented<T extends ApprovalFields>(approval: T): T {
  const ids = (['vendor_id', 'product_id'] as const).filter(field => approval[field] != null)
  return { ...approval, ...Object.fromEntries(ids.map(field => [field, hexId(approval[field] ?? '') ?? approval[field]])) }
}

/**
 * What an approval is of, as a text to compare: there is one approval for a serial number, vendor id and product id ("Update Approval",
 * 409).
 * Ids that are written differently are the same; serial numbers are compared as they are.
 */
export function devicesOf(approval: ApprovalFields): string {
  const { vendor_id, product_id, serial_number } = documented(approval)
  return JSON.stringify([vendor_id ?? '', product_id ?? '', serial_number ?? ''])
}

/** Whether an approval has what is said of it; a field that isn't said may be anything. */
export function has(approval: ApprovalFields, said: ApprovalFields): boolean {
  const [there, wanted] = [documented(approval), documented(said)]
  return APPROVAL_FIELDS.every(field => wanted[field] === undefined || wanted[field] === (there[field] ?? ''))
}

/** All that is wrong with what would be sent, in words; none: nothing is. */
export function problemsOf(approval: ApprovalFields): string[] {
  const { vendor_id = '', product_id = '', serial_number = '' } = approval
  const problems: string[] = []
  for (const field of ['vendor_id', 'product_id'] as const) {
    const id = approval[field] ?? ''
    if (hexId(id) === undefined)
      problems.push(`${field} "${id}" is not hexadecimal, such as ${field === 'vendor_id' ? '0x0781' : '0x5581'}`)
  }
  if (vendor_id === '' && serial_number === '' && product_id === '')
    problems.push('has neither vendor_id nor product_id nor serial_number, and would approve everything')
  if (vendor_id === '' && product_id !== '') problems.push('has a product_id without its vendor_id')
  for (const field of ['approval_name', 'notes'] as const) {
    const length = [...(approval[field] ?? '')].length
    if (length > MAX_CHARS[field]) problems.push(`${field} has ${length} characters; it can have ${MAX_CHARS[field]}`)
  }
  return problems
}
