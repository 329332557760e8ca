import type { Clock } from '../../../core/ports.ts'

/** How far a detached program is followed: what goes on longer counts as never ending. */
const HORIZON_MS = 24 * 60 * 60 * 1000

/** A detached program would go on (nearly) forever. */
export class Forever extends Error {
  override name = 'Forever'
}

/**
 * The time of what one command started. While somebody waits it is the clock's. Once the signal is aborted (the session is closed, the
 * lab ends) nobody can wait any more: then programs run on at once, and `ahead` counts how much later that really is, so that their
 * processes can be ended at that time.
 */
export class Pace {
  /** Milliseconds that the programs are ahead of the clock. */
  ahead = 0
  /** Shows the output so far to the world; called before each wait. */
  flush: () => Promise<void> = async () => {}
  /** Resolves as soon as a program waits, or is at work that may take long: until then it starts what it has to start. */
  readonly settled: Promise<void>
  /** Tells that it is so. */
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

  /** Waits, at most until the signal is aborted. */
  async wait(ms: number): Promise<void> {
    try {
      await this.clock.sleep(ms, this.signal)
    } catch (error) {
      if (!this.signal.aborted) throw error
    }
  }

  /** Lets time pass that nobody waits for. @throws Forever beyond the horizon */
  skip(ms: number): void {
    this.ahead += Math.max(0, ms)
    if (this.ahead > HORIZON_MS) throw new Forever()
  }
}
