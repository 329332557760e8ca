import type { Clock } from '../core/ports.ts'

/** The gap between two requests after the first refusal, and the largest one; a gap below the smallest counts as none. Milliseconds. */
const FIRST_GAP_MS = 250
const MAX_GAP_MS = 5000
const MIN_GAP_MS = 50

/**
 * The pace of a client's requests. Where the service refuses one for its rate (429), all wait as long as it asks, and then go one after the
 * other, further apart with each refusal and closer together again with each answer, so that parallel requests don't run into the next
 * refusal together.
 */
export class Pace {
  readonly #clock: Clock
  /** The gap between two requests, milliseconds. */
  #gap = 0
  /** When the next request may be sent. */
  #next = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits until the next request may be sent. @throws the signal's reason */
  async turn(signal?: AbortSignal): Promise<void> {
    // The first to wake sends its request; the others check again, because the gap may have changed.
    for (let wait = this.#wait(); wait > 0; wait = this.#wait()) await this.#clock.sleep(wait, signal)
    this.#next = this.#clock.monotonic() + this.#gap
  }

  #wait(): number {
    return this.#next - this.#clock.monotonic()
  }

  /** Slows down after a refusal. @param rest how long nothing is sent, milliseconds */
  refused(rest: number): void {
    this.#gap = Math.min(MAX_GAP_MS, Math.max(FIRST_GAP_MS, this.#gap * 2))
    this.#next = Math.max(this.#next, this.#clock.monotonic() + rest)
  }

  /** Speeds up after an accepted request. */
  accepted(): void {
    this.#gap = this.#gap < MIN_GAP_MS ? 0 : Math.trunc(this.#gap / 2)
  }
}
