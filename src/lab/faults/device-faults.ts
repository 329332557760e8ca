import type { Presence } from '../behaviour/presence.ts'
import { seeded } from '../behaviour/seeded.ts'
import type { RosterDevice } from '../cloud/roster.ts'
import type { Action } from './rule.ts'

/** How many requests are dropped where a device's connections are, and how many of those after they were carried out. */
const DROPPED = 0.25
const DROPPED_AFTER = 0.5

/** A request in a session, whose id ends with that of the device; below `commands` it is about a command. */
const IN_SESSION = /\/liveresponse\/sessions\/\d+:(\d+)(?:\/(commands)\b)?/

/** The faults of devices that drop connections, or about whose commands garbage is answered. */
export class DeviceFaults {
  readonly #devices: ReadonlyMap<number, RosterDevice>
  readonly #presence: Presence
  readonly #seed: number
  /** Each device has its own sequence of faults, whatever happens to the others meanwhile. */
  readonly #chances = new Map<number, () => number>()

  constructor(devices: ReadonlyMap<number, RosterDevice>, presence: Presence, seed: number) {
    this.#devices = devices
    this.#presence = presence
    this.#seed = seed
  }

  /** Returns what goes wrong with a request. */
  pick(_method: string, path: string): { name: string; do: Action } | undefined {
    const [, id, isAboutCommand] = IN_SESSION.exec(path) ?? []
    const device = id === undefined ? undefined : this.#devices.get(Number(id))
    if (device === undefined) return undefined
    const { dropping = false, garbage = false } = this.#presence.condition(device)
    const chance = this.#chanceOf(device)
    if (dropping && chance() < DROPPED) return { name: 'dropping', do: { drop: chance() < DROPPED_AFTER ? 'after' : 'before' } }
    if (!garbage || isAboutCommand === undefined) return undefined
    return { name: 'garbage', do: chance() < 0.5 ? { garbage: 'json' } : { garbage: 'html', after: true } }
  }

  #chanceOf({ id }: RosterDevice): () => number {
    const chance = this.#chances.get(id) ?? seeded(this.#seed ^ id)
    this.#chances.set(id, chance)
    return chance
  }
}
