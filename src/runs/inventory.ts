import type { Connection } from '../engine/connection.ts'
import { presencesOf, type Presence } from '../engine/inventory.ts'
import type { Target } from '../engine/remote-job.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { SingleFlight } from '../core/single-flight.ts'

/** How long what the inventory said is believed, milliseconds: it is asked about once a minute, for all devices at once. */
export const INVENTORY_FRESH_MS = 55_000

/** Which devices of a run are online, as the organization's inventory has it. */
export class Inventory {
  readonly #devices: Connection['devices']
  readonly #clock: Clock
  #known: Map<number, Presence> | undefined
  /**
   * Whether absences can be believed, because some device is online. Where all of them have been silent for long, the clock of this machine
   * may be wrong.
   */
  isPlausible = false
  #askedAt = -Infinity
  readonly #asking = new SingleFlight<void>()

  constructor(devices: Connection['devices'], clock: Clock) {
    this.#devices = devices
    this.#clock = clock
  }

  /**
   * Asks for devices, unless that was done a short time ago. A key that may not read devices knows nothing of them.
   * @throws the signal's reason
   */
  async ask(wanted: () => Iterable<Target>, signal: AbortSignal): Promise<void> {
    if (this.#clock.monotonic() - this.#askedAt < INVENTORY_FRESH_MS) return
    const ask = async (stop: AbortSignal) => {
      const ids = [...wanted()].map(({ id }) => id)
      await this.#ask(ids, stop)
    }
    await this.#asking.join(ask, signal)
  }

  async #ask(ids: readonly number[], signal: AbortSignal): Promise<void> {
    try {
      const found = await presencesOf(this.#devices, ids, this.#clock.now(), signal)
      this.#known = new Map([...(this.#known ?? []), ...found])
      this.isPlausible ||= [...found.values()].some(({ absence }) => absence === undefined)
    } catch (error) {
      signal.throwIfAborted()
      // Without the inventory, sessions show who is there.
      if (!(error instanceof CbcError)) throw error
    }
    this.#askedAt = this.#clock.monotonic()
  }

  /** The device with its name, where that is known. */
  named(device: Target): Target {
    const name = device.name ?? this.#known?.get(device.id)?.name
    return name === undefined || name === '' ? device : { ...device, name }
  }

  /** Says why a device doesn't answer; undefined where it may be online. */
  absence({ id }: Target): string | undefined {
    return this.#known?.get(id)?.absence
  }
}
