import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/core/ports.ts'
import { isAtWork } from './real-work.ts'

/** The longest sleep in milliseconds that ends at once. A longer one is a time limit that should not be reached. */
const LONGEST_NAP_MS = 5000

/**
 * A clock that runs ahead: a short sleep ends as soon as no real work is in progress, and advances the clock by its length.
 * A long sleep, such as a deadline, ends when short sleeps have advanced the clock that far. So endless polling ends at its deadline, while
 * slow real work never reaches one.
 */
export class HurriedClock implements Clock {
  #now = Date.UTC(2026, 0, 2)
  readonly #waiting = new Set<{ at: number; wake: () => void }>()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms > LONGEST_NAP_MS) return await this.#wait(this.#now + ms, signal)
    do await turn()
    while (isAtWork())
    signal?.throwIfAborted()
    this.#now += ms
    for (const waiting of this.#waiting) if (waiting.at <= this.#now) waiting.wake()
  }

  #wait(at: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = () => {
        this.#waiting.delete(waiting)
        signal?.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        over()
        reject(signal?.reason as Error)
      }
      const waiting = {
        at,
        wake: () => {
          over()
          resolve()
        },
      }
      this.#waiting.add(waiting)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
