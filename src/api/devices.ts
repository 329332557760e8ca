import { checkSubject, malformedAnswer, count, isWhole, pathSegment, record, records, numberSegment } from './wire-checks.ts'
import { CbcError } from '../core/errors.ts'
import type { Call } from './call.ts'
import type { Http } from './http.ts'
import type { CallOptions } from './live-response.ts'
import { pages, type Page } from './pages.ts'

/** A device of the organization, with the fields that matter ("Neighbouring APIs"). */
export interface Device {
  id: number
  name: string
  os?: string
  os_version?: string
  policy_id?: number
  policy_name?: string
  last_contact_time?: string
  last_internal_ip_address?: string
  login_user_name?: string
  sensor_version?: string
  status?: string
  sensor_states?: string[]
  quarantined?: boolean
}

export interface DeviceSearch {
  query?: string
  criteria?: Record<string, unknown[]>
  start?: number
  /** At most 10,000. */
  rows?: number
  sort?: { field: string; order: 'ASC' | 'DESC' }[]
}

/** The part of the results that is wanted, and a callback for each page. */
export interface DevicePaging extends CallOptions {
  limit?: number
  start?: number
  onPage?: (page: Page<Device>) => void
}

/** Devices a page: few enough to keep memory constant, many enough to be quick. */
const PAGE_SIZE = 1000

/** An order that does not change while pages are fetched. */
const BY_NAME: NonNullable<DeviceSearch['sort']> = [{ field: 'name', order: 'ASC' }]

/** The Devices API, which is outside the two documents. */
export class Devices {
  readonly #http: Http
  readonly #organization: string
  readonly #base: string
  readonly #orgKey: string
  /** The devices that there are as far as this client knows; undefined: all. */
  readonly #only: ReadonlySet<number> | undefined

  /** @param only ids of devices; others are neither found nor reached */
  constructor(http: Http, orgKey: string, only?: readonly number[]) {
    this.#http = http
    this.#orgKey = orgKey
    this.#only = only && new Set(only)
    this.#organization = `/appservices/v6/orgs/${pathSegment(orgKey, 'org_key')}`
    this.#base = `${this.#organization}/devices`
  }

  /** Returns a client for these devices alone: others are neither found nor reached. @param ids at least one */
  only(ids: readonly number[]): Devices {
    return new Devices(this.#http, this.#orgKey, ids)
  }

  /** Searches devices. @returns one page, and how many there are in all */
  async search(search: DeviceSearch, options: CallOptions = {}): Promise<Page<Device>> {
    const call: Call = {
      method: 'POST',
      path: `${this.#base}/_search`,
      body: { start: 0, rows: 100, ...search, criteria: this.#within(search.criteria) },
      effect: 'read',
      what: 'search devices',
      permission: 'device READ',
      ...options,
    }
    return await this.#http.json(call, found => {
      const answer = record(found)
      const results = records(answer, 'results').map(device)
      return { results: results.filter(({ id }) => this.#has(id)), num_found: count(answer['num_found'], results.length) }
    })
  }

  #has(id: number): boolean {
    return this.#only === undefined || this.#only.has(id)
  }

  /** Adds that only certain devices are meant. Where none of those asked for is among them, the answer's devices are left out. */
  #within(criteria: DeviceSearch['criteria'] = {}): DeviceSearch['criteria'] {
    if (this.#only === undefined) return criteria
    const asked = criteria['id']
    return asked === undefined ? { ...criteria, id: [...this.#only] } : criteria
  }

  /** @throws CbcError refused: this client is not for that device */
  #require(ids: readonly number[]): void {
    const other = ids.find(id => !this.#has(id))
    if (other !== undefined)
      throw new CbcError('refused', `device ${other}: is none of the devices that may be reached`, { device_id: other })
  }

  /**
   * All matching devices, page by page, each once.
   * @param search default order: by name
   * @param options.limit how many are wanted: no larger page is requested
   * @param options.start how many are skipped
   * @param options.onPage called with each page
   */
  async *all(
    { sort = BY_NAME, ...search }: Pick<DeviceSearch, 'query' | 'criteria' | 'sort'>,
    { limit = PAGE_SIZE, start: from = 0, onPage, ...options }: DevicePaging = {},
  ): AsyncGenerator<Device> {
    const first = from === 0 ? 0 : await this.#first({ ...search, sort }, options)
    const fetch = async (start: number, rows: number) => {
      const page = await this.search({ ...search, sort, start: first + start, rows }, options)
      onPage?.(page)
      return page
    }
    yield* pages(fetch, Math.min(limit, PAGE_SIZE), from)
  }

  /** Services number the first device 0, or 1, as the SDK does. Where it is 1, 0 returns the first one too. */
  async #first(search: DeviceSearch, options: CallOptions): Promise<0 | 1> {
    const [zero, one] = [
      await this.search({ ...search, start: 0, rows: 1 }, options),
      await this.search({ ...search, start: 1, rows: 1 }, options),
    ]
    const id = zero.results[0]?.id
    return id !== undefined && one.results[0]?.id === id ? 1 : 0
  }

  /** Gets one device. */
  async get(id: number, options: CallOptions = {}): Promise<Device> {
    this.#require([id])
    const call: Call = {
      method: 'GET',
      path: `${this.#base}/${numberSegment(id)}`,
      effect: 'read',
      what: `get device ${id}`,
      permission: 'device READ',
      ...options,
    }
    return await this.#http.json(call, answer => checkSubject(device(record(answer)), { id }))
  }

  /**
   * Isolates devices from the network, or releases them ("Device actions", QUARANTINE). Their sensors do so at their next check-in.
   * @throws LostAnswer where the request may have been accepted
   */
  async quarantine(ids: readonly number[], on: boolean, options: CallOptions = {}): Promise<void> {
    this.#require(ids)
    const body = { action_type: 'QUARANTINE', device_id: ids, options: { toggle: on ? 'ON' : 'OFF' } }
    await this.#http.json({
      method: 'POST',
      path: `${this.#organization}/device_actions`,
      body,
      effect: 'change',
      what: on ? 'quarantine' : 'unquarantine',
      look: `cbc device get ${ids[0]}`,
      permission: 'device.quarantine EXECUTE',
      ...options,
    })
  }
}

/** Reads a device: its id is a number and its name a text; states that are not texts are dropped. */
function device(found: Record<string, unknown>): Device {
  const { id, name, sensor_states: states } = found
  if (!isWhole(id)) throw malformedAnswer('has a device without an id')
  return {
    ...found,
    id,
    name: typeof name === 'string' ? name : '',
    ...('sensor_states' in found ? { sensor_states: Array.isArray(states) ? states.filter(state => typeof state === 'string') : [] } : {}),
  }
}
