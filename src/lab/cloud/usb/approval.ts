import { asObject, HttpError } from '../http.ts'
import { productName, vendorName } from './names.ts'
import type { UsbDevice } from './inventory.ts'
import type { Approval, ApprovalFields } from './state.ts'

/** The longest texts, in characters ("Body Schema" of "Bulk Create Approvals"). */
const MAX_CHARS = { approval_name: 150, notes: 500 }

/** The fields of an approval that can be set. */
export const APPROVAL_FIELDS = ['vendor_id', 'product_id', 'serial_number', 'approval_name', 'notes'] as const

/**
 * Parses the fields of an approval; those that the request doesn't name keep their values from `before`.
 * @param where how error messages refer to the approval
 * @throws HttpError 400: a value is invalid, or the approval doesn't say which USB devices it is for
 */
export function parseApproval(json: unknown, where: string, before?: ApprovalFields): ApprovalFields {
  const body = asObject(json)
  if (body === undefined) throw new HttpError(400, `${where} must be an object`)
  const fields: ApprovalFields = {
    vendor_id: hexadecimal(body, 'vendor_id', where, before),
    product_id: hexadecimal(body, 'product_id', where, before),
    serial_number: text(body, 'serial_number', where, before),
    approval_name: limited(body, 'approval_name', where, before),
    notes: limited(body, 'notes', where, before),
  }
  if (fields.vendor_id === '' && fields.serial_number === '') throw new HttpError(400, `${where} must have a vendor_id or a serial_number`)
  if (fields.vendor_id === '' && fields.product_id !== '') throw new HttpError(400, `${where} has a product_id without its vendor_id`)
  return fields
}

/** Returns a key that is equal for approvals with the same serial number, vendor id and product id: only one of them can exist. */
export function approvalKey({ vendor_id, product_id, serial_number }: ApprovalFields): string {
  return JSON.stringify([vendor_id, product_id, serial_number])
}

/** Whether an approval covers a USB device: by vendor, by vendor and product, or by serial number. */
export function approves({ vendor_id, product_id, serial_number }: ApprovalFields, { vendor, product, serial }: UsbDevice): boolean {
  return ['', vendor.id].includes(vendor_id) && ['', product.id].includes(product_id) && ['', serial].includes(serial_number)
}

/** Returns an approval as in the examples of "Bulk Create Approvals" and "Search Approvals". */
export function approvalView(approval: Approval) {
  const { id, vendor_id, product_id, serial_number, created, updated, notes, approval_name } = approval
  return {
    id,
    vendor_id,
    vendor_name: vendorName(vendor_id),
    product_id,
    product_name: productName(vendor_id, product_id),
    serial_number,
    created_at: timestamp(created),
    updated_at: timestamp(updated),
    notes,
    approval_name,
  }
}

/** Returns an approval as in the examples of "Get Approval by ID" and "Update Approval": with who changed it. */
export function approvalDetails(approval: Approval) {
  const { updated_at, notes, approval_name, ...rest } = approvalView(approval)
  return { ...rest, updated_at, updated_by: approval.updated_by, notes, approval_name }
}

/** The columns of an export: first those that can be set, so that the file can be imported unchanged. */
export const APPROVAL_COLUMNS = [
  ...APPROVAL_FIELDS,
  'id',
  'vendor_name',
  'product_name',
  'created_at',
  'updated_at',
  'updated_by',
] as const satisfies (keyof ReturnType<typeof approvalDetails>)[]

/** Formats a time as ISO 8601 with microseconds. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}

function hexadecimal(body: Record<string, unknown>, name: 'vendor_id' | 'product_id', where: string, before?: ApprovalFields): string {
  const id = text(body, name, where, before)
  const [, digits] = /^0x([0-9a-f]{1,4})$/i.exec(id) ?? []
  if (id !== '' && digits === undefined)
    throw new HttpError(400, `${where}: ${name} ${JSON.stringify(id)} is not hexadecimal, such as 0x0781`)
  return digits === undefined ? '' : `0x${digits.toLowerCase().padStart(4, '0')}`
}

function limited(body: Record<string, unknown>, name: 'approval_name' | 'notes', where: string, before?: ApprovalFields): string {
  const value = text(body, name, where, before)
  if ([...value].length > MAX_CHARS[name]) throw new HttpError(400, `${where}: ${name} is longer than ${MAX_CHARS[name]} characters`)
  return value
}

function text(body: Record<string, unknown>, name: keyof ApprovalFields, where: string, before?: ApprovalFields): string {
  const given = Object.hasOwn(body, name) ? body[name] : undefined
  if (given === undefined) return before?.[name] ?? ''
  if (given !== null && typeof given !== 'string') throw new HttpError(400, `${where}: ${name} must be a string`)
  return given ?? ''
}
