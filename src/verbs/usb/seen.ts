import type { ApprovalFields, UsbDevice } from '../../api/device-control.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { documented } from './approval-rules.ts'
import { unlessRefused } from '../shared/reconcile.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal'>

/** How many serial numbers one search looks up. */
export const SERIALS_PER_SEARCH = 500

/** Returns the other USB devices seen with the same vendor, product and serial number; none if the service refuses to tell. */
export async function othersLike(fields: ApprovalFields & { id?: string }, { usb, signal }: Needs): Promise<UsbDevice[]> {
  const { id, serial_number } = fields
  if (!serial_number) return []
  return (
    (await unlessRefused(async () => {
      const others: UsbDevice[] = []
      for await (const device of usb.allDevices({ criteria: { serial_number: [serial_number] } }, { signal })) {
        if (device.id !== id && covers(fields, device)) others.push(device)
      }
      return others
    })) ?? []
  )
}

/** Whether an approval with these fields covers a device. A missing field matches any device. */
export function covers(fields: ApprovalFields, device: UsbDevice): boolean {
  const [wanted, has] = [documented(fields), documented(device)]
  return (['vendor_id', 'product_id', 'serial_number'] as const).every(field => !wanted[field] || wanted[field] === has[field])
}

/** Returns the USB devices seen with these serial numbers, by serial number; none if the service refuses to tell. */
export async function seenBySerial(serials: readonly string[], { usb, signal }: Needs): Promise<Map<string, UsbDevice[]>> {
  const seen = new Map<string, UsbDevice[]>()
  for (let at = 0; at < serials.length; at += SERIALS_PER_SEARCH) {
    await unlessRefused(async () => {
      for await (const device of usb.allDevices({ criteria: { serial_number: serials.slice(at, at + SERIALS_PER_SEARCH) } }, { signal })) {
        const serial = String(device.serial_number ?? '')
        const others = seen.get(serial)
        if (others === undefined) seen.set(serial, [device])
        else others.push(device)
      }
    })
  }
  return seen
}
