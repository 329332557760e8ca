import type { Approval, UsbDevice } from '../../api/device-control.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { hexId } from './approval-rules.ts'
import { serialKind } from './serial-number.ts'

/** An approval that covers a USB device. */
export interface Cover {
  approval: Approval
  /** Whether it covers only this device: it has the vendor, product and serial number. */
  exact: boolean
}

/** Returns the approvals that cover a USB device, the exact one first. */
export async function approvalsCovering(device: UsbDevice, { usb, signal }: OrganizationContext): Promise<Cover[]> {
  const covers: Cover[] = []
  for await (const approval of usb.allApprovals({ criteria: { 'device.id': [device.id] } }, { signal })) {
    const named = [
      [idOf(approval.vendor_id), idOf(device.vendor_id)],
      [idOf(approval.product_id), idOf(device.product_id)],
      [approval.serial_number ?? '', device.serial_number ?? ''],
    ] as const
    // A service that doesn't know the criterion answers with all approvals, so check here too.
    if (named.some(([wanted, has]) => wanted !== '' && wanted !== has) || named.every(([wanted]) => wanted === '')) continue
    covers.push({ approval, exact: named.every(([wanted]) => wanted !== '') && serialKind(device.serial_number) === 'telling' })
  }
  return covers.sort((a, b) => Number(b.exact) - Number(a.exact))
}

function idOf(id: string | undefined): string {
  return hexId(id ?? '') ?? id ?? ''
}
