import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises'
import type { Clock } from '../../src/core/ports.ts'

interface Sleeper {
  until: number
  wake(): void
}

/** Turns of the event loop without which nothing that only waits for promises is still on its way. */
const SETTLING = 5

/** Where the steady time begins: nowhere near the time of day. */
const STEADY = 1000

/** Waiting for longer than this, milliseconds, is the last resort: before that what is under way in real time gets as many real milliseconds. */
const FAR = 2000
const REAL = 2

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
   * Lets time pass, from one sleeper to the next, until the work is done.
   * @param most milliseconds that it may take
   * @throws what the work throws; Error: it waits for something else than time, or takes too much of it
   */
  async run<T>(work: Promise<T>, most = Infinity): Promise<T> {
    const end = this.#now + most
    let over = false
    work.then(() => { over = true }, () => { over = true })
    let rested = false
    for (let idle = 0; ;) {
      await settle()
      if (over) return await work
      if (isBusy()) {
        await rest(1)
        continue
      }
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0]
      // Real input and output, which a clock can't hurry, gets some real time.
      if (next === undefined && ++idle > 2000) throw new Error('nothing is left to wait for, and the work isn\'t done')
      if (next === undefined) {
        if (idle > 50) await rest(REAL)
        continue
      }
      idle = 0
      if (!rested && next.until > this.#now + FAR) {
        await rest(REAL)
        rested = true
        continue
      }
      if (next.until > end) throw new Error(`it is still at it after ${most} ms`)
      rested = false
      this.#now = Math.max(this.#now, next.until)
      next.wake()
    }
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.run(this.sleep(ms))
  }
}

/** Whether files are being read, written or closed: that takes real time, and is not to be overtaken. */
function isBusy(): boolean {
  return process.getActiveResourcesInfo().some(name => name.startsWith('FSReq') || name === 'CloseReq')
}

/** Lets all that is under way without waiting for time come to rest. */
export async function settle(): Promise<void> {
  for (let n = 0; n < SETTLING; n++) await turn()
}
