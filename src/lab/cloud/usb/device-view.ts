import { largest } from '../../../core/lists.ts'
import { approves } from './approval.ts'
import type { Sighting, UsbDevice } from './inventory.ts'
import type { ApprovalFields } from './state.ts'

/** How long after a USB device was first plugged in the cloud learns of it, ms. */
const REPORT_DELAY_MS = 724_000

/**
 * Returns a USB device as in the example of "Get USB Device by ID".
 * @param approvals all approvals, which determine its status
 * @param born      when the lab was created, ms since 1970
 */
export function usbDeviceView(device: UsbDevice, approvals: readonly ApprovalFields[], born: number) {
  const { id, vendor, product, serial, volume, sightings } = device
  const [latest] = sightings
  const first = born - largest(sightings.map(({ first }) => first))
  const last = born - latest.last
  return {
    id: String(id),
    first_seen: timestamp(first),
    last_seen: timestamp(last),
    vendor_name: vendor.name,
    vendor_id: vendor.id,
    product_name: product.name,
    product_id: product.id,
    serial_number: serial === '' ? null : serial,
    last_endpoint_name: latest.endpoint.name,
    last_endpoint_id: latest.endpoint.id,
    last_policy_id: latest.endpoint.policy_id,
    endpoint_count: sightings.length,
    device_friendly_name: `${vendor.name} ${product.name} USB Device`,
    device_name: `\\Device\\HarddiskVolume${volume}`,
    created_at: timestamp(first + REPORT_DELAY_MS),
    updated_at: timestamp(last),
    status: statusOf(device, approvals),
  }
}

export type UsbDeviceView = ReturnType<typeof usbDeviceView>

/** The columns of an export. */
export const USB_DEVICE_COLUMNS = [
  'id',
  'first_seen',
  'last_seen',
  'vendor_name',
  'vendor_id',
  'product_name',
  'product_id',
  'serial_number',
  'last_endpoint_name',
  'last_endpoint_id',
  'last_policy_id',
  'endpoint_count',
  'device_friendly_name',
  'device_name',
  'created_at',
  'updated_at',
  'status',
] as const satisfies (keyof UsbDeviceView)[]

/** Returns an entry of "Get Endpoints associated with a USB device". */
export function sightingView({ id, endpoint, first, last }: Sighting, born: number) {
  const [first_seen, last_seen] = [timestamp(born - first), timestamp(born - last)]
  return {
    id: String(id),
    first_seen,
    last_seen,
    endpoint_name: endpoint.name,
    endpoint_id: endpoint.id,
    policy_name: endpoint.policy_name,
    policy_id: endpoint.policy_id,
    created_at: first_seen,
    updated_at: last_seen,
  }
}

/** Formats a time as ISO 8601 with whole seconds. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

function statusOf(device: UsbDevice, approvals: readonly ApprovalFields[]): 'APPROVED' | 'UNAPPROVED' {
  return approvals.some(approval => approves(approval, device)) ? 'APPROVED' : 'UNAPPROVED'
}
