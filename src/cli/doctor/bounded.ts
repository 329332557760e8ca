import { withDeadline } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { orAborted } from '../../engine/remote.ts'

/** Milliseconds that one check may take where `--timeout` says nothing. */
const CHECK_TIMEOUT_MS = 15_000
const HINT = 'check the network, or wait longer with --timeout 1m'

/** Does work that may hang. @throws CbcError network: `late`, when its time is over; whatever the work throws */
export type Bounded = <T>(late: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>

/** @param timeout milliseconds from now on that all checks together may take; what is begun later is not made */
export function boundedBy({ clock, interrupt }: Host, timeout?: number): Bounded {
  const end = timeout === undefined ? undefined : clock.monotonic() + timeout
  return async (late, work) => {
    const left = end === undefined ? CHECK_TIMEOUT_MS : end - clock.monotonic()
    if (left <= 0) throw new CbcError('network', 'there was no time left', { hint: HINT })
    const deadline = withDeadline(clock, left, late, interrupt)
    try {
      return await orAborted(work(deadline.signal), deadline.signal)
    } catch (error) {
      interrupt.throwIfAborted()
      throw deadline.signal.aborted ? new CbcError('network', late, { hint: HINT }) : error
    } finally {
      deadline.clear()
    }
  }
}
