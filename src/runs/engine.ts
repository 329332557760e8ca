import type { CbcError } from '../core/errors.ts'
import type { Result } from '../core/result.ts'
import type { Target } from '../engine/remote-job.ts'
import type { EndState } from './journal.ts'

/** What came of one device. */
export interface Settled {
  device: Target
  /** `not begun`: the work was ended before anything was changed. */
  state: EndState | 'not begun'
  /** Whole: nothing of it has to be fetched any more. */
  result?: Result
  error?: CbcError
  duration_ms: number
  /** What was brought home. */
  bytes: number
}

/** How the devices of a run get their turn. One that is embedded needs no server; others share the devices among machines. */
export interface Engine {
  /**
   * Works on devices side by side. What came of each is yielded as soon as it is recorded, once for each device that had its turn.
   * @throws CbcError io: what happens can't be recorded any more; then nothing more is begun
   */
  settle(devices: readonly Target[], signal: AbortSignal): AsyncIterable<Settled>
}
