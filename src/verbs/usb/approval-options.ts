import type { ApprovalFields } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { value } from '../define.ts'
import { hexId } from './approval-rules.ts'
import { serialKind, unseenIn } from './serial-number.ts'

const NAME = value('--name <text>', 'name of the approval, up to 150 characters')
const NOTES = value('--notes <text>', 'notes, up to 500 characters')

export const LABELS = { name: NAME, notes: NOTES }

/** Options for the fields of an approval. */
export const FIELDS = {
  vendorId: value('--vendor-id <hex>', 'vendor id: 0x0781, or 0781', { parse: text => readId('--vendor-id', text) }),
  productId: value('--product-id <hex>', 'product id: 0x5581', { parse: text => readId('--product-id', text) }),
  serialNumber: value('--serial-number <text>', 'serial number', { parse: readSerial }),
  ...LABELS,
}

type Given = { [Name in keyof typeof FIELDS]?: string | undefined }

/** Returns the given options under the API's field names, without those that were not given. */
export function given({ vendorId, productId, serialNumber, name, notes }: Given): ApprovalFields {
  const fields = { vendor_id: vendorId, product_id: productId, serial_number: serialNumber, approval_name: name, notes }
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined))
}

/** Reads a serial number. An empty one clears the field. @throws CbcError usage: it contains invisible characters or only spaces */
function readSerial(text: string): string {
  const unseen = unseenIn(text)
  if (unseen.length > 0) throw usage(`--serial-number: "${text}" contains invisible characters: ${unseen.join(', ')}`, 'type it by hand')
  if (text !== '' && serialKind(text) === 'missing') throw usage('--serial-number: it contains only spaces')
  return text
}

function readId(option: string, text: string): string {
  const id = hexId(text.trim())
  if (id === undefined) throw usage(`${option}: "${text}" is not a hexadecimal number of up to four digits`, 'write 0x0781 or 0781')
  return id
}
