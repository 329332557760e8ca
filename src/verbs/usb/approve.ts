import type { Approval, ApprovalFields, UsbDevice } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, type Row } from '../../core/result.ts'
import { many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { approved } from './approval-create.ts'
import { given, LABELS } from './approval-options.ts'
import { hexId, problemsOf } from './approval-rules.ts'
import { describeBreadth, isBroad } from './breadth.ts'
import { APPROVAL_ROW, DEVICE_DONE } from './columns.ts'
import { approvalsCovering } from './matching-approvals.ts'
import { checkId, distinct } from './ids.ts'
import { conflict } from './conflict.ts'
import { devicesInWords } from './describe.ts'
import { serialKind } from './serial-number.ts'
import { othersLike } from './seen.ts'

export const approve = defineOrganizationVerb({
  name: 'approve',
  summary: 'approve USB devices that were seen',
  details:
    'Each device gets its own approval, by vendor, product and serial number. If an approval already covers a device, nothing is changed and action is unchanged. ' +
    'A device without a serial number is refused, because its approval would cover every device of that model. If other devices share its serial number, the command asks first.',
  examples: [
    { line: "approve 774 --name 'Finance stick'", does: 'by the id that `cbc usb device list` shows' },
    { line: "approve 700 701 702 --notes 'Ticket 4711'", does: 'several devices' },
  ],
  effect: 'change',
  fields: [...fieldsOf(DEVICE_DONE), ...APPROVAL_ROW],
  arguments: { usbDevice: many('text', 'id of the USB device') },
  options: LABELS,
  check({ usbDevice, ...input }) {
    for (const id of usbDevice) checkId(id, 'USB device', 'device list')
    const [problem] = problemsOf({ serial_number: 'any', ...given(input) })
    if (problem !== undefined) throw usage(`approve: ${problem}`)
  },
  async plan({ usbDevice }, context) {
    const targets: Target[] = []
    for (const id of distinct(usbDevice)) targets.push(await lookUp(id, context))
    const to = targets.flatMap(target => ('others' in target ? inexact(target) : []))
    return {
      targets,
      ...(to.length === 0 ? {} : { question: { what: 'approve by a serial number that several USB devices share', to } }),
    }
  },
  async run({ usbDevice: _, ...input }, context, targets) {
    return list(
      forEachItem(
        targets,
        ({ id }) => ({ usb_device_id: id }),
        target => approveOne(target, given(input), context),
      ),
      DEVICE_DONE,
    )
  },
})

/** A device to approve, the fields of its approval, and the other devices which that would cover. */
interface Wanted {
  id: string
  device: UsbDevice
  fields: ApprovalFields
  others: UsbDevice[]
}

/** A USB device: one to approve, one that is already covered, or the reason why it can't be approved. */
type Target = Wanted | { id: string; covered: Approval } | { id: string; error: CbcError }

async function lookUp(id: string, context: OrganizationContext): Promise<Target> {
  try {
    const device = await context.usb.getDevice(id, { signal: context.signal })
    const [there] = await approvalsCovering(device, context)
    if (there !== undefined) return { id, covered: there.approval }
    const fields = await identified(device, context)
    return { id, device, fields, others: await othersLike({ ...fields, id }, context) }
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return { id, error }
  }
}

/** Returns the fields that identify a device. @throws CbcError refused: an approval would cover all devices of its kind */
async function identified({ id, serial_number, ...device }: UsbDevice, context: OrganizationContext): Promise<ApprovalFields> {
  const [vendor_id, product_id] = [usableId(device.vendor_id), usableId(device.product_id)]
  const unknown =
    vendor_id === ''
      ? 'vendor id'
      : product_id === ''
        ? 'product id'
        : serialKind(serial_number) === 'missing'
          ? 'serial number'
          : undefined
  if (unknown === undefined) return { vendor_id, product_id, serial_number: String(serial_number) }
  const covered = unknown === 'serial number' ? (await describeBreadth(context))({ vendor_id, product_id }) : 'other devices too'
  throw new CbcError('refused', `approve ${id}: the service knows no ${unknown} for it, so an approval would cover ${covered}`, {
    hint: `if that is what you want: \`cbc usb approval create --vendor-id ${vendor_id || '…'} --product-id ${product_id || '…'}\``,
  })
}

/** Returns a valid id in the documented form, else an empty text. */
function usableId(given: string | undefined): string {
  return hexId(String(given ?? '')) ?? ''
}

/** Describes in one line a device whose approval would cover others. */
function inexact({ id, device, fields, others }: Wanted): string[] {
  const covered = [...others.map(other => other.id), ...(isBroad(fields) ? ['every other device with this serial number'] : [])]
  return covered.length === 0 ? [] : [`${id} ${devicesInWords(device)} covers ${covered.join(', ')} too`]
}

async function approveOne(target: Target, labels: ApprovalFields, context: OrganizationContext): Promise<Row> {
  if ('error' in target) throw target.error
  const { id } = target
  if ('covered' in target) return { usb_device_id: id, action: 'unchanged', ...target.covered }
  const fields = { ...target.fields, ...labels }
  try {
    const made = await approved(fields, context)
    return { usb_device_id: id, action: 'create', ...made }
  } catch (error) {
    throw await conflict(`approve ${id}`, error, fields, context)
  }
}
