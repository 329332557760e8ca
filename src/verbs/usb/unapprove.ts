import type { UsbDevice } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import { fieldsOf, list, type Row } from '../../core/result.ts'
import { reportingEarlierSteps } from '../../remote/cleanup.ts'
import { many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { APPROVAL_ROW, DEVICE_DONE } from './columns.ts'
import { approvalsCovering, type Cover } from './matching-approvals.ts'
import { removeOrVerify } from '../shared/reconcile.ts'
import { checkId, distinct } from './ids.ts'
import { approvalInWords, devicesInWords } from './describe.ts'
import { othersLike } from './seen.ts'

export const unapprove = defineOrganizationVerb({
  name: 'unapprove',
  summary: 'remove the approval of USB devices that were seen',
  details:
    'The approval that covers only this device is deleted. An approval that covers others too, such as all devices of a vendor, is kept and reported: delete it by its id if you want that. ' +
    'With several devices, the command asks first.',
  examples: [{ line: 'unapprove 774', does: 'by the id that `cbc usb device list` shows' }],
  effect: 'destroy',
  fields: [...fieldsOf(DEVICE_DONE), ...APPROVAL_ROW],
  arguments: { usbDevice: many('text', 'id of the USB device') },
  options: {},
  check: ({ usbDevice }) => {
    for (const id of usbDevice) checkId(id, 'USB device', 'device list')
  },
  async plan({ usbDevice }, context) {
    const targets: Target[] = []
    for (const id of distinct(usbDevice)) targets.push(await lookUp(id, context))
    if (targets.length === 1) return { targets }
    return { targets, question: { what: `remove the approval of ${targets.length} USB devices`, to: targets.map(inWords) } }
  },
  async run(_input, context, targets) {
    return list(
      forEachItem(
        targets,
        ({ id }) => ({ usb_device_id: id }),
        target => unapproveOne(target, context),
      ),
      DEVICE_DONE,
    )
  },
})

/** A USB device with the approvals that cover it, or the reason why they are unknown. */
type Target = { id: string; device: UsbDevice; covers: Cover[] } | { id: string; error: CbcError }

async function lookUp(id: string, context: OrganizationContext): Promise<Target> {
  try {
    const device = await context.usb.getDevice(id, { signal: context.signal })
    const covers = await approvalsCovering(device, context)
    // If other devices share the serial number, no approval covers this one alone.
    const shared = covers.some(({ exact }) => exact) && (await othersLike(device, context)).length > 0
    return { id, device, covers: shared ? covers.map(({ approval }) => ({ approval, exact: false })) : covers }
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return { id, error }
  }
}

function inWords(target: Target): string {
  if ('error' in target) return `${target.id}: ${target.error.code === 'not_found' ? 'does not exist' : target.error.message}`
  const own = target.covers.filter(({ exact }) => exact).map(({ approval }) => approval.id)
  return `${target.id}: ${devicesInWords(target.device)}${own.length === 0 ? '' : `, approval ${own.join(', ')}`}`
}

/** Deletes the device's own approvals. @throws CbcError refused: all approvals that cover it cover others too */
async function unapproveOne(target: Target, context: OrganizationContext): Promise<Row[]> {
  if ('error' in target) throw target.error
  const { id, device, covers } = target
  const { usb, signal } = context
  const { vendor_id, vendor_name, product_id, product_name, serial_number } = device
  const seen = { vendor_id, vendor_name, product_id, product_name, serial_number }
  if (covers.length === 0) return [{ usb_device_id: id, action: 'unchanged', ...seen }]
  const stays = broader(id, covers)
  const own = covers.filter(({ exact }) => exact)
  if (own.length === 0 && stays !== undefined) throw stays
  const rows: Row[] = []
  for (const { approval } of own) {
    await reportingEarlierSteps(
      context,
      () => (rows.length === 0 ? undefined : `approval ${rows.map(row => row['id']).join(', ')} of USB device ${id} was deleted`),
      () =>
        context.change({ name: 'delete approval', id: approval.id, usb_device_id: id }, () =>
          removeOrVerify(
            () => usb.deleteApproval(approval.id, { signal }),
            () => usb.getApproval(approval.id, { signal }),
            context,
          ),
        ),
    )
    rows.push({ usb_device_id: id, action: 'delete', ...approval })
  }
  return stays === undefined ? rows : [...rows, { usb_device_id: id, error: stays }]
}

/** Returns the error for approvals that are kept and still cover the device. */
function broader(id: string, covers: readonly Cover[]): CbcError | undefined {
  const [first, ...more] = covers.filter(({ exact }) => !exact).map(({ approval }) => approval)
  if (first === undefined) return undefined
  return new CbcError(
    'refused',
    `unapprove ${id}: it is still approved by approval ${approvalInWords(first)}, which covers every device that is ${devicesInWords(first)}${more.length === 0 ? '' : `, and by ${more.map(approval => approval.id).join(', ')}`}`,
    {
      hint: `to remove it for all of them: \`cbc usb approval delete ${[first, ...more].map(approval => approval.id).join(' ')}\``,
    },
  )
}
