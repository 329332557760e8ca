import type { Clock } from './ports.ts'
import { timeLeft } from './abort.ts'

/** How often work goes again where nothing else is said. */
const MAX_ATTEMPTS = 4
/** So long after the first of a row of failures work goes again, milliseconds. */
const RETRY_WINDOW_MS = 120_000

/** A failure that an attempt is to be made good by another one. */
export interface Failed {
  /** By the steady clock, milliseconds: when the attempt that failed began; default: now. */
  since?: number
  /** Milliseconds before the next one. */
  rest?: number
  /** Of the work: its deadline counts too. */
  signal?: AbortSignal | undefined
}

/**
 * How often work may go again after failures: one budget for all the layers that try again, so that they never multiply. Whoever tries
 * again makes one, hands it down
 * beside the signal (`attempts` in the options of a call), and takes one for each failure that comes up; the layers below take theirs from
 * the same. Where none is left
 * below, none is left above.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #most: number
  #left: number
  #until: number | undefined

  /** @param most how often work goes again at most */
  constructor(clock: Clock, most = MAX_ATTEMPTS) {
    this.#clock = clock
    this.#most = most
    this.#left = most
  }

  /** Takes one for a failure. @returns false: the failure is final, because none is left, or too little time */
  take({ since, rest = 0, signal }: Failed = {}): boolean {
    const now = this.#clock.monotonic()
    this.#until ??= (since ?? now) + RETRY_WINDOW_MS
    if (rest > Math.min(this.#until - now, timeLeft(this.#clock, signal))) this.#left = 0
    if (this.#left === 0) return false
    this.#left -= 1
    return true
  }

  /** Gives back what was taken for failures that were overcome. */
  giveBack(taken: number): void {
    this.#left = Math.min(this.#most, this.#left + taken)
    if (this.#left === this.#most) this.#until = undefined
  }

  /** Nothing helps any more: the failure is final for all layers. */
  end(): void {
    this.#left = 0
  }

  /** The work got further: all are there again. */
  renew(): void {
    this.giveBack(this.#most)
  }
}
