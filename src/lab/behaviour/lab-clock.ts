import type { Clock } from '../../core/ports.ts'
import type { Document } from '../endpoint.ts'

/** At real time `real` the lab's time was `lab`, both in ms since 1970; since then the lab's clock has run at `speed` times real time. */
export interface ClockState {
  real: number
  lab: number
  speed: number
}

/** The initial state: the lab's time is real time until somebody changes it. */
export function realTime(): ClockState {
  return { real: 0, lab: 0, speed: 1 }
}

/**
 * The lab's own clock, which can be put forward or sped up, so that nobody has to wait fifteen minutes for a session to expire.
 * It is part of the lab's state: it survives restarts, and all processes on the same state share it.
 */
export class LabClock implements Clock {
  readonly real: Clock
  readonly #document: Document<ClockState>
  readonly #wakers = new Set<() => void>()
  #state = realTime()

  constructor(real: Clock, document: Document<ClockState>) {
    this.real = real
    this.#document = document
  }

  now(): number {
    return at(this.#state, this.real.now())
  }

  /** Real time, which nobody can change. */
  monotonic(): number {
    return this.real.monotonic()
  }

  get speed(): number {
    return this.#state.speed
  }

  /** Adopts changes made by other processes. */
  async refresh(): Promise<void> {
    this.#take(await this.#document.read(state => ({ ...state })))
  }

  /**
   * Changes the lab's time for all processes.
   * @param advance how far to put the clock forward, ms
   * @param speed   speed from now on, as a multiple of real time; 0 stops the clock
   */
  async change({ advance = 0, speed }: { advance?: number; speed?: number }): Promise<void> {
    const now = this.real.now()
    this.#take(
      await this.#document.update(state => {
        Object.assign(state, { real: now, lab: at(state, now) + advance, speed: speed ?? state.speed })
        return { ...state }
      }),
    )
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.now() + ms
    for (let left = ms; left > 0; left = end - this.now()) await this.#nap(left, signal)
    signal?.throwIfAborted()
  }

  /** Sleeps for `ms` of lab time at the current speed, or until the clock is changed. */
  async #nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const stop = new AbortController()
    const onAbort = () => stop.abort()
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#wakers.add(onAbort)
    try {
      await this.real.sleep(this.speed === 0 ? Infinity : Math.ceil(ms / this.speed), stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#wakers.delete(onAbort)
    }
    signal?.throwIfAborted()
  }

  #take(state: ClockState): void {
    const { real, lab, speed } = this.#state
    if (state.real === real && state.lab === lab && state.speed === speed) return
    this.#state = state
    for (const wake of [...this.#wakers]) wake()
  }
}

function at({ real, lab, speed }: ClockState, now: number): number {
  return Math.floor(lab + (now - real) * speed)
}
