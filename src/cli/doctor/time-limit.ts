import { withDeadline } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { orAborted } from '../../core/read-write-lock.ts'

/** How long one check may take without `--timeout`, milliseconds. */
const CHECK_TIMEOUT_MS = 15_000
const HINT = 'check the network, or wait longer with --timeout 1m'

/** Does work that may hang. @throws CbcError network, with the message `late`, when the time is up; whatever the work throws */
export type Bounded = <T>(late: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Returns a function that limits the time of each check.
 * @param timeout how long all checks together may take from now on, milliseconds; later ones fail at once
 */
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
