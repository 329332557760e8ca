import type { ApprovalFields, Vendor } from '../../api/device-control.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { documented } from './approval-rules.ts'
import { devicesInWords } from './describe.ts'
import { unlessRefused } from '../shared/reconcile.ts'
import { serialKind } from './serial-number.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal'>

/**
 * Whether an approval looks like one of a single USB device and covers others: it has a product and no serial number, or a serial number
 * that many have.
 * One of a vendor alone says by itself what it is.
 */
export function isBroad({ product_id, serial_number }: ApprovalFields): boolean {
  const kind = serialKind(serial_number)
  return kind === 'common' || (kind === 'missing' && Boolean(product_id))
}

/** Says in words what broad approvals would cover, with how many of these were seen where that can be known. */
export async function describeBreadth({ usb, signal }: Needs): Promise<(fields: ApprovalFields) => string> {
  const vendors = (await unlessRefused(() => usb.listProducts({ signal }))) ?? []
  return given => {
    const { serial_number, ...model } = documented(given)
    const { count, ...names } = seenOf(model, vendors)
    const devices = devicesInWords({ ...model, ...names })
    if (serialKind(serial_number) === 'common')
      return `every USB device${devices === '' ? '' : ` that is ${devices}`} with the serial number ${serial_number ?? ''}, which many have`
    return `every USB device that is ${devices}, whatever its serial number${count === undefined ? '' : `; ${count} ${count === 1 ? 'was' : 'were'} seen`}`
  }
}

/** The names of a vendor and product, and how many of it were seen. */
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
