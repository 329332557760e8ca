import { CATALOG } from './catalog.ts'

/** Returns the name of a vendor; empty when it is unknown. */
export function vendorName(vendorId: string): string {
  return CATALOG.find(({ vendor }) => vendor.id === vendorId)?.vendor.name ?? ''
}

/** Returns the name of a vendor's product; empty when it is unknown. */
export function productName(vendorId: string, productId: string): string {
  return CATALOG.find(({ vendor, product }) => vendor.id === vendorId && product.id === productId)?.product.name ?? ''
}
