import { usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import { fieldsOf, type Column, type Row } from '../../core/result.ts'
import { value, type Option } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DEVICE_FILTERS, devicesWanted } from './filters.ts'
import type { Facet } from '../../api/device-control.ts'

/** The supported fields ("Facet USB Devices"), with their short names. */
const FIELDS: Record<string, string> = {
  status: 'status',
  vendor_name: 'vendor_name',
  vendor: 'vendor_name',
  product_name: 'product_name',
  product: 'product_name',
  'endpoint.endpoint_name': 'endpoint.endpoint_name',
  endpoint: 'endpoint.endpoint_name',
}
const NAMES = ['status', 'vendor', 'product', 'endpoint'] as const

const BY: Option<string[]> = {
  flags: '--by <field>',
  summary: 'status, vendor, product or endpoint; may be repeated; default: status and vendor',
  kind: 'text',
  parse: readField,
  repeat: true,
  choices: NAMES,
}
const COLUMNS: Column[] = [{ key: 'field' }, { key: 'name', flexible: true }, { key: 'total', align: 'right', bar: true }]

export const deviceFacet = defineOrganizationVerb({
  name: 'device facet',
  summary: 'count the USB devices that were seen, by status, vendor, product or endpoint',
  details: 'The most frequent come first. A device that was seen on two endpoints counts for both.',
  examples: [
    { line: 'device facet --by product', does: 'how many of each product' },
    { line: 'device facet --by endpoint --status unapproved', does: 'the endpoints with the most unapproved devices first' },
  ],
  effect: 'read',
  fields: fieldsOf(COLUMNS, 'values'),
  arguments: {},
  options: {
    by: BY,
    ...DEVICE_FILTERS,
    limit: value('--limit <n>', 'show the first n of each; default: all', { parse: text => parseCount(text, '--limit', 1) }),
  },
  async run({ by, limit, ...filters }, { usb, signal, notice }) {
    const fields = [...new Set(by.length === 0 ? ['status', 'vendor_name'] : by)]
    // Ask for one more than is shown, to find out whether there are more.
    const facets = await usb.facetDevices(
      { ...devicesWanted(filters), terms: { fields, ...(limit === undefined ? {} : { rows: limit + 1 }) } },
      { signal },
    )
    const rows = facets.map(facet => ({ ...facet, values: facet.values.slice(0, limit) }))
    const cut = facets.filter(({ values }) => values.length > (limit ?? Infinity)).map(({ field }) => field)
    const done = () => {
      if (cut.length > 0) notice(`${cut.join(', ')}: only the first ${limit} are shown; there are more`)
    }
    return { kind: 'list', rows, columns: COLUMNS, none: 'no USB devices', flat: row => valuesOf(row as unknown as Facet), done }
  },
})

/** Returns a row for each value of a field. */
function valuesOf({ field, values }: Facet): Row[] {
  return values.map(({ name, total }) => ({ field, name, total }))
}

function readField(text: string): string {
  const field = Object.hasOwn(FIELDS, text) ? FIELDS[text] : undefined
  if (field === undefined) throw usage(`--by: "${text}" is not a field`, `use ${NAMES.join(', ')}`)
  return field
}
