import { fieldsOf, type Column } from '../../core/result.ts'
import { MAY } from './permissions.ts'

const VENDOR: Column = { key: 'vendor_name', title: 'vendor', flexible: true, priority: 4 }
const PRODUCT: Column = { key: 'product_name', title: 'product', flexible: true, priority: 5 }
const SERIAL: Column = { key: 'serial_number', title: 'serial' }

const VID: Column = { key: 'vendor_id', title: 'VID', priority: 3 }
const PID: Column = { key: 'product_id', title: 'PID', priority: 3 }
const NAME: Column = { key: 'approval_name', title: 'name', flexible: true }

/** What was done. */
export const ACTION: Column = { key: 'action' }

export const APPROVAL: Column[] = [{ key: 'id' }, VENDOR, VID, PRODUCT, PID, SERIAL, NAME, { key: 'notes', evidence: true, priority: 1 }]

/** What `--columns` accepts for approvals and for what was done with them. */
export const APPROVAL_ROW = fieldsOf([ACTION, ...APPROVAL], 'created_at', 'updated_at', 'updated_by')

/** Columns for what was done with an approval. */
export const APPROVAL_DONE: Column[] = [ACTION, { key: 'id' }, VENDOR, VID, PRODUCT, PID, SERIAL, NAME]

/** Columns for what was done for a USB device. */
export const DEVICE_DONE: Column[] = [
  { key: 'usb_device_id', title: 'device' },
  ACTION,
  { key: 'id', title: 'approval' },
  VENDOR,
  PRODUCT,
  SERIAL,
  NAME,
]

/** All fields. Those that can be set come first, so that an export can be imported unchanged. */
export const APPROVAL_WHOLE: Column[] = [
  'vendor_id',
  'product_id',
  'serial_number',
  'approval_name',
  'notes',
  'id',
  'vendor_name',
  'product_name',
  'created_at',
  'updated_at',
  'updated_by',
].map(key => ({ key }))

const STATUS: Column = {
  key: 'status',
  flexible: true,
  mark: ({ status }) => (status === 'APPROVED' ? 'good' : 'bad'),
}

export const DEVICE: Column[] = [
  STATUS,
  { key: 'id' },
  VENDOR,
  PRODUCT,
  SERIAL,
  { key: 'last_endpoint_name', title: 'endpoint', flexible: true, priority: 3 },
  { key: 'last_seen', kind: 'time', priority: 2 },
]

/** In the order of the document's examples. */
export const DEVICE_WHOLE: Column[] = [
  ...[
    'id',
    'first_seen',
    'last_seen',
    'vendor_name',
    'vendor_id',
    'product_name',
    'product_id',
    'serial_number',
    'last_endpoint_name',
    'last_endpoint_id',
    'last_policy_id',
    'endpoint_count',
    'device_friendly_name',
    'device_name',
    'created_at',
    'updated_at',
  ].map(key => ({ key })),
  STATUS,
]

/** What `--columns` accepts for USB devices. */
export const DEVICE_ROW = fieldsOf([...DEVICE, ...DEVICE_WHOLE])

export const ENDPOINT: Column[] = [
  { key: 'endpoint_id', align: 'right' },
  { key: 'endpoint_name', flexible: true },
  { key: 'policy_id', align: 'right', priority: 3 },
  { key: 'policy_name', flexible: true, priority: 4 },
  { key: 'first_seen', kind: 'time', priority: 1 },
  { key: 'last_seen', kind: 'time', priority: 2 },
]

export const BLOCK: Column[] = [
  { key: 'id', align: 'right' },
  { key: 'policy_id' },
  { key: 'policy_name', flexible: true },
  MAY,
  { key: 'created_at', kind: 'time', priority: 2 },
  { key: 'updated_at', kind: 'time', priority: 1 },
]
