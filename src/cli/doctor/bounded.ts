import { withDeadline } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { orAborted } from '../../engine/remote.ts'

/** Milliseconds that one check may take where `--timeout` says nothing. */
const PATIENCE = 15_000

/** Does work that may hang. @throws CbcError network: `late`, when its time is over; whatever the work throws */
export type Bounded = <T>(late: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>

export function boundedBy({ clock, interrupt }: Host, patience = PATIENCE): Bounded {
  return async (late, work) => {
    const deadline = withDeadline(clock, patience, late, interrupt)
    try {
      return await orAborted(work(deadline.signal), deadline.signal)
    } catch (error) {
      interrupt.throwIfAborted()
      throw deadline.signal.aborted ? new CbcError('network', late, { hint: 'check the network, or wait longer with --timeout 1m' }) : error
    } finally {
      deadline.clear()
    }
  }
}
