import { twoStageAbort, timer, type TwoStageAbort } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/**
 * The right to work on a device, as this worker itself counts it: it ends when the lock on the queue server can have ended, whether or not the
 * server says so. From then on nothing more is sent, not even what tidies up, because another worker may be at the device.
 */
export class Lease {
  /** Aborted when the work has to end; when the lease was lost, what tidies up is given up too. */
  readonly signal: AbortSignal
  readonly #stages: TwoStageAbort
  readonly #clock: Clock
  readonly #lockMs: number
  #reason: CbcError | undefined
  #stop = () => {}
  isLost = false

  /** @param from when the lock was asked for, monotonic milliseconds @param lockMs how long it lasts */
  constructor(clock: Clock, lockMs: number, from: number) {
    this.#clock = clock
    this.#lockMs = lockMs
    this.#stages = twoStageAbort(() => this.#reason)
    this.signal = this.#stages.signal
    this.renewed(from)
  }

  /** The server has renewed the lock. @param from when it was asked to, monotonic milliseconds */
  renewed(from: number): void {
    this.#stop()
    const left = from + this.#lockMs - this.#clock.monotonic()
    if (left <= 0) return this.lose('the queue server has not renewed its lock in time')
    this.#stop = timer(this.#clock, left, () => this.lose('the queue server has not renewed its lock in time'))
  }

  /** Ends the work; what it has begun is tidied up. */
  end(reason: CbcError): void {
    this.#reason ??= reason
    this.#stages.end()
  }

  /** Ends the work at once. */
  lose(why: string): void {
    this.isLost = true
    this.#reason ??= new CbcError('network', `given up: ${why}; another worker goes on`)
    this.#stages.press()
    this.#stages.press()
    this.#stop()
  }

  /** The work is over. */
  close(): void {
    this.#stop()
  }
}
