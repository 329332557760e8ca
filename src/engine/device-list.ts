import type { Device, Devices } from '../api/devices.ts'

/** How many devices are requested at once. A smaller organization is known completely after the first answer. */
const DEVICES_PER_SEARCH = 1000

/** A list of devices to choose from, narrowed as the user types. */
export class DeviceList {
  readonly #devices: Devices
  #first: Promise<{ results: Device[]; num_found: number }> | undefined

  constructor(devices: Devices) {
    this.#devices = devices
  }

  /**
   * Finds the devices in which each word of `typed` occurs: in name, id, system, policy, user or address.
   * @throws CbcError auth: devices may not be read; network
   */
  async find(typed: string, signal: AbortSignal): Promise<Device[]> {
    const { results, num_found } = await this.#known()
    signal.throwIfAborted()
    const words = typed
      .toLowerCase()
      .split(/\s+/)
      .filter(word => word !== '')
    const fitting = results.filter(device => words.every(word => textOf(device).includes(word)))
    if (num_found <= results.length || words.length === 0) return fitting
    // Only the service knows all of a large organization.
    const { results: more } = await this.#search({ query: words.map(queryOf).join(' AND ') }, signal)
    return [...new Map([...fitting, ...more].map(device => [device.id, device])).values()]
  }

  async #known(): Promise<{ results: Device[]; num_found: number }> {
    this.#first ??= this.#search({ sort: [{ field: 'last_contact_time', order: 'DESC' }] })
    // After a failure the next call asks again.
    this.#first.catch(() => {
      this.#first = undefined
    })
    return await this.#first
  }

  /** Keeps no more results than were requested, because the list is drawn again at every key. */
  async #search(
    wanted: Omit<Parameters<Devices['search']>[0], 'rows'>,
    signal?: AbortSignal,
  ): Promise<{ results: Device[]; num_found: number }> {
    const { results, num_found } = await this.#devices.search(
      { ...wanted, rows: DEVICES_PER_SEARCH },
      signal === undefined ? {} : { signal },
    )
    return { results: results.slice(0, DEVICES_PER_SEARCH), num_found: Math.max(num_found, results.length) }
  }
}

function textOf({ id, name, os, os_version, policy_name, login_user_name, last_internal_ip_address }: Device): string {
  return [id, name, os, os_version, policy_name, login_user_name, last_internal_ip_address]
    .filter(part => part != null)
    .join(' ')
    .toLowerCase()
}

/** Makes a query on names from a word, with wildcards where its characters allow that. */
function queryOf(word: string): string {
  return /^[\w.-]+$/.test(word) ? `name:*${word}*` : `name:"${word.replace(/["\\]/g, '\\$&')}"`
}
