import type { ApprovalFields } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { list, type Row } from '../../core/result.ts'
import { many } from '../define.ts'
import { each } from '../items.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { approved } from './approval-create.ts'
import { given, LABELS } from './approval-options.ts'
import { problemsOf } from './approval-rules.ts'
import { DEVICE_DONE } from './columns.ts'
import { covering } from './matching-approvals.ts'
import { checkId, distinct } from './ids.ts'
import { conflict } from './conflict.ts'

export const approve = defineOrganizationVerb({
  name: 'approve',
  summary: 'approve USB devices that were seen',
  details: 'Each gets an approval of its own, by its vendor, product and serial number. One that an approval covers already stays as it is: action is unchanged.',
  examples: [
    { line: 'approve 774 --name \'Finance stick\'', does: 'the id is that of `cbc usb device list`' },
    { line: 'approve 700 701 702 --notes \'Ticket 4711\'', does: 'several' },
  ],
  effect: 'change',
  arguments: { usbDevice: many('text', 'id of the USB device') },
  options: LABELS,
  check({ usbDevice, ...input }) {
    for (const id of usbDevice) checkId(id, 'USB device', 'device list')
    const [problem] = problemsOf({ serial_number: 'any', ...given(input) })
    if (problem !== undefined) throw usage(`approve: ${problem}`)
  },
  async run({ usbDevice, ...input }, context) {
    const rows = each(distinct(usbDevice), id => ({ usb_device_id: id }), id => approveOne(id, given(input), context))
    return list(rows, DEVICE_DONE)
  },
})

/** @throws CbcError refused: an approval of it would be one of all its kind */
async function approveOne(id: string, labels: ApprovalFields, context: OrganizationContext): Promise<Row> {
  const device = await context.usb.getDevice(id, { signal: context.signal })
  const [there] = await covering(device, context)
  if (there !== undefined) return { usb_device_id: id, action: 'unchanged', ...there.approval }
  const { vendor_id = '', product_id = '', serial_number = '' } = device
  if (vendor_id === '' || product_id === '' || serial_number === '') {
    throw new CbcError('refused', `approve ${id}: the service knows no ${vendor_id === '' ? 'vendor id' : product_id === '' ? 'product id' : 'serial number'} of it, so that an approval would cover others too`, {
      hint: 'if that is what you want: `cbc usb approval create --vendor-id … --product-id …`',
    })
  }
  const fields = { vendor_id, product_id, serial_number, ...labels }
  try {
    const made = await approved(fields, context)
    return { usb_device_id: id, action: 'create', ...made }
  } catch (error) {
    throw await conflict(`approve ${id}`, error, fields, context)
  }
}
