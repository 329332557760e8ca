import type { Clock } from '../../core/ports.ts'
import type { Behaviour } from './settings.ts'

/** Counts requests against `rateLimit`: so many within any stretch of that length. */
export class RateLimit {
  readonly #behaviour: Behaviour
  readonly #clock: Clock
  /** When those that count were let through, ms. */
  #times: number[] = []

  /** @param clock the real one: clients wait in real time */
  constructor(behaviour: Behaviour, clock: Clock) {
    this.#behaviour = behaviour
    this.#clock = clock
  }

  /** Lets a request through, or says for how many seconds not (for `Retry-After`; at least 1). */
  refuses(): number | undefined {
    const limit = this.#behaviour.rateLimit
    if (limit === null) {
      this.#times = []
      return undefined
    }
    const now = this.#clock.now()
    this.#times = this.#times.filter(time => time > now - limit.per)
    if (this.#times.length < limit.requests) {
      this.#times.push(now)
      return undefined
    }
    const free = (this.#times[this.#times.length - limit.requests] ?? now) + limit.per
    return Math.max(1, Math.ceil((free - now) / 1000))
  }
}
