import type { Clock } from './ports.ts'
import { CbcError } from './errors.ts'
import { formatDuration } from './quantity.ts'

/** By the steady clock, milliseconds: when a signal is aborted at the latest. */
const DEADLINES = new WeakMap<AbortSignal, number>()

/** By which signal somebody who has ended the work says that he doesn't wait for its cleaning up either. */
const LEFT = new WeakMap<AbortSignal, AbortSignal>()

/** What Ctrl-C does. */
export interface Insistent {
  /** Aborted by the first press: the work ends, and what it has begun is undone. */
  readonly signal: AbortSignal
  /** The second press gives up the undoing, too (`leftBy`). @returns whether there is anything that it can still end */
  press(): boolean
  /** Ends the work as the first press does, however often it is called. */
  end(): void
}

/** A signal for work that somebody may end, and whose cleaning up they may leave. @param reason of its end */
export function insistent(reason: () => unknown): Insistent {
  const [work, undoing] = [new AbortController(), new AbortController()]
  LEFT.set(work.signal, undoing.signal)
  LEFT.set(undoing.signal, undoing.signal)
  const end = () => {
    if (!work.signal.aborted) work.abort(reason())
  }
  return {
    signal: work.signal,
    end,
    press() {
      if (undoing.signal.aborted) return false
      if (work.signal.aborted) undoing.abort(reason())
      end()
      return true
    },
  }
}

/** What is aborted when nobody waits any more for what the work leaves to be undone; undefined: nobody can say so. */
export function leftBy(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal && LEFT.get(signal)
}

/** A signal of one's own that is aborted with another one too, until it is let go of. */
export interface Linked {
  signal: AbortSignal
  abort(reason: unknown): void
  /** Lets go of the other one: nothing of it is kept in that any more. */
  clear(): void
}

/** A deadline has passed. */
export class DeadlineError extends CbcError {
  /** @param what what was not done in time, in words: `ls C:\x: not finished within 6.0 s` */
  constructor(what: string) {
    super('timeout', what, { hint: 'give it longer with --timeout 10m' })
  }
}

/** Links to `signal`, which may live much longer. Its deadline holds for what is linked to it too. */
export function linked(signal?: AbortSignal): Linked {
  return following(signal, reason => reason)
}

/** Calls back after `ms` milliseconds, unless the function returned is called before. */
export function timer(clock: Clock, ms: number, callback: () => void): () => void {
  const stop = new AbortController()
  clock.sleep(ms, stop.signal).then(callback, () => {})
  return () => stop.abort()
}

/**
 * Ends when `signal` is aborted, or after `ms` milliseconds with a `DeadlineError`; call `clear` when the work is done.
 *
 * A deadline is handed down with its signal: whatever is given that signal, or one that is linked to it, ends with it, and `timeLeft` tells
 * what is left of it. Within
 * a deadline others can be set for parts of the work: the earliest holds, and where an outer one passes, it is the innermost that says what
 * was not done in time.
 */
export function withDeadline(clock: Clock, ms: number, what: string, signal?: AbortSignal): { signal: AbortSignal; clear(): void } {
  const link = following(signal, reason => (reason instanceof DeadlineError ? new DeadlineError(what) : reason))
  const stop = timer(clock, ms, () => link.abort(new DeadlineError(what)))
  DEADLINES.set(link.signal, Math.min(clock.monotonic() + ms, deadlineOf(signal)))
  return {
    signal: link.signal,
    clear() {
      link.clear()
      stop()
    },
  }
}

/**
 * Does work that has to be over within `ms` milliseconds (`--timeout`), if any are given.
 * @param what the work, in words: `lr ls`
 * @throws DeadlineError; whatever the work throws
 */
export async function within<T>(
  clock: Clock,
  ms: number | undefined,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (ms === undefined) return await work(signal)
  const deadline = withDeadline(clock, ms, `${what}: not finished within ${formatDuration(ms)}`, signal)
  try {
    return await work(deadline.signal)
  } finally {
    deadline.clear()
  }
}

/** A signal that is aborted `ms` milliseconds after another one, for what is to end in peace. */
export function delayed(clock: Clock, ms: number, signal: AbortSignal): Linked {
  const late = new AbortController()
  let stop = () => {}
  const leave = leftBy(signal)
  const onAbort = () => {
    stop = timer(clock, ms, () => late.abort(signal.reason))
  }
  const onLeave = () => late.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  leave?.addEventListener('abort', onLeave, { once: true })
  handDown(signal, late.signal)
  DEADLINES.set(late.signal, deadlineOf(signal) + ms)
  return {
    signal: late.signal,
    abort: reason => late.abort(reason),
    clear() {
      signal.removeEventListener('abort', onAbort)
      leave?.removeEventListener('abort', onLeave)
      stop()
    },
  }
}

function handDown(from: AbortSignal | undefined, to: AbortSignal): void {
  const leave = leftBy(from)
  if (leave !== undefined) LEFT.set(to, leave)
}

/**
 * Milliseconds until the deadline of a signal, below 0 after it; Infinity where it has none. What would rest for longer need not begin to.
 */
export function timeLeft(clock: Clock, signal: AbortSignal | undefined): number {
  return deadlineOf(signal) - clock.monotonic()
}

function deadlineOf(signal: AbortSignal | undefined): number {
  return (signal && DEADLINES.get(signal)) ?? Infinity
}

/** @param said what the reason of the other one is for this one */
function following(signal: AbortSignal | undefined, said: (reason: unknown) => unknown): Linked {
  const controller = new AbortController()
  const onAbort = () => controller.abort(said(signal?.reason))
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  DEADLINES.set(controller.signal, deadlineOf(signal))
  handDown(signal, controller.signal)
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    clear: () => signal?.removeEventListener('abort', onAbort),
  }
}
