import type { Clock } from '../../core/ports.ts'
import type { Store } from './store.ts'
import { UNUSED_FOR_MS } from './sweep.ts'

/** Sweeps a store from time to time: a request to the lab triggers the sweep when it is due. */
export class Housekeeping {
  readonly #store: Store
  readonly #clock: Clock
  #next = -Infinity
  #work: Promise<unknown> = Promise.resolve()

  /** @param clock the real one */
  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Starts a sweep if one is due. A sweep that fails is ignored: the next one makes up for it. */
  runIfDue(): void {
    const now = this.#clock.now()
    if (now < this.#next) return
    this.#next = now + UNUSED_FOR_MS
    this.#work = this.#store.sweep(now).catch(() => undefined)
  }

  /** Resolves when no sweep is under way. */
  async finished(): Promise<void> {
    await this.#work
  }
}
