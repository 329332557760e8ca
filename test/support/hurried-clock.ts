import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/core/ports.ts'
import { isAtWork } from './real-work.ts'

/** A rest that is shorter is slept through at once, milliseconds: what is longer waits for something that is not to come. */
const NAP = 5000

/**
 * Time that runs ahead: who rests for a moment finds it over as soon as nothing is under way in real time, and the clock that much later.
 * Who waits for long, a deadline, is woken when
 * the clock has come to its end by the rests of others; so what polls for ever ends at its deadline, and real work is never too slow for
 * one.
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
    if (ms > NAP) return await this.#wait(this.#now + ms, signal)
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
