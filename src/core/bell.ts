import { linked, STOPPED } from './abort.ts'
import type { Clock } from './ports.ts'

/** Wakes those who wait until something has changed. They look for themselves what it was. */
export class Bell {
  readonly #waiting = new Set<() => void>()

  ring(): void {
    for (const wake of this.#waiting) wake()
  }

  /** Waits until the bell rings, at most `ms` milliseconds. @throws the signal's reason */
  async heard(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const nap = linked(signal)
    let wake = () => {}
    const rung = new Promise<void>(resolve => {
      wake = resolve
    })
    this.#waiting.add(wake)
    try {
      await Promise.race([rung, clock.sleep(ms, nap.signal)])
    } finally {
      this.#waiting.delete(wake)
      nap.abort(STOPPED)
      nap.clear()
    }
  }
}
