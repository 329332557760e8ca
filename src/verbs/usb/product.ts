import type { Vendor } from '../../api/device-control.ts'
import { fieldsOf, type Column, type Row } from '../../core/result.ts'
import { defineOrganizationVerb } from '../define-organization.ts'

const COLUMNS: Column[] = [
  { key: 'vendor_id' },
  { key: 'vendor_name', flexible: true },
  { key: 'product_id' },
  { key: 'product_name', flexible: true },
  { key: 'devices_count', align: 'right' },
]

export const productList = defineOrganizationVerb({
  name: 'product list',
  summary: 'list the vendors and products of the USB devices that were seen',
  details: 'A terminal shows a tree with the number of devices of each; otherwise there is one line per product.',
  examples: [{ line: 'product list', does: 'all vendors and products' }],
  effect: 'read',
  fields: fieldsOf(COLUMNS, 'products'),
  identity: { key: ['vendor_id', 'product_id'], things: row => productsOf(row as unknown as Vendor) },
  arguments: {},
  options: {},
  async run(_input, { usb, signal }) {
    const vendors = await usb.listProducts({ signal })
    return {
      kind: 'list',
      rows: vendors.map(vendor => ({ ...vendor })),
      columns: COLUMNS,
      none: 'no products',
      flat: row => productsOf(row as unknown as Vendor),
      drawn: { terminal: true, line: row => branch(row as unknown as Vendor) },
    }
  },
})

/** Returns a row for each product. */
function productsOf({ vendor_id, vendor_name, products }: Vendor): Row[] {
  return (products ?? []).map(product => ({ vendor_id, vendor_name, ...product }))
}

/** Draws a vendor with its products below. */
function branch({ vendor_id, vendor_name, devices_count, products }: Vendor): string[] {
  const below = products ?? []
  return [
    `${vendor_id}  ${vendor_name || '(no name)'}${counted(devices_count)}`,
    ...below.map(
      ({ product_id, product_name, devices_count }, at) =>
        `${at === below.length - 1 ? '└──' : '├──'} ${product_id}  ${product_name || '(no name)'}${counted(devices_count)}`,
    ),
  ]
}

function counted(count: number | undefined): string {
  return count === undefined ? '' : `  ${count} ${count === 1 ? 'device' : 'devices'}`
}
