import { CbcError } from '../core/errors.ts'
import type { Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

/** A device of the organization: the fields that matter ("Neighbouring APIs"). */
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
}

export interface DeviceSearch {
  query?: string
  criteria?: Record<string, unknown[]>
  start?: number
  /** At most 10,000. */
  rows?: number
  sort?: { field: string, order: 'ASC' | 'DESC' }[]
}

/** The Devices API beside the two documents. */
export class Devices {
  readonly #http: Http
  readonly #base: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#base = `/appservices/v6/orgs/${encodeURIComponent(orgKey)}/devices`
  }

  /** Devices that fit, and how many there are in all. */
  async search(search: DeviceSearch, options: CallOptions = {}): Promise<{ results: Device[], num_found: number }> {
    const answer = await this.#http.json<{ results?: Device[], num_found?: number }>({
      method: 'POST', path: `${this.#base}/_search`, body: { criteria: {}, start: 0, rows: 100, ...search }, effect: 'read', what: 'search devices', permission: 'device READ', ...options,
    })
    if (!Array.isArray(answer?.results)) throw new CbcError('network', 'search devices: the service\'s answer is not the documented object')
    return { results: answer.results, num_found: Number(answer.num_found ?? answer.results.length) }
  }

  /** One device. */
  async get(id: number, options: CallOptions = {}): Promise<Device> {
    const answer = await this.#http.json<Device>({ method: 'GET', path: `${this.#base}/${id}`, effect: 'read', what: `get device ${id}`, permission: 'device READ', ...options })
    if (typeof answer?.id !== 'number') throw new CbcError('network', 'get device: the service\'s answer is not the documented object')
    return answer
  }
}
