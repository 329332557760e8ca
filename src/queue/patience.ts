import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** How often it is tried to reach a server that is away, milliseconds. */
const TRY_EVERY_MS = 1000

/** Waits for a queue server that is away, and says so: when it goes, and when it is back. */
export class Patience {
  readonly #clock: Clock
  readonly #tell: (why: CbcError | undefined) => void
  #isAway = false

  /** @param tell called with the failure when the server is away, and with nothing when it is back */
  constructor(clock: Clock, tell: (why: CbcError | undefined) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** One that says it in words. @param say shows a line */
  static inWords(clock: Clock, say: (line: string) => unknown): Patience {
    return new Patience(clock, why => void say(why === undefined ? 'the queue server is back' : `${why.message}; waiting for it`))
  }

  get isAway(): boolean {
    return this.#isAway
  }

  /** Does something as soon as the server can be reached. @throws whatever it throws but CbcError network; the signal's reason */
  async insist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const result = await work()
        if (this.#isAway) this.#tell(undefined)
        this.#isAway = false
        return result
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CbcError) || error.code !== 'network') throw error
        if (!this.#isAway) this.#tell(error)
        this.#isAway = true
        await this.#clock.sleep(TRY_EVERY_MS, signal)
      }
    }
  }
}
