import { STOPPED } from '../core/abort.ts'
import type { Clock } from '../core/ports.ts'
import { orAborted } from '../core/read-write-lock.ts'

/** Counts what is going on in a session: commands and file transfers. */
export class Occupancy {
  #users = 0
  #idle: (() => void)[] = []

  get isEmpty(): boolean {
    return this.#users === 0
  }

  /** Marks the session as in use until the returned function is called. */
  use(): () => void {
    this.#users += 1
    let using = true
    return () => {
      if (using && --this.#users === 0) for (const wake of this.#idle.splice(0)) wake()
      using = false
    }
  }

  /** Waits until nothing is going on any more. @param ms milliseconds to wait at most */
  async waitUntilEmpty(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (this.isEmpty) return
    const over = new AbortController()
    const idle = new Promise<void>(resolve => {
      this.#idle.push(resolve)
    })
    try {
      await orAborted(Promise.race([idle, clock.sleep(ms, over.signal)]), signal)
    } finally {
      over.abort(STOPPED)
    }
  }
}
