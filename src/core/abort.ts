import type { Clock } from './ports.ts'
import { CbcError } from './errors.ts'

/** Ends when `signal` is aborted, or after `ms` milliseconds with a timeout error; call `clear` when the work is done. */
export function withDeadline(clock: Clock, ms: number, what: string, signal?: AbortSignal): { signal: AbortSignal, clear(): void } {
  const controller = new AbortController()
  const stop = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  clock.sleep(ms, stop.signal).then(
    () => controller.abort(new CbcError('timeout', what, { hint: 'give it longer with --timeout 10m' })),
    () => {},
  )
  return {
    signal: controller.signal,
    clear() {
      signal?.removeEventListener('abort', onAbort)
      stop.abort()
    },
  }
}
