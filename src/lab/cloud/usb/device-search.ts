import { HttpError } from '../http.ts'
import { objectOf, oneOf, parseFilter, whole, type Body, type Searchable, type Test } from '../search/search.ts'
import type { UsbDeviceView } from './device-view.ts'
import type { UsbDevice } from './inventory.ts'
import { containing } from './text-query.ts'

/** The document's table has 0; what is answered then is known from the vendor's SDK. */
export const DEFAULT_ROWS = 10

/** A USB device, and how the service shows it now. */
export interface SeenDevice {
  device: UsbDevice
  view: UsbDeviceView
}

const FACETS: Readonly<Record<string, (seen: SeenDevice) => readonly string[]>> = {
  vendor_name: ({ view }) => [view.vendor_name],
  product_name: ({ view }) => [view.product_name],
  'endpoint.endpoint_name': endpointNames,
  status: ({ view }) => [view.status],
}

/** What "Search USB Devices" knows. */
export const SEARCHABLE_DEVICES: Searchable<SeenDevice> = {
  criteria: {
    'endpoint.endpoint_name': oneOf(endpointNames),
    vendor_name: oneOf(({ view }) => [view.vendor_name]),
    product_name: oneOf(({ view }) => [view.product_name]),
    serial_number: oneOf(({ device }) => [device.serial]),
    status: oneOf(({ view }) => [view.status], ['APPROVED', 'UNAPPROVED']),
  },
  query: containing(seen => [...Object.values(seen.view).map(value => String(value ?? '')), ...endpointNames(seen)]),
  sort: {
    last_seen: ({ view }) => view.last_seen,
    vendor_name: ({ view }) => view.vendor_name,
    product_name: ({ view }) => view.product_name,
    serial_number: ({ device }) => device.serial,
  },
  rows: DEFAULT_ROWS,
}

interface Facets {
  test: Test<SeenDevice>
  fields: readonly string[]
  /** How many of the top entries of each; Infinity: all. */
  rows: number
}

/** The body of "Facet USB Devices". @throws HttpError 400 */
export function parseFacets(json: unknown): Facets {
  const body: Body = objectOf(json)
  const terms = objectOf(body['terms'], 'terms')
  const fields = terms['fields']
  if (!Array.isArray(fields) || fields.length === 0) throw new HttpError(400, 'terms.fields must be a list of fields')
  const unknown = fields.find(field => typeof field !== 'string' || !Object.hasOwn(FACETS, field))
  if (unknown !== undefined) throw new HttpError(400, `Can't facet by ${JSON.stringify(unknown)}: it is one of ${Object.keys(FACETS).join(', ')}`)
  return { test: parseFilter(body, SEARCHABLE_DEVICES), fields: fields as string[], rows: whole(terms, 'rows', 0) || Infinity }
}

/** How many USB devices there are with each value of a field: the most frequent first, then by name. */
export function facet(devices: readonly SeenDevice[], field: string, rows: number) {
  const totals = new Map<string, number>()
  for (const seen of devices) for (const value of FACETS[field]?.(seen) ?? []) totals.set(value, (totals.get(value) ?? 0) + 1)
  const values = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, rows)
  return { field, values: values.map(([name, total]) => ({ id: name, name, total })) }
}

/** Each once: one endpoint may have been reinstalled under its name. */
function endpointNames({ device }: SeenDevice): string[] {
  return [...new Set(device.sightings.map(({ endpoint }) => endpoint.name))]
}
