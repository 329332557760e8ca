import type { UsbSearch, SearchCriteria } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { value, values, type Option } from '../define.ts'

const STATUS: Option<string[]> = {
  flags: '--status <status>',
  summary: 'approved or unapproved; may be repeated',
  kind: 'text',
  parse: readStatus,
  repeat: true,
  choices: ['approved', 'unapproved'],
}
const VENDOR = values('--vendor <name>', 'of this vendor; may be repeated')
const PRODUCT = values('--product <name>', 'of this product; may be repeated')
const QUERY = value('--query <text>', 'with this text in it')

const STATUSES = ['APPROVED', 'UNAPPROVED'] as const
/** "Search USB Devices", supported fields of `sort`, and how they may be typed. */
const SORTABLE: Record<string, string> = {
  last_seen: 'last_seen',
  vendor_name: 'vendor_name',
  vendor: 'vendor_name',
  product_name: 'product_name',
  product: 'product_name',
  serial_number: 'serial_number',
  serial: 'serial_number',
}

type Sort = NonNullable<UsbSearch['sort']>[number]

/** "Search Approvals". */
export const APPROVAL_FILTERS = {
  vendor: VENDOR,
  product: PRODUCT,
  deviceId: values('--device-id <id>', 'that cover this USB device; may be repeated'),
  query: QUERY,
}

/** "Search USB Devices", "Facet USB Devices". */
export const DEVICE_FILTERS = {
  status: STATUS,
  vendor: VENDOR,
  product: PRODUCT,
  serial: values('--serial <number>', 'with this serial number; may be repeated'),
  endpoint: values('--endpoint <name>', 'seen on this endpoint; may be repeated'),
  query: QUERY,
}

/** The latest first is also what stays whole while pages are fetched: what is plugged in meanwhile moves rows down, never past a page. */
const LATEST: Sort = { field: 'last_seen', order: 'desc' }

export const SORT: Option<Sort[]> = {
  flags: '--sort <field:order>',
  summary: 'last_seen, vendor, product or serial; asc or desc; default: last_seen:desc',
  kind: 'text',
  parse: readSort,
  repeat: true,
  choices: ['last_seen', 'vendor', 'product', 'serial'].flatMap(field => [`${field}:asc`, `${field}:desc`]),
}

export function approvalsWanted({
  vendor,
  product,
  deviceId,
  query,
}: {
  vendor: string[]
  product: string[]
  deviceId: string[]
  query: string | undefined
}): SearchCriteria {
  return wanted({ 'device.id': deviceId, vendor_name: vendor, product_name: product }, query)
}

export interface DeviceFilters {
  status: string[]
  vendor: string[]
  product: string[]
  serial: string[]
  endpoint: string[]
  query: string | undefined
}

export function devicesWanted({ status, vendor, product, serial, endpoint, query }: DeviceFilters): SearchCriteria {
  const criteria = {
    'endpoint.endpoint_name': endpoint,
    product_name: product,
    serial_number: serial,
    status: [...new Set(status)],
    vendor_name: vendor,
  }
  return wanted(criteria, query)
}

export function sorted(sort: Sort[]): { sort: Sort[] } {
  return { sort: sort.length === 0 ? [LATEST] : sort }
}

/** What was not given is left out, as in the document's examples. */
function wanted(given: Record<string, string[]>, query: string | undefined): SearchCriteria {
  const criteria = Object.fromEntries(Object.entries(given).filter(([, wanted]) => wanted.length > 0))
  return { ...(Object.keys(criteria).length === 0 ? {} : { criteria }), ...(query === undefined ? {} : { query }) }
}

function readStatus(text: string): string {
  const status = STATUSES.find(one => one === text.toUpperCase())
  if (status === undefined) throw usage(`--status: "${text}" is no status`, 'use approved or unapproved')
  return status
}

function readSort(text: string): Sort {
  const [name = '', order = 'asc', ...more] = text.split(':')
  const field = Object.hasOwn(SORTABLE, name) ? SORTABLE[name] : undefined
  if (field === undefined || !/^(asc|desc)$/i.test(order) || more.length > 0)
    throw usage(`--sort: "${text}" is no field and order`, 'use last_seen, vendor, product or serial, and :asc or :desc after it')
  return { field, order: order.toLowerCase() === 'asc' ? 'asc' : 'desc' }
}
