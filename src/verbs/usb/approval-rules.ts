import type { ApprovalFields } from '../../api/device-control.ts'

/** The fields of an approval that can be set ("Bulk Create Approvals", Body Schema), in the order of the document's CSV. */
export const APPROVAL_FIELDS = [
  'vendor_id',
  'product_id',
  'serial_number',
  'approval_name',
  'notes',
] as const satisfies (keyof ApprovalFields)[]
export type ApprovalField = (typeof APPROVAL_FIELDS)[number]

/** Whether a field determines which USB devices an approval covers. */
export function isIdentifying(field: ApprovalField): boolean {
  return field !== 'approval_name' && field !== 'notes'
}

/** Maximum lengths ("Bulk Create Approvals", Body Schema), in characters and not in units of an encoding. */
const MAX_CHARS = { approval_name: 150, notes: 500 } as const

/**
 * Normalizes a vendor or product id such as `0781` or `781` to the documented form, `0x0781`. An empty text stays empty.
 * @returns undefined if it is not hexadecimal
 */
export function hexId(text: string): string | undefined {
  if (text === '') return ''
  const digits = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(text)?.[1]
  return digits === undefined ? undefined : `0x${digits.toLowerCase().padStart(4, '0')}`
}

/** Returns an approval with its ids in the documented form. Invalid ids stay unchanged. */
export function documented<T extends ApprovalFields>(approval: T): T {
  const ids = (['vendor_id', 'product_id'] as const).filter(field => approval[field] != null)
  return { ...approval, ...Object.fromEntries(ids.map(field => [field, hexId(approval[field] ?? '') ?? approval[field]])) }
}

/**
 * Returns a key for the devices that an approval covers. The service allows one approval per combination of serial number, vendor id and
 * product id ("Update Approval", 409). Different notations of an id give the same key; serial numbers are compared literally.
 */
export function devicesOf(approval: ApprovalFields): string {
  const { vendor_id, product_id, serial_number } = documented(approval)
  return JSON.stringify([vendor_id ?? '', product_id ?? '', serial_number ?? ''])
}

/** Whether an approval has all the values in `said`. Fields that are not in it may have any value. */
export function has(approval: ApprovalFields, said: ApprovalFields): boolean {
  const [there, wanted] = [documented(approval), documented(said)]
  return APPROVAL_FIELDS.every(field => wanted[field] === undefined || wanted[field] === (there[field] ?? ''))
}

/** Describes everything that is wrong with an approval to be sent. The list is empty if it is valid. */
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
    if (length > MAX_CHARS[field]) problems.push(`${field} has ${length} characters; the maximum is ${MAX_CHARS[field]}`)
  }
  return problems
}
