import type { Clock } from '../core/ports.ts'

/** Milliseconds between two requests after the first refusal, and at most; below the least they go as they come. */
const FIRST_GAP_MS = 250
const MAX_GAP_MS = 5000
const MIN_GAP_MS = 50

/**
 * The pace of a client's requests. Where the service refuses one for the rate (429), all wait as long as it asks for, and then go one after
 * the other, further apart with each refusal and closer together again with each answer: those that are under way side by side don't run
 * into the next refusal together.
 */
export class Pace {
  readonly #clock: Clock
  /** Milliseconds between two requests. */
  #gap = 0
  /** When the next one may go. */
  #next = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits for its turn. @throws the signal's reason */
  async turn(signal?: AbortSignal): Promise<void> {
    // The first to wake takes the turn, and the others look again: the gap may have changed meanwhile.
    for (let wait = this.#wait(); wait > 0; wait = this.#wait()) await this.#clock.sleep(wait, signal)
    this.#next = this.#clock.monotonic() + this.#gap
  }

  #wait(): number {
    return this.#next - this.#clock.monotonic()
  }

  /** A request was refused. @param rest milliseconds that nothing is sent for */
  refused(rest: number): void {
    this.#gap = Math.min(MAX_GAP_MS, Math.max(FIRST_GAP_MS, this.#gap * 2))
    this.#next = Math.max(this.#next, this.#clock.monotonic() + rest)
  }

  /** A request was taken. */
  accepted(): void {
    this.#gap = this.#gap < MIN_GAP_MS ? 0 : Math.trunc(this.#gap / 2)
  }
}
