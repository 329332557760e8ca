import type { Clock } from './ports.ts'
import { timeLeft } from './abort.ts'

/** How many retries there are by default. */
const MAX_ATTEMPTS = 4
/** How long after the first of a row of failures work is still retried, milliseconds. */
const RETRY_WINDOW_MS = 120_000

/** A failed attempt that is to be retried. */
export interface FailedAttempt {
  /** When the attempt that failed began, in milliseconds of the steady clock; default: now. */
  since?: number
  /** Milliseconds to wait before the next attempt. */
  rest?: number
  /** The signal of the work, whose deadline counts too. */
  signal?: AbortSignal | undefined
}

/**
 * A budget of retries that all layers share, so that their retries never multiply. The outermost layer makes one, passes it down beside the
 * signal (`attempts` in the options of a call), and takes a retry for each failure that reaches it; the layers below take theirs from the
 * same budget. Once it is used up, no layer retries.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #most: number
  #left: number
  #until: number | undefined

  /** @param most the number of retries */
  constructor(clock: Clock, most = MAX_ATTEMPTS) {
    this.#clock = clock
    this.#most = most
    this.#left = most
  }

  /** Takes one retry. @returns false where the failure is final: no retry is left, or too little time */
  take({ since, rest = 0, signal }: FailedAttempt = {}): boolean {
    const now = this.#clock.monotonic()
    this.#until ??= (since ?? now) + RETRY_WINDOW_MS
    if (rest > Math.min(this.#until - now, timeLeft(this.#clock, signal))) this.#left = 0
    if (this.#left === 0) return false
    this.#left -= 1
    return true
  }

  /** Gives back the retries that led to success. */
  giveBack(taken: number): void {
    this.#left = Math.min(this.#most, this.#left + taken)
    if (this.#left === this.#most) this.#until = undefined
  }

  /** Uses up the budget: the failure is final for all layers. */
  end(): void {
    this.#left = 0
  }

  /** Restores the whole budget, because the work has made progress. */
  renew(): void {
    this.giveBack(this.#most)
  }
}
