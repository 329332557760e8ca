import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises'
import { vi } from 'vitest'
import type { Clock } from '../../src/core/ports.ts'
import { isAtWork } from './real-work.ts'

interface Sleeper {
  until: number
  wake(): void
}

/** Turns of the event loop without real work, after which all pending work waits for virtual time or for another process. */
const SETTLING_TURNS = 5

/** Where monotonic time begins: far from the time of day, so that mixing them up shows. */
const MONOTONIC_START = 1000

/** Milliseconds that virtual time may advance before the clock checks again for modules being loaded, which takes real time. */
const MODULE_CHECK_MS = 2000

/** How long (real milliseconds) and how often to wait for another process: more than a busy machine needs. */
const REAL_WAIT_MS = 2
const MAX_REAL_WAITS = 30_000

/** A clock that advances only when nothing else can happen, so that waits of hours are tested in milliseconds. */
export class FakeClock implements Clock {
  /** How far the time of day is ahead of monotonic time, in milliseconds. */
  #ahead: number
  #now = MONOTONIC_START
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = Date.parse('2026-01-02T03:04:05Z')) {
    this.#ahead = now - MONOTONIC_START
  }

  now(): number {
    return this.#now + this.#ahead
  }

  monotonic(): number {
    return this.#now
  }

  /** Sets the time of day, without any time passing. @param ms forward, or back if negative */
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

  /** The number of sleepers. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /**
   * Advances time from one sleeper to the next until the work is done. Time stands still while real work is in progress.
   * @param most virtual milliseconds that the work may take
   * @throws what the work throws; Error: the work waits for something other than time, or takes too long
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
        if (++idle > MAX_REAL_WAITS) throw new Error("nothing is left to wait for, and the work isn't done")
        await rest(REAL_WAIT_MS)
        continue
      }
      idle = 0
      if (next.until > looked + MODULE_CHECK_MS && next.until !== free) {
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

  /** Advances time by `ms` milliseconds. */
  async pass(ms: number): Promise<void> {
    await this.run(this.sleep(ms))
  }
}

/** Waits until all work that does not wait for time has finished. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < SETTLING_TURNS;) {
    await turn()
    quiet = isAtWork() ? 0 : quiet + 1
  }
}
