import { parseTerms, type Facets } from '../search/facet.ts'
import { objectOf, oneOf, parseFilter, type Searchable, type Test } from '../search/search.ts'
import type { UsbDeviceView } from './device-view.ts'
import type { UsbDevice } from './inventory.ts'
import { containing } from './text-query.ts'

/** The document's table says 0; what the service then returns is known from the vendor's SDK. */
export const DEFAULT_ROWS = 10

/** A USB device, and its current view. */
export interface SeenDevice {
  device: UsbDevice
  view: UsbDeviceView
}

export const FACETS: Facets<SeenDevice> = {
  vendor_name: ({ view }) => [view.vendor_name],
  product_name: ({ view }) => [view.product_name],
  'endpoint.endpoint_name': endpointNames,
  status: ({ view }) => [view.status],
}

/** The search options of "Search USB Devices". */
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

/** Parses the body of "Facet USB Devices". @throws HttpError 400 */
export function parseFacets(json: unknown): { test: Test<SeenDevice>; fields: readonly string[]; rows: number } {
  const body = objectOf(json)
  return { test: parseFilter(body, SEARCHABLE_DEVICES), ...parseTerms(body, FACETS) }
}

/** Returns each name once: an endpoint may have been reinstalled under the same name. */
function endpointNames({ device }: SeenDevice): string[] {
  return [...new Set(device.sightings.map(({ endpoint }) => endpoint.name))]
}
