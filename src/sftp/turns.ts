import { orAborted } from '../core/read-write-lock.ts'

/** Lets a limited number of works go on at a time; the others wait in the order in which they came. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#free = limit
  }

  /** @throws the signal's reason where it is aborted before the turn comes; whatever the work throws */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#begin(signal)
    try {
      return await work()
    } finally {
      this.#end()
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    let come = () => {}
    const turn = new Promise<void>(resolve => {
      come = resolve
    })
    this.#waiting.push(come)
    await orAborted(turn, signal).catch((error: unknown) => {
      const at = this.#waiting.indexOf(come)
      // It came in the same moment: it goes to the next one.
      if (at < 0) this.#end()
      else this.#waiting.splice(at, 1)
      throw error
    })
  }

  #end(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
