import type { Clock } from './ports.ts'
import { CbcError } from './errors.ts'

/** A signal of one's own that is aborted with another one too, until it is let go of. */
export interface Linked {
  signal: AbortSignal
  abort(reason: unknown): void
  /** Lets go of the other one: nothing of it is kept in that any more. */
  clear(): void
}

/** Links to `signal`, which may live much longer. */
export function linked(signal?: AbortSignal): Linked {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    clear: () => signal?.removeEventListener('abort', onAbort),
  }
}

/** Calls back after `ms` milliseconds, unless the function returned is called before. */
export function timer(clock: Clock, ms: number, callback: () => void): () => void {
  const stop = new AbortController()
  clock.sleep(ms, stop.signal).then(callback, () => {})
  return () => stop.abort()
}

/** Ends when `signal` is aborted, or after `ms` milliseconds with a timeout error; call `clear` when the work is done. */
export function withDeadline(clock: Clock, ms: number, what: string, signal?: AbortSignal): { signal: AbortSignal, clear(): void } {
  const link = linked(signal)
  const stop = timer(clock, ms, () => link.abort(new CbcError('timeout', what, { hint: 'give it longer with --timeout 10m' })))
  return {
    signal: link.signal,
    clear() {
      link.clear()
      stop()
    },
  }
}
