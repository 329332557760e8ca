import type { Clock } from '../../../core/ports.ts'

/** How far ahead a detached program is simulated: one that runs longer counts as never ending. */
const HORIZON_MS = 24 * 60 * 60 * 1000

/** A detached program would run (nearly) forever. */
export class NeverEnds extends Error {
  override name = 'NeverEnds'
}

/**
 * The time of the programs that one command started. While somebody waits it is the clock's time. Once the signal is aborted (the
 * session is closed, the lab ends) nobody can wait any more: then programs run to their end at once, and `ahead` counts by how
 * much they are ahead of the clock, so that their processes can be ended at the right time.
 */
export class Pace {
  /** Milliseconds that the programs are ahead of the clock. */
  ahead = 0
  /** Publishes the output so far; called before each wait. */
  flush: () => Promise<void> = async () => {}
  /** Resolves when a program first waits or begins long work: by then it has started the programs that it starts at once. */
  readonly settled: Promise<void>
  /** Resolves `settled`. */
  settle: () => void = () => {}
  private readonly clock: Clock
  private readonly signal: AbortSignal

  constructor(clock: Clock, signal: AbortSignal) {
    this.clock = clock
    this.signal = signal
    this.settled = new Promise(resolve => {
      this.settle = resolve
    })
  }

  get detached(): boolean {
    return this.signal.aborted
  }

  /** Epoch milliseconds as the programs see them. */
  now(): number {
    return this.clock.now() + this.ahead
  }

  /** Waits `ms` milliseconds, or until the signal is aborted. */
  async wait(ms: number): Promise<void> {
    try {
      await this.clock.sleep(ms, this.signal)
    } catch (error) {
      if (!this.signal.aborted) throw error
    }
  }

  /** Advances the time without waiting. @throws NeverEnds beyond the horizon */
  skip(ms: number): void {
    this.ahead += Math.max(0, ms)
    if (this.ahead > HORIZON_MS) throw new NeverEnds()
  }
}
