import { CbcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { hexId } from './approval-rules.ts'

/**
 * Says which vendors and products there are that may have been meant, where a search for some by name found nothing: the service knows
 * whole names only, as it
 * writes them.
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
    // The list is as empty without it.
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
      `${option} ${text}: ${names.length === 0 ? 'none that was seen is called that' : `did you mean ${[...new Set(names)].map(name => `"${name}"`).join(' or ')}?`}`,
    )
  }
}
