import type { UsbDevice } from './inventory.ts'

interface ProductSeen {
  product_id: string
  product_name: string
  devices_count: number
}

interface VendorSeen {
  vendor_id: string
  vendor_name: string
  devices_count: number
  products: ProductSeen[]
}

/** "Get USB Device Vendors and Products Seen": returns vendors and their products, ordered by id. */
export function productsSeen(devices: readonly UsbDevice[]): VendorSeen[] {
  const vendors = new Map<string, VendorSeen>()
  for (const { vendor, product } of devices) {
    const seen = vendors.get(vendor.id) ?? { vendor_id: vendor.id, vendor_name: vendor.name, devices_count: 0, products: [] }
    vendors.set(vendor.id, seen)
    seen.devices_count++
    const known = seen.products.find(({ product_id }) => product_id === product.id)
    if (known === undefined) seen.products.push({ product_id: product.id, product_name: product.name, devices_count: 1 })
    else known.devices_count++
  }
  const sorted = [...vendors.values()].sort((a, b) => compare(a.vendor_id, b.vendor_id))
  for (const { products } of sorted) products.sort((a, b) => compare(a.product_id, b.product_id))
  return sorted
}

/** Compares ids, which all have the same length and are in lower case. */
function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}
