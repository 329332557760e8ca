import { oneOf, type Searchable } from '../search/search.ts'
import { approvalView, approves } from './approval.ts'
import { DEFAULT_ROWS } from './device-search.ts'
import type { UsbDevice } from './inventory.ts'
import { productName, vendorName } from './names.ts'
import type { Approval } from './state.ts'
import { containing } from './text-query.ts'

/**
 * Returns the search options of "Search Approvals".
 * @param devices the known USB devices: an approval is found by the ids of those it approves
 */
export function searchableApprovals(devices: readonly UsbDevice[]): Searchable<Approval> {
  return {
    criteria: {
      'device.id': oneOf(approval => devices.filter(device => approves(approval, device)).map(({ id }) => id)),
      vendor_name: oneOf(({ vendor_id }) => [vendorName(vendor_id)]),
      product_name: oneOf(({ vendor_id, product_id }) => [productName(vendor_id, product_id)]),
    },
    query: containing(approval => Object.values(approvalView(approval))),
    sort: {},
    rows: DEFAULT_ROWS,
  }
}
