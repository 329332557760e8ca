import type { Clock } from '../core/ports.ts'
import { orAborted } from '../core/read-write-lock.ts'

/** What goes on in a session now: commands, the bytes of files. */
export class Occupancy {
  #users = 0
  #idle: (() => void)[] = []

  get isEmpty(): boolean {
    return this.#users === 0
  }

  /** Something goes on until the function returned is called. */
  use(): () => void {
    this.#users += 1
    let using = true
    return () => {
      if (using && --this.#users === 0) for (const wake of this.#idle.splice(0)) wake()
      using = false
    }
  }

  /** Waits until nothing goes on any more, so many milliseconds at most. */
  async drained(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (this.isEmpty) return
    const over = new AbortController()
    const idle = new Promise<void>(resolve => {
      this.#idle.push(resolve)
    })
    try {
      await orAborted(Promise.race([idle, clock.sleep(ms, over.signal)]), signal)
    } finally {
      over.abort()
    }
  }
}
