import type { Clock } from '../../core/ports.ts'
import type { RosterDevice } from '../cloud/roster.ts'
import { linkedController } from '../cloud/linked.ts'
import type { DeviceCondition, Settings } from './settings.ts'

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

/** Which devices are reachable, according to the roster and the settings. */
export class Presence {
  readonly #settings: Settings
  readonly #clock: Clock
  #rules = new Map<string, Rule>()
  /** When the conditions of devices last changed. */
  #changed = -Infinity

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#updateRules()
    this.#changed = -Infinity
    settings.onChange(() => this.#updateRules())
  }

  /** Whether Live Response is enabled by policy. */
  enabled(device: RosterDevice): boolean {
    return this.#rule(device)?.condition.liveResponse ?? device.disabled !== true
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
      stop.abort()
      signal.throwIfAborted()
    }
  }

  /** Restarts all conditions, as if they had just been set. */
  restart(): void {
    this.#rules.clear()
    this.#updateRules()
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
    for (const [pattern, condition] of Object.entries(this.#settings.behaviour.devices)) {
      const known = this.#rules.get(pattern)
      rules.set(
        pattern,
        known?.condition === condition
          ? known
          : { condition, matches: matcher(pattern), since: now, commands: new Map(), unreachableSince: new Map() },
      )
    }
    const same = rules.size === this.#rules.size && [...rules].every(([pattern, rule]) => this.#rules.get(pattern) === rule)
    if (!same) this.#changed = now
    this.#rules = rules
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
