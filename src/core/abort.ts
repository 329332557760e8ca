import { setMaxListeners } from 'node:events'
import type { Clock } from './ports.ts'
import { CbcError } from './errors.ts'
import { formatDuration } from './quantity.ts'

/** When each signal is aborted at the latest, in milliseconds of the steady clock. */
const DEADLINES = new WeakMap<AbortSignal, number>()

/** For a signal that ends the work: the signal that ends its cleanup too. */
const LEFT = new WeakMap<AbortSignal, AbortSignal>()

/** The two stages of Ctrl-C: the first press ends the work, the second its cleanup. */
export interface TwoStageAbort {
  /** Aborted by the first press: the work ends and undoes what it has begun. */
  readonly signal: AbortSignal
  /** Registers a press. The second one gives up the cleanup too (`cleanupSignalOf`). @returns whether there was anything left to end */
  press(): boolean
  /** Ends the work as the first press does; further calls do nothing. */
  end(): void
}

/** Returns a controller whose signal may have any number of listeners. Everything under way listens to one, and Node 20 warns of more than ten. */
export function sharedController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Makes a signal for work that can be ended, and whose cleanup can be abandoned. @param reason makes the reason of the abort */
export function twoStageAbort(reason: () => unknown): TwoStageAbort {
  const [work, undoing] = [sharedController(), sharedController()]
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

/** The signal that is aborted when nobody waits for the cleanup any more; undefined where nothing can abort the cleanup. */
export function cleanupSignalOf(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal && LEFT.get(signal)
}

/** A signal that is also aborted with another one, until `clear` is called. */
export interface Linked {
  signal: AbortSignal
  abort(reason: unknown): void
  /** Removes the listener from the other signal. */
  clear(): void
}

/** What was not done in time, in words; a function is given the time that there was: `ls C:\x: not finished within 6.0 s`. */
export type Late = string | ((time: string) => string)

/** A deadline has passed. */
export class DeadlineError extends CbcError {
  /** The time that there was, milliseconds. */
  readonly ms: number
  constructor(late: Late, ms: number) {
    super('timeout', typeof late === 'string' ? late : late(formatDuration(ms)), { hint: 'give it longer with --timeout 10m' })
    this.ms = ms
  }
}

/** Makes a signal that follows `signal`, which may live much longer. The deadline of `signal` holds for the new one too. */
export function linked(signal?: AbortSignal): Linked {
  return follow(signal, reason => reason)
}

/** The reason of a timer that is stopped: the default one is an error with a stack, which takes longer to make than most answers to read. */
export const STOPPED = new CbcError('interrupted', 'stopped')

/** Calls back after `ms` milliseconds, unless the function returned is called before. */
export function timer(clock: Clock, ms: number, callback: () => void): () => void {
  const stop = new AbortController()
  clock.sleep(ms, stop.signal).then(callback, () => {})
  return () => stop.abort(STOPPED)
}

/**
 * Makes a signal that is aborted with `signal`, or after `ms` milliseconds with a `DeadlineError`. Call `clear` when the work is done.
 *
 * A deadline is passed on with its signal: work that is given this signal, or one linked to it, ends with it, and `timeLeft` returns the
 * time left. Deadlines can be nested: the earliest holds. When an outer one passes, the innermost names what was not done in time, and the
 * time of the outer one.
 */
export function withDeadline(clock: Clock, ms: number, late: Late, signal?: AbortSignal): { signal: AbortSignal; clear(): void } {
  const link = follow(signal, reason => (reason instanceof DeadlineError ? new DeadlineError(late, reason.ms) : reason))
  const stop = timer(clock, ms, () => link.abort(new DeadlineError(late, ms)))
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
 * Runs work with a time limit of `ms` milliseconds (`--timeout`), or without one where `ms` is undefined.
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
  const deadline = withDeadline(clock, ms, time => `${what}: not finished within ${time}`, signal)
  try {
    return await work(deadline.signal)
  } finally {
    deadline.clear()
  }
}

/** Resolves when a signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Makes a signal that is aborted `ms` milliseconds after another one, for work that should be allowed to finish. */
export function delayed(clock: Clock, ms: number, signal: AbortSignal): Linked {
  const late = sharedController()
  let stop = () => {}
  const leave = cleanupSignalOf(signal)
  const onAbort = () => {
    stop = timer(clock, ms, () => late.abort(signal.reason))
  }
  const onLeave = () => late.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  leave?.addEventListener('abort', onLeave, { once: true })
  inheritCleanupSignal(signal, late.signal)
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

function inheritCleanupSignal(from: AbortSignal | undefined, to: AbortSignal): void {
  const leave = cleanupSignalOf(from)
  if (leave !== undefined) LEFT.set(to, leave)
}

/** Returns the milliseconds until the deadline of a signal: negative after it, Infinity without one. A longer wait need not be started. */
export function timeLeft(clock: Clock, signal: AbortSignal | undefined): number {
  return deadlineOf(signal) - clock.monotonic()
}

function deadlineOf(signal: AbortSignal | undefined): number {
  return (signal && DEADLINES.get(signal)) ?? Infinity
}

/** @param reasonFor turns the other signal's reason into the one for this signal */
function follow(signal: AbortSignal | undefined, reasonFor: (reason: unknown) => unknown): Linked {
  const controller = sharedController()
  const onAbort = () => controller.abort(reasonFor(signal?.reason))
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  DEADLINES.set(controller.signal, deadlineOf(signal))
  inheritCleanupSignal(signal, controller.signal)
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    clear: () => signal?.removeEventListener('abort', onAbort),
  }
}
