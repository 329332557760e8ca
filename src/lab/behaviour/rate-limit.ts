import type { Clock } from '../../core/ports.ts'
import type { Behaviour } from './settings.ts'

/** Enforces `rateLimit`: at most `requests` within any period of `per` milliseconds. */
export class RateLimit {
  readonly #behaviour: Behaviour
  readonly #clock: Clock
  /** When the requests that still count were admitted, ms. */
  #times: number[] = []

  /** @param clock the real clock: clients wait in real time */
  constructor(behaviour: Behaviour, clock: Clock) {
    this.#behaviour = behaviour
    this.#clock = clock
  }

  /** Admits a request and returns undefined, or returns the seconds to wait (for `Retry-After`; at least 1). */
  secondsToWait(): number | undefined {
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
