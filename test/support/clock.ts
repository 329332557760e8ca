import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises'
import { vi } from 'vitest'
import type { Clock } from '../../src/core/ports.ts'
import { isAtWork } from './real-work.ts'

interface Sleeper {
  until: number
  wake(): void
}

/** Turns of the event loop after which what is still on its way waits for time, or for somebody else. */
const SETTLING = 5

/** Where the steady time begins: nowhere near the time of day. */
const STEADY = 1000

/** Modules are loaded in real time too. Time goes on for so many milliseconds at most until it is looked for them again. */
const FAR = 2000

/** Somebody else, another process, gets so many real milliseconds at a time, and so many times: more than a busy machine needs. */
const REAL = 2
const TIMES = 2000

/** Time that passes only when nothing else can: what waits for hours is tested in milliseconds. */
export class FakeClock implements Clock {
  /** What the time of day is ahead of the steady time, milliseconds. */
  #ahead: number
  #now = STEADY
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = Date.parse('2026-01-02T03:04:05Z')) {
    this.#ahead = now - STEADY
  }

  now(): number {
    return this.#now + this.#ahead
  }

  monotonic(): number {
    return this.#now
  }

  /** Somebody sets the time of day: no time passes by it. @param ms forward, or back where it is below 0 */
  set(ms: number): void {
    this.#ahead += ms
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const onAbort = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason as Error)
      }
      const sleeper: Sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /**
   * Lets time pass, from one sleeper to the next, until the work is done. It stands for as long as anything is under way in real time.
   * @param most milliseconds that it may take
   * @throws what the work throws; Error: it waits for something else than time, or takes too much of it
   */
  async run<T>(work: Promise<T>, most = Infinity): Promise<T> {
    const end = this.#now + most
    let over = false
    work.then(
      () => {
        over = true
      },
      () => {
        over = true
      },
    )
    let [looked, free] = [this.#now, 0]
    for (let idle = 0; ;) {
      await settle()
      if (over) return await work
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0]
      if (next === undefined) {
        if (++idle > TIMES) throw new Error("nothing is left to wait for, and the work isn't done")
        await rest(REAL)
        continue
      }
      idle = 0
      if (next.until > looked + FAR && next.until !== free) {
        await vi.dynamicImportSettled()
        looked = this.#now
        free = next.until
        continue
      }
      if (next.until > end) throw new Error(`it is still at it after ${most} ms`)
      this.#now = Math.max(this.#now, next.until)
      next.wake()
    }
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.run(this.sleep(ms))
  }
}

/** Lets all that is under way without waiting for time come to rest. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < SETTLING;) {
    await turn()
    quiet = isAtWork() ? 0 : quiet + 1
  }
}
