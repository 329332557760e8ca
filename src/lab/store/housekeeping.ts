import type { Clock } from '../../core/ports.ts'
import type { Store } from './store.ts'
import { UNUSED_FOR_MS } from './sweep.ts'

/** Has a store swept now and then, by the way: whenever something is done with it and it is time. */
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

  /** Costs nothing when it is not yet time. A sweep that fails is no trouble of who comes by: the next one does its work. */
  passBy(): void {
    const now = this.#clock.now()
    if (now < this.#next) return
    this.#next = now + UNUSED_FOR_MS
    this.#work = this.#store.sweep(now).catch(() => undefined)
  }

  /** The sweep that is under way has ended. */
  async done(): Promise<void> {
    await this.#work
  }
}
