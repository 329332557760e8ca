import { delayed, leftBy, timeLeft, withDeadline } from '../core/abort.ts'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** Milliseconds that a request under way has to be answered when the work has been given up: only its answer says what there is to undo. */
const ANSWER_GRACE_MS = 3000

/** So long after the deadline of the work all that it left may be undone, milliseconds; and at least so long each thing. */
const CLEANUP_GRACE_MS = 5000
const MIN_CLEANUP_MS = 1000

/**
 * Work that undoes what was begun, even when the rest was cancelled, within its own time; a failure is none of the work that it cleans up
 * after.
 * @param ms   milliseconds that it may take
 * @param what is undone, for messages: `session 1:11412673`
 * @param after the signal of the work that it cleans up after: where its deadline has passed, there is less time, and whoever leaves it
 *   doesn't wait for this either
 * @returns why it may still be there, to be told (`leftBehind`); undefined: it is gone
 */
export async function quietly(
  clock: Clock,
  ms: number,
  what: string,
  work: (signal: AbortSignal) => Promise<unknown>,
  after?: AbortSignal,
): Promise<CbcError | undefined> {
  return await undone(clock, Math.min(ms, Math.max(MIN_CLEANUP_MS, timeLeft(clock, after) + CLEANUP_GRACE_MS)), what, work, leftBy(after))
}

/** As `quietly`, with all of its time whatever the deadline of the work was. @param leave aborted when nobody waits for it */
export async function undone(
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
    if (leave?.aborted) return new CbcError('interrupted', `${what}: nobody waited for it`)
    return error instanceof CbcError && error.code === 'not_found' ? undefined : asCbcError(error)
  } finally {
    deadline.clear()
  }
}

/**
 * The line that tells of something that was made here and stays.
 * @param why    what it is, and why it could not be removed: `C:\Windows\Temp\cbc-1.out: access denied`
 * @param remedy what removes it
 */
export function leftBehind(why: CbcError, remedy: string, place = ''): string {
  return `left behind${place}: ${why.message}; ${remedy}`
}

/**
 * A step of a change that has several. Where it fails, one line tells what the steps before it did: it stays as it is.
 * @param done in words, and what takes it back: `the key HKLM\\Demo was created`; undefined: nothing was done
 */
export async function afterOthers<T>(
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
 * Sends what makes something that has to be undone when the work is given up: once sent, the answer is awaited a little longer than the
 * work itself.
 * @throws the signal's reason where nothing was sent yet
 */
export async function lingering<T>(clock: Clock, signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const late = delayed(clock, ANSWER_GRACE_MS, signal)
  try {
    return await send(late.signal)
  } finally {
    late.clear()
  }
}
