import { withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** Milliseconds that a request under way has to be answered when the work has been given up: only its answer says what there is to undo. */
const LINGER = 3000

/**
 * Work that undoes what was begun, even when the rest was cancelled, within its own time; a failure is none of the work that it cleans up after.
 * @param ms milliseconds that it may take
 * @returns whether what it undoes is gone now; else `cbc lr gc` has to do it
 */
export async function quietly(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  const deadline = withDeadline(clock, ms, 'clean up')
  try {
    await work(deadline.signal)
    return true
  } catch (error) {
    return error instanceof CbcError && error.code === 'not_found'
  } finally {
    deadline.clear()
  }
}

/**
 * Sends what makes something that has to be undone when the work is given up: once sent, the answer is awaited a little longer than the work itself.
 * @throws the signal's reason where nothing was sent yet
 */
export async function lingering<T>(clock: Clock, signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const late = new AbortController()
  const over = new AbortController()
  const onAbort = () => {
    clock.sleep(LINGER, over.signal).then(() => late.abort(signal.reason), () => {})
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await send(late.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
    over.abort()
  }
}
