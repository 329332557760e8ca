import type { Settled } from './engine.ts'

/** How many failures stop a run: a number, or a share of its devices. */
export type MaxFailures = { count: number } | { percent: number }

/** Why a run is stopped. */
export const STOPPED = {
  canary: (canary: number) => `not all of the ${canary} devices that went first did well`,
  failures: (failed: number) => `${failed} failed`,
}

export interface GateOptions {
  /** So many devices go first; the others only when all of them did well. */
  canary?: number | undefined
  maxFailures?: MaxFailures | undefined
  /** The devices of the run. */
  all: number
}

/** How many failures are too many. @param all the devices of the run */
export function failureLimit(maxFailures: MaxFailures, all: number): number {
  return 'count' in maxFailures ? maxFailures.count : Math.max(1, Math.ceil((all * maxFailures.percent) / 100))
}

/** Decides whether another device may be begun. */
export class Gate {
  readonly #canary: number
  readonly #limit: number
  #begun = 0
  #settled = 0
  #failed = 0
  /** Why nothing more is begun; undefined while the run goes on. */
  stopped: string | undefined

  constructor({ canary = 0, maxFailures, all }: GateOptions) {
    this.#canary = Math.min(canary, all)
    this.#limit = maxFailures === undefined ? Infinity : failureLimit(maxFailures, all)
  }

  /** Whether one more may be begun now. */
  get isOpen(): boolean {
    if (this.stopped !== undefined) return false
    return this.#begun < this.#canary || this.#settled >= this.#canary
  }

  began(): void {
    this.#begun += 1
  }

  /** One that was begun is to be begun again later. */
  returned(): void {
    this.#begun -= 1
  }

  settled({ state }: Pick<Settled, 'state'>): void {
    this.#settled += 1
    if (state === 'failed' || state === 'unknown') this.#failed += 1
    if (this.#settled <= this.#canary && state !== 'done') this.stop(STOPPED.canary(this.#canary))
    if (this.#failed >= this.#limit) this.stop(STOPPED.failures(this.#failed))
  }

  /** Begins nothing more. The first reason counts. */
  stop(why: string): void {
    this.stopped ??= why
  }
}
