import type { Clock } from '../core/ports.ts'

const FIRST_INTERVAL_MS = 20
const MAX_INTERVAL_MS = 1000
const INTERVAL_GROWTH = 2.5
/** A request that took this long was held by the server, which honours `wait=true`: the next one may follow at once. */
const LONG_POLL_FROM_MS = 900

/**
 * Polls with a growing interval: it starts fast, so that quick commands feel instant, and backs off to about a second, so that long ones
 * cost few requests. A server that holds the request (long poll) is asked again at once, so its mode need not be detected.
 */
export class Poll {
  readonly #clock: Clock
  #delay = FIRST_INTERVAL_MS

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Asks until `done` accepts an answer, and returns that; rejects with the signal's reason. */
  async until<T>(ask: () => Promise<T>, done: (answer: T) => boolean, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted()
      const from = this.#clock.monotonic()
      const answer = await ask()
      if (done(answer)) return answer
      if (this.#clock.monotonic() - from >= LONG_POLL_FROM_MS) continue
      await this.#clock.sleep(this.#delay, signal)
      this.#delay = Math.min(this.#delay * INTERVAL_GROWTH, MAX_INTERVAL_MS)
    }
  }
}
