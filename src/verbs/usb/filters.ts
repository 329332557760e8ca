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
const VENDOR = values('--vendor <name>', 'of this vendor, full name; may be repeated')
const PRODUCT = values('--product <name>', 'of this product, full name; may be repeated')
const QUERY = value('--query <text>', 'that contain this text')

const STATUSES = ['APPROVED', 'UNAPPROVED'] as const
/** The supported fields of `sort` ("Search USB Devices"), with their short names. */
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

/** The filters of "Search Approvals". */
export const APPROVAL_FILTERS = {
  vendor: VENDOR,
  product: PRODUCT,
  deviceId: values('--device-id <id>', 'that cover this USB device; may be repeated'),
  query: QUERY,
}

/** The filters of "Search USB Devices" and "Facet USB Devices". */
export const DEVICE_FILTERS = {
  status: STATUS,
  vendor: VENDOR,
  product: PRODUCT,
  serial: values('--serial <number>', 'with this serial number; may be repeated'),
  endpoint: values('--endpoint <name>', 'seen on this endpoint; may be repeated'),
  query: QUERY,
}

/** Latest first. With this order no row is missed between pages: a device plugged in meanwhile moves the other rows down, not up. */
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

/** Leaves out what was not given, as in the document's examples. */
function wanted(given: Record<string, string[]>, query: string | undefined): SearchCriteria {
  const criteria = Object.fromEntries(Object.entries(given).filter(([, wanted]) => wanted.length > 0))
  return { ...(Object.keys(criteria).length === 0 ? {} : { criteria }), ...(query === undefined ? {} : { query }) }
}

function readStatus(text: string): string {
  const status = STATUSES.find(one => one === text.toUpperCase())
  if (status === undefined) throw usage(`--status: "${text}" is not a status`, 'use approved or unapproved')
  return status
}

function readSort(text: string): Sort {
  const [name = '', order = 'asc', ...more] = text.split(':')
  const field = Object.hasOwn(SORTABLE, name) ? SORTABLE[name] : undefined
  if (field === undefined || !/^(asc|desc)$/i.test(order) || more.length > 0)
    throw usage(`--sort: "${text}" is not a sort order`, 'use last_seen, vendor, product or serial, and :asc or :desc after it')
  return { field, order: order.toLowerCase() === 'asc' ? 'asc' : 'desc' }
}
