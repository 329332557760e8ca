import { CATALOG } from './catalog.ts'

/** The name of a vendor; empty when it isn't known. */
export function vendorName(vendorId: string): string {
  return CATALOG.find(({ vendor }) => vendor.id === vendorId)?.vendor.name ?? ''
}

/** The name of a vendor's product; empty when it isn't known. */
export function productName(vendorId: string, productId: string): string {
  return CATALOG.find(({ vendor, product }) => vendor.id === vendorId && product.id === productId)?.product.name ?? ''
}
