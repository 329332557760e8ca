import type { ApprovalFields, UsbDevice } from '../../api/device-control.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { documented } from './approval-rules.ts'
import { unlessRefused } from './reconcile.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal'>

/** Serial numbers that are looked for with one search. */
const AT_ONCE = 100

/** The other USB devices that were seen with the same vendor, product and serial number; none where that can't be known. */
export async function othersLike(fields: ApprovalFields & { id?: string }, { usb, signal }: Needs): Promise<UsbDevice[]> {
  const { id, serial_number } = fields
  if (!serial_number) return []
  return await unlessRefused(async () => {
    const others: UsbDevice[] = []
    for await (const device of usb.allDevices({ criteria: { serial_number: [serial_number] } }, { signal })) {
      if (device.id !== id && covers(fields, device)) others.push(device)
    }
    return others
  }) ?? []
}

/** Whether an approval with these fields covers a device; a field that isn't there covers any. */
function covers(fields: ApprovalFields, device: UsbDevice): boolean {
  const [wanted, has] = [documented(fields), documented(device)]
  return (['vendor_id', 'product_id', 'serial_number'] as const).every(field => !wanted[field] || wanted[field] === has[field])
}

/** Which of these serial numbers a USB device has that was seen; none where that can't be known. */
export async function seenSerials(serials: readonly string[], { usb, signal }: Needs): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let at = 0; at < serials.length; at += AT_ONCE) {
    await unlessRefused(async () => {
      for await (const { serial_number } of usb.allDevices({ criteria: { serial_number: serials.slice(at, at + AT_ONCE) } }, { signal })) if (serial_number) seen.add(serial_number)
    })
  }
  return seen
}
