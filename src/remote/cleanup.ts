import { delayed, cleanupSignalOf, timeLeft, withDeadline } from '../core/abort.ts'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** Milliseconds that a request under way still has when the work has been given up: only its answer says what there is to undo. */
const ANSWER_GRACE_MS = 3000

/** Milliseconds for cleaning up after the deadline of the work, and the least that each single cleanup gets. */
const CLEANUP_GRACE_MS = 5000
const MIN_CLEANUP_MS = 1000

/**
 * Undoes what was begun, even when the rest was cancelled, within a time limit of its own. A failure here doesn't count as a failure of the
 * work that it cleans up after.
 * @param ms    milliseconds that it may take
 * @param what  what is undone, for messages: `session 1:11412673`
 * @param after the signal of that work: once its deadline has passed there is less time, and a second Ctrl-C ends the cleanup too
 * @returns why it may still be there, to be reported with `leftoverNotice`; undefined when it is gone
 */
export async function cleanUp(
  clock: Clock,
  ms: number,
  what: string,
  work: (signal: AbortSignal) => Promise<unknown>,
  after?: AbortSignal,
): Promise<CbcError | undefined> {
  return await cleanUpWithin(
    clock,
    Math.min(ms, Math.max(MIN_CLEANUP_MS, timeLeft(clock, after) + CLEANUP_GRACE_MS)),
    what,
    work,
    cleanupSignalOf(after),
  )
}

/**
 * Does what `cleanUp` does, with its full time whatever the deadline of the work was.
 * @param leave aborted when nobody waits for it any more
 */
export async function cleanUpWithin(
  clock: Clock,
  ms: number,
  what: string,
  work: (signal: AbortSignal) => Promise<unknown>,
  leave: AbortSignal | undefined,
): Promise<CbcError | undefined> {
  const deadline = withDeadline(clock, ms, `${what}: no answer in time`, leave)
  try {
    await work(deadline.signal)
    return undefined
  } catch (error) {
    if (leave?.aborted) return new CbcError('interrupted', `${what}: not waited for`)
    return error instanceof CbcError && error.code === 'not_found' ? undefined : asCbcError(error)
  } finally {
    deadline.clear()
  }
}

/**
 * Returns the notice about something that was made here and could not be removed.
 * @param why    what it is and why it could not be removed: `C:\Windows\Temp\cbc-1.out: access denied`
 * @param remedy what removes it
 */
export function leftoverNotice(why: CbcError, remedy: string, place = ''): string {
  return `left behind${place}: ${why.message}; ${remedy}`
}

/**
 * Runs one step of a change that has several. When it fails, a notice says what the earlier steps did, because that stays as it is.
 * @param done says in words what was done: `the key HKLM\\Demo was created`; undefined when nothing was
 */
export async function reportingEarlierSteps<T>(
  session: { notice(line: string): void },
  done: () => string | undefined,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const what = done()
    if (what !== undefined) session.notice(`done before that: ${what}`)
    throw error
  }
}

/**
 * Sends a request whose effect has to be undone when the work is given up: once it is sent, its answer is awaited a little longer than the
 * work itself.
 * @throws the signal's reason when nothing was sent yet
 */
export async function awaitingAnswer<T>(clock: Clock, signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const late = delayed(clock, ANSWER_GRACE_MS, signal)
  try {
    return await send(late.signal)
  } finally {
    late.clear()
  }
}
