import type { Clock } from '../../core/ports.ts'
import type { RosterDevice } from '../cloud/roster.ts'
import { linkedController, release } from '../cloud/linked.ts'
import type { DeviceCondition, Settings } from './settings.ts'
import { chooseTroubled, type Trouble } from './shares.ts'

/** When a device is unreachable, in ms of the lab's clock; `until` is Infinity when it never comes back. */
export interface Outage {
  from: number
  until: number
}

/** A condition from the settings, and its effects so far. */
interface Rule {
  condition: DeviceCondition
  matches: (device: RosterDevice) => boolean
  /** When the condition was set. */
  since: number
  /** How many commands were carried out since then, by device id. */
  commands: Map<number, number>
  /** When `awayAfterCommands` was reached, by device id. */
  unreachableSince: Map<number, number>
}

/** A condition in the settings. */
interface Given {
  /** No other has it. */
  key: string
  condition: DeviceCondition
  matches(): Rule['matches']
  /** It held already when it was set, for so many ms. */
  before?: number
}

/** How long the offline share of the devices has been silent, so that the inventory shows it. */
const SILENT_MS = 24 * 3_600_000

const ONLINE: DeviceCondition = { offline: false }
const TROUBLED: Record<Trouble, DeviceCondition> = {
  offline: { offline: true },
  failing: { failing: true },
  dropping: { dropping: true },
  garbage: { garbage: true },
  leaving: { leaving: true },
}

/** Which devices are reachable, according to the roster and the settings. */
export class Presence {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #roster: readonly RosterDevice[]
  readonly #seed: number
  #rules = new Map<string, Rule>()
  /** When the conditions of devices last changed. */
  #changed = -Infinity

  /** @param seed of what is wrong with which devices */
  constructor(settings: Settings, clock: Clock, roster: readonly RosterDevice[], seed: number) {
    this.#settings = settings
    this.#clock = clock
    this.#roster = roster
    this.#seed = seed
    this.#updateRules()
    this.#changed = -Infinity
    settings.onChange(() => this.#updateRules())
  }

  /** The condition of a device, as the settings have it. */
  condition(device: RosterDevice): DeviceCondition {
    return this.#rule(device)?.condition ?? {}
  }

  /** Whether Live Response is enabled by policy. */
  enabled(device: RosterDevice): boolean {
    return this.condition(device).liveResponse ?? device.disabled !== true
  }

  /**
   * Returns the current or next outage of a device.
   * @param active when the session was established, ms; absent: no session
   */
  outage(device: RosterDevice, active?: number): Outage | undefined {
    const rule = this.#rule(device)
    const { offline, onlineAfter, awayAfter, backAfter = Infinity } = rule?.condition ?? {}
    if (rule !== undefined && onlineAfter !== undefined) {
      const until = rule.since + onlineAfter
      if (this.#clock.now() < until) return { from: device.offline ? -Infinity : rule.since, until }
    } else if (offline ?? device.offline === true) return { from: rule?.since ?? -Infinity, until: Infinity }
    const lost = rule?.unreachableSince.get(device.id) ?? (awayAfter !== undefined && active !== undefined ? active + awayAfter : undefined)
    return lost === undefined ? undefined : { from: lost, until: lost + backAfter }
  }

  /** Whether a device is unreachable now. */
  away(device: RosterDevice, active?: number): boolean {
    const outage = this.outage(device, active)
    const now = this.#clock.now()
    return outage !== undefined && now >= outage.from && now < outage.until
  }

  /** Since when a reachable device has been reachable, ms; -Infinity: always. */
  since(device: RosterDevice): number {
    const rule = this.#rule(device)
    return Math.max(this.#changed, rule?.condition.onlineAfter === undefined ? -Infinity : rule.since + rule.condition.onlineAfter)
  }

  /** Waits until a device is reachable. @throws the signal's reason */
  async reached(device: RosterDevice, active: number | undefined, signal: AbortSignal): Promise<void> {
    while (this.away(device, active)) {
      const back = this.outage(device, active)?.until ?? 0
      const stop = linkedController(signal)
      const off = this.#settings.onChange(() => stop.abort())
      await this.#clock.sleep(back - this.#clock.now(), stop.signal).catch(() => undefined)
      off()
      release(stop)
      signal.throwIfAborted()
    }
  }

  /** Restarts all conditions, as if they had just been set. */
  restart(): void {
    this.#rules.clear()
    this.#updateRules()
  }

  /** Notes that a device carries out a command, whose answer doesn't come if it is `leaving`. */
  beginCommand(device: RosterDevice): void {
    const rule = this.#rule(device)
    if (rule?.condition.leaving === true && !rule.unreachableSince.has(device.id)) rule.unreachableSince.set(device.id, this.#clock.now())
  }

  /** Notes that a device carried out a command. */
  countCommand(device: RosterDevice): void {
    const rule = this.#rule(device)
    const after = rule?.condition.awayAfterCommands
    if (rule === undefined || after === undefined) return
    const commands = (rule.commands.get(device.id) ?? 0) + 1
    rule.commands.set(device.id, commands)
    if (commands === after) rule.unreachableSince.set(device.id, this.#clock.now())
  }

  /** Takes over the conditions from the settings. One that hasn't changed keeps its counts. */
  #updateRules(): void {
    const now = this.#clock.now()
    const rules = new Map<string, Rule>()
    for (const { key, condition, matches, before = 0 } of this.#conditions()) {
      const known = this.#rules.get(key)
      const isKnown = known?.condition === condition
      rules.set(
        key,
        isKnown ? known : { condition, matches: matches(), since: now - before, commands: new Map(), unreachableSince: new Map() },
      )
    }
    const same = rules.size === this.#rules.size && [...rules].every(([pattern, rule]) => this.#rules.get(pattern) === rule)
    if (!same) this.#changed = now
    this.#rules = rules
  }

  /** The conditions in the settings: first those of shares of the devices, then those of devices by name. */
  *#conditions(): Generator<Given> {
    const { shares, devices } = this.#settings.behaviour
    const all = JSON.stringify(shares)
    const troubled = chooseTroubled(this.#roster, shares, this.#seed)
    if (shares.offline !== undefined) yield { key: `online ${all}`, condition: ONLINE, matches: () => () => true }
    for (const trouble of Object.keys(shares) as Trouble[])
      yield {
        key: `${trouble} ${all}`,
        condition: TROUBLED[trouble],
        matches: () => device => troubled.get(device.id) === trouble,
        ...(trouble === 'offline' ? { before: SILENT_MS } : {}),
      }
    for (const [pattern, condition] of Object.entries(devices)) yield { key: pattern, condition, matches: () => matcher(pattern) }
  }

  #rule(device: RosterDevice): Rule | undefined {
    let found: Rule | undefined
    for (const rule of this.#rules.values()) if (rule.matches(device)) found = rule
    return found
  }
}

/** Matches ids exactly, and names in any case, with or without their domain. */
function matcher(pattern: string): (device: RosterDevice) => boolean {
  const source = pattern.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')
  const name = new RegExp(`^${source}$`, 'is')
  return device => String(device.id) === pattern || name.test(device.name) || name.test(device.name.slice(device.name.indexOf('\\') + 1))
}
