import { isoTime } from '../core/time.ts'
import type {
  Approval,
  ApprovalFields,
  Block,
  ExportFormat,
  Facet,
  Found,
  Permissions,
  UsbDevice,
  UsbEndpoint,
  UsbFacetSearch,
  UsbSearch,
  Vendor,
} from './device-control-types.ts'
import { checkSubject, malformedAnswer, count, deletionAnswer, idIn, pathSegment, record, records, texts } from './wire-checks.ts'
import type { Call } from './call.ts'
import type { Http } from './http.ts'
import type { CallOptions } from './live-response.ts'
import { pages } from './pages.ts'

export type * from './device-control-types.ts'

const MANAGE = 'external-device.manage'
const APPROVALS = 'cbc usb approval list'
const BLOCKS = 'cbc usb block list'
const DEVICES = 'cbc usb device list'
const ENFORCE = 'external-device.enforce UPDATE'

type CallTemplate = Pick<Call, 'method' | 'path' | 'effect' | 'what' | 'permission' | 'list' | 'look'> & { body?: unknown }

/** Rows a page: few enough to keep memory constant, many enough to be quick. */
const PAGE_SIZE = 1000

/** The criteria of a search, without its page. */
export type SearchCriteria = Omit<UsbSearch, 'start' | 'rows'>

export interface PagingOptions extends CallOptions {
  /** The largest page to request. */
  limit?: number
  /** How many results are skipped. */
  start?: number
  /** Called with each page that comes. */
  onPage?: (page: Found<unknown>) => void
}

/**
 * All calls of the Device Control document, typed. Each throws CbcError: auth (401, 403), not_found (404), remote (400, 409), network,
 * unknown_outcome.
 */
export class DeviceControl {
  readonly #http: Http
  readonly #base: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#base = `/device_control/v3/orgs/${pathSegment(orgKey, 'org_key')}`
  }

  /** "Bulk Create Approvals". @returns the approvals that the service created */
  async createApprovals(approvals: readonly ApprovalFields[], options: CallOptions = {}): Promise<Approval[]> {
    return await this.#many(
      approvalAmong(approvals),
      'results',
      {
        method: 'POST',
        path: '/approvals/_bulk',
        body: approvals,
        effect: 'change',
        what: 'create approvals',
        look: APPROVALS,
        permission: `${MANAGE} CREATE`,
      },
      options,
    )
  }

  /** "Get Approval by ID". */
  async getApproval(id: string, options: CallOptions = {}): Promise<Approval> {
    return await this.#one(
      found => checkSubject(approval(found), { id }),
      {
        method: 'GET',
        path: `/approvals/${pathSegment(id)}`,
        list: APPROVALS,
        effect: 'read',
        what: `get approval ${id}`,
        permission: `${MANAGE} READ`,
      },
      options,
    )
  }

  /** "Search Approvals". */
  async searchApprovals(search: UsbSearch, options: CallOptions = {}): Promise<Found<Approval>> {
    return await this.#search(
      approval,
      { method: 'POST', path: '/approvals/_search', body: search, effect: 'read', what: 'search approvals', permission: `${MANAGE} READ` },
      options,
    )
  }

  /** All matching approvals, each once, page by page; no more than the service makes available (`num_available`). */
  allApprovals(criteria: SearchCriteria, options: PagingOptions = {}): AsyncGenerator<Approval> {
    return allPages((search, more) => this.searchApprovals(search, more), criteria, options)
  }

  /** "Update Approval": the whole object is sent, though only five of its fields can change. */
  async updateApproval(id: string, whole: Approval, options: CallOptions = {}): Promise<Approval> {
    return await this.#one(
      found => checkSubject(approval(found), { id }),
      {
        method: 'PUT',
        path: `/approvals/${pathSegment(id)}`,
        list: APPROVALS,
        body: whole,
        effect: 'change',
        what: `update approval ${id}`,
        permission: `${MANAGE} UPDATE`,
      },
      options,
    )
  }

  /** "Delete Approval by ID". */
  async deleteApproval(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: 'DELETE',
        path: `/approvals/${pathSegment(id)}`,
        list: APPROVALS,
        effect: 'removal',
        what: `delete approval ${id}`,
        permission: `${MANAGE} DELETE`,
      },
      options,
      deletionAnswer({ id }),
    )
  }

  /**
   * "Bulk Create Blocks".
   * @param policyIds in decimal
   * @param permissions sent only where they are given: an older service may not know them
   */
  async createBlocks(policyIds: readonly string[], permissions?: Permissions, options: CallOptions = {}): Promise<Block[]> {
    const body = policyIds.map(id => ({
      policy_id: id,
      ...(permissions === undefined ? {} : { windows: { approved_devices: permissions } }),
    }))
    const asked = (found: Record<string, unknown>) => {
      if (found['policy_id'] != null && !policyIds.includes(String(found['policy_id']))) throw malformedAnswer('is about another policy')
      return block(found)
    }
    return await this.#many(
      asked,
      'results',
      {
        method: 'POST',
        path: '/blocks/_bulk',
        body,
        effect: 'change',
        what: 'create blocks',
        look: BLOCKS,
        permission: ['org.policies UPDATE', ENFORCE],
      },
      options,
    )
  }

  /** "Get Block by ID". */
  async getBlock(id: string, options: CallOptions = {}): Promise<Block> {
    return await this.#one(
      found => checkSubject(block(found), { id }),
      { method: 'GET', path: `/blocks/${pathSegment(id)}`, effect: 'read', what: `get block ${id}`, permission: 'org.policies READ' },
      options,
    )
  }

  /** "Get Blocks": all blocks of the organization. */
  async listBlocks(options: CallOptions = {}): Promise<Block[]> {
    return await this.#many(
      block,
      'results',
      { method: 'GET', path: '/blocks', effect: 'read', what: 'list blocks', permission: 'org.policies READ' },
      options,
    )
  }

  /** Changes a block (`PUT …/blocks/{id}`, "Device Control after the document"). @param whole the block without its id and times */
  async updateBlock(id: string, whole: Omit<Block, 'id'>, options: CallOptions = {}): Promise<Block> {
    return await this.#one(
      found => checkSubject(block(found), { id }),
      {
        method: 'PUT',
        path: `/blocks/${pathSegment(id)}`,
        body: whole,
        effect: 'change',
        what: `update block ${id}`,
        look: BLOCKS,
        permission: ['org.policies UPDATE', ENFORCE],
      },
      options,
    )
  }

  /** "Delete Block by ID". */
  async deleteBlock(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: 'DELETE',
        path: `/blocks/${pathSegment(id)}`,
        effect: 'removal',
        what: `delete block ${id}`,
        look: BLOCKS,
        permission: ['org.policies DELETE', ENFORCE],
      },
      options,
      deletionAnswer({ id }),
    )
  }

  /** "Get USB Device by ID". */
  async getDevice(id: string, options: CallOptions = {}): Promise<UsbDevice> {
    return await this.#one(
      found => checkSubject(device(found), { id }),
      {
        method: 'GET',
        path: `/devices/${pathSegment(id)}`,
        list: DEVICES,
        effect: 'read',
        what: `get USB device ${id}`,
        permission: `${MANAGE} READ`,
      },
      options,
    )
  }

  /** "Get Endpoints associated with a USB device". */
  async listEndpoints(id: string, options: CallOptions = {}): Promise<UsbEndpoint[]> {
    return await this.#many(
      found => dated(found) as unknown as UsbEndpoint,
      'results',
      {
        method: 'GET',
        path: `/devices/${pathSegment(id)}/endpoints`,
        list: DEVICES,
        effect: 'read',
        what: `endpoints of USB device ${id}`,
        permission: `${MANAGE} READ`,
      },
      options,
    )
  }

  /** "Search USB Devices". */
  async searchDevices(search: UsbSearch, options: CallOptions = {}): Promise<Found<UsbDevice>> {
    return await this.#search(
      device,
      { method: 'POST', path: '/devices/_search', body: search, effect: 'read', what: 'search USB devices', permission: `${MANAGE} READ` },
      options,
    )
  }

  /** All matching USB devices, as `allApprovals` returns approvals. */
  allDevices(criteria: SearchCriteria, options: PagingOptions = {}): AsyncGenerator<UsbDevice> {
    return allPages((search, more) => this.searchDevices(search, more), criteria, options)
  }

  /** "Facet USB Devices". */
  async facetDevices(search: UsbFacetSearch, options: CallOptions = {}): Promise<Facet[]> {
    return await this.#many(
      facet,
      'terms',
      { method: 'POST', path: '/devices/_facet', body: search, effect: 'read', what: 'facet USB devices', permission: `${MANAGE} READ` },
      options,
    )
  }

  /** "Get USB Device Vendors and Products Seen". */
  async listProducts(options: CallOptions = {}): Promise<Vendor[]> {
    return await this.#many(
      vendor,
      'results',
      { method: 'GET', path: '/products', effect: 'read', what: 'list USB products', permission: `${MANAGE} READ` },
      options,
    )
  }

  /**
   * Starts an export job ("Export jobs" of the neighbouring APIs). Starting one twice makes two files and changes nothing else.
   * @returns the job's id
   */
  async export(what: 'approvals' | 'devices', search: UsbSearch, format: ExportFormat, options: CallOptions = {}): Promise<string> {
    const call: CallTemplate = {
      method: 'POST',
      path: `/${what}/_export`,
      body: { ...search, format },
      effect: 'read',
      what: `export ${what}`,
      permission: `${MANAGE} READ`,
    }
    return await this.#one(answer => idIn(answer, 'job_id'), call, options)
  }

  async #call<T>(call: CallTemplate, options: CallOptions, read: (answer: unknown) => T): Promise<T> {
    return await this.#http.json({ ...call, path: this.#base + call.path, ...options }, read)
  }

  async #one<T>(read: (answer: Record<string, unknown>) => T, call: CallTemplate, options: CallOptions): Promise<T> {
    return await this.#call(call, options, answer => read(record(answer)))
  }

  async #many<T>(read: (answer: Record<string, unknown>) => T, field: string, call: CallTemplate, options: CallOptions): Promise<T[]> {
    return await this.#call(call, options, answer => records(answer, field).map(read))
  }

  async #search<T>(read: (answer: Record<string, unknown>) => T, call: CallTemplate, options: CallOptions): Promise<Found<T>> {
    return await this.#call(call, options, answer => found(record(answer), read))
  }
}

function found<T>(answer: Record<string, unknown>, read: (answer: Record<string, unknown>) => T): Found<T> {
  const results = records(answer, 'results').map(read)
  const counted = count(answer['num_found'], results.length)
  const num_available = count(answer['num_available'], counted)
  // Some services count only the page in num_found.
  return { results, num_found: Math.max(counted, num_available), num_available }
}

/** The fields of an approval that are compared, and sent back. */
const APPROVAL_FIELDS = ['vendor_id', 'product_id', 'serial_number', 'approval_name', 'notes', 'vendor_name', 'product_name']

/** Pages through a search, up to the last result that the service makes available. */
function allPages<T extends { id: string }>(
  search: (search: UsbSearch, options: CallOptions) => Promise<Found<T>>,
  criteria: SearchCriteria,
  { limit = PAGE_SIZE, start: from = 0, onPage, ...options }: PagingOptions,
): AsyncGenerator<T> {
  let last: Found<T> | undefined
  return pages(
    async (start, rows) => {
      if (last !== undefined && last.num_available < last.num_found && start >= last.num_available) return { ...last, results: [] }
      last = await search({ ...criteria, start, rows }, options)
      onPage?.(last)
      return last
    },
    Math.min(limit, PAGE_SIZE),
    from,
  )
}

function approval(found: Record<string, unknown>): Approval {
  return { ...dated(found), ...texts(found, APPROVAL_FIELDS), id: idIn(found) }
}

/** Makes a reader for the answer to a creation. It rejects an approval whose device fields are not among those that were asked for. */
function approvalAmong(asked: readonly ApprovalFields[]): (found: Record<string, unknown>) => Approval {
  const fields = (of: ApprovalFields) => DEVICE_FIELDS.map(field => normalizedId(of[field]))
  const [wanted, known] = [asked.map(fields), new Set(asked.map(one => fields(one).join('\n')))]
  return found => {
    const made = approval(found)
    const said = fields(made)
    const fits = (one: string[]) => DEVICE_FIELDS.every((field, at) => made[field] === undefined || one[at] === said[at])
    if (!known.has(said.join('\n')) && !wanted.some(fits)) throw malformedAnswer('is about another approval')
    return made
  }
}

/** The fields that say which devices an approval covers. */
const DEVICE_FIELDS = ['serial_number', 'product_id', 'vendor_id'] as const

/** Normalizes an id, which may have `0x` and leading zeros. */
function normalizedId(text = ''): string {
  return text.toLowerCase().replace(/^0x/, '').replace(/^0+/, '')
}

function block(found: Record<string, unknown>): Block {
  idIn(found)
  return dated(found) as unknown as Block
}

function device(found: Record<string, unknown>): UsbDevice {
  return { ...dated(found), id: idIn(found), status: String(found['status'] ?? '').toUpperCase() }
}

/** Times are ISO 8601, as documented; numbers are converted to that. */
function dated(found: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, /_(at|seen)$/.test(name) && typeof value === 'number' ? isoTime(value) : value]),
  )
}

function vendor(found: Record<string, unknown>): Vendor {
  const products = records(found['products'])
  return {
    ...found,
    ...named(found, 'vendor'),
    products: products.map(product => ({ ...product, ...named(product, 'product') })),
  } as Vendor
}

/** Returns id and name as texts, which can be searched and compared. */
function named(found: Record<string, unknown>, what: 'vendor' | 'product'): Record<string, string> {
  return Object.fromEntries([`${what}_id`, `${what}_name`].map(key => [key, String(found[key] ?? '')]))
}

function facet(found: Record<string, unknown>): Facet {
  return { ...found, field: String(found['field'] ?? ''), values: records(found['values']) as unknown as Facet['values'] }
}
