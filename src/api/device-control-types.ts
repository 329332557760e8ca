/** "Approvals": the fields that are sent to create one. Each is optional; an approval without any would approve everything. */
export interface ApprovalFields {
  /** Hexadecimal: `0x0781`. */
  vendor_id?: string
  product_id?: string
  serial_number?: string
  /** At most 150 characters. */
  approval_name?: string
  /** At most 500 characters. */
  notes?: string
}

/** "Get Approval by ID". */
export interface Approval extends ApprovalFields {
  id: string
  vendor_name?: string
  product_name?: string
  created_at?: string
  updated_at?: string
  updated_by?: string
}

/** What approved devices may do ("Device Control after the document"). Reading is always allowed. */
export interface Permissions {
  allow_write?: boolean
  allow_execute?: boolean
}

/** "Get Block by ID". */
export interface Block {
  id: number | string
  policy_id: string | number
  /** `{"approved_devices": {"allow_write", "allow_execute"}}`, and whatever else the service keeps there. */
  windows?: unknown
  created_at?: string
  updated_at?: string
}

/** "Get USB Device by ID". */
export interface UsbDevice {
  id: string
  /** APPROVED or UNAPPROVED, in upper case. */
  status: string
  vendor_name?: string
  vendor_id?: string
  product_name?: string
  product_id?: string
  serial_number?: string
  first_seen?: string
  last_seen?: string
  last_endpoint_name?: string
  last_endpoint_id?: number
  last_policy_id?: number
  endpoint_count?: number
  device_friendly_name?: string
  device_name?: string
  created_at?: string
  updated_at?: string
}

/** "Get Endpoints associated with a USB device". */
export interface UsbEndpoint {
  id: string
  endpoint_id?: number
  endpoint_name?: string
  policy_id?: number
  policy_name?: string
  first_seen?: string
  last_seen?: string
}

/** "Get USB Device Vendors and Products Seen". */
export interface Vendor {
  vendor_id: string
  vendor_name?: string
  devices_count?: number
  products?: { product_id: string; product_name?: string; devices_count?: number }[]
}

/** "Search Approvals", "Search USB Devices". */
export interface UsbSearch {
  /** By documented field name, each a list of values. */
  criteria?: Record<string, string[]>
  query?: string
  /** The service's own default is 0. */
  rows?: number
  start?: number
  sort?: { field: string; order: 'asc' | 'desc' }[]
}

export interface Found<T> {
  results: T[]
  num_found: number
  num_available: number
}

/** "Facet USB Devices". */
export interface UsbFacetSearch extends Pick<UsbSearch, 'criteria' | 'query'> {
  terms: { fields: string[]; rows?: number }
}

export interface Facet {
  field: string
  values: { id: string; name: string; total: number }[]
}

export type ExportFormat = 'CSV' | 'JSON'
