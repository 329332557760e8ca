import { CbcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { hexId } from './approval-rules.ts'

/**
 * Suggests similar vendors and products after a search by name found nothing. The service matches only whole names in its own spelling.
 */
export async function hintAtNames(
  { vendor, product }: { vendor: readonly string[]; product: readonly string[] },
  { usb, notice, signal }: OrganizationContext,
): Promise<void> {
  if (vendor.length + product.length === 0) return
  try {
    const vendors = await usb.listProducts({ signal })
    const products = vendors.flatMap(({ products }) => products ?? [])
    hint(
      '--vendor',
      vendor,
      vendors.map(({ vendor_id, vendor_name }) => ({ id: vendor_id, name: vendor_name ?? '' })),
      notice,
    )
    hint(
      '--product',
      product,
      products.map(({ product_id, product_name }) => ({ id: product_id, name: product_name ?? '' })),
      notice,
    )
  } catch (error) {
    // The suggestions are optional: the result is complete without them.
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
  }
}

function hint(
  option: string,
  typed: readonly string[],
  known: readonly { id: string; name: string }[],
  notice: (line: string) => void,
): void {
  for (const text of typed) {
    if (known.some(({ name }) => name === text)) continue
    const byId = known.filter(({ id }) => id === hexId(text)).map(({ name }) => name)
    const names =
      byId.length > 0
        ? byId
        : nearest(
            text,
            known.map(({ name }) => name),
          )
    notice(
      `${option} ${text}: ${names.length === 0 ? 'no device with this name was seen' : `did you mean ${[...new Set(names)].map(name => `"${name}"`).join(' or ')}?`}`,
    )
  }
}
