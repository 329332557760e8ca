import type { ApprovalFields, Vendor } from '../../api/device-control.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { documented } from './approval-rules.ts'
import { devicesInWords } from './describe.ts'
import { unlessRefused } from '../shared/reconcile.ts'
import { serialKind } from './serial-number.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal'>

/**
 * Whether an approval seems to be for a single USB device but covers others: it has a product and no serial number, or a serial number that
 * many devices share. An approval for a vendor alone is obviously broad, so it does not count.
 */
export function isBroad({ product_id, serial_number }: ApprovalFields): boolean {
  const kind = serialKind(serial_number)
  return kind === 'common' || (kind === 'missing' && Boolean(product_id))
}

/** Returns a function that describes what a broad approval would cover, with the number of such devices seen, if it is known. */
export async function describeBreadth({ usb, signal }: Needs): Promise<(fields: ApprovalFields) => string> {
  const vendors = (await unlessRefused(() => usb.listProducts({ signal }))) ?? []
  return given => {
    const { serial_number, ...model } = documented(given)
    const { count, ...names } = seenOf(model, vendors)
    const devices = devicesInWords({ ...model, ...names })
    if (serialKind(serial_number) === 'common')
      return `every USB device${devices === '' ? '' : ` that is ${devices}`} with the serial number ${serial_number ?? ''}, which many devices share`
    return `every USB device that is ${devices}, whatever its serial number${count === undefined ? '' : `; ${count} ${count === 1 ? 'was' : 'were'} seen`}`
  }
}

/** Returns the names of a vendor and product, and how many such devices were seen. */
function seenOf(
  { vendor_id, product_id }: ApprovalFields,
  vendors: readonly Vendor[],
): { vendor_name?: string; product_name?: string; count?: number } {
  const vendor = vendors.find(one => documented(one).vendor_id === vendor_id)
  const product = vendor?.products?.find(one => documented(one).product_id === product_id)
  return {
    ...(vendor?.vendor_name === undefined ? {} : { vendor_name: vendor.vendor_name }),
    ...(product?.product_name === undefined ? {} : { product_name: product.product_name }),
    ...(product?.devices_count === undefined ? {} : { count: product.devices_count }),
  }
}
