import { linked, STOPPED } from '../core/abort.ts'
import type { Clock } from '../core/ports.ts'

/** Waits for something, at most so many milliseconds, and no longer than until the signal is aborted. What is waited for goes on. */
export async function atMost(clock: Clock, ms: number, awaited: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  const nap = linked(signal)
  try {
    await Promise.race([awaited, clock.sleep(ms, nap.signal)])
  } catch (error) {
    if (!nap.signal.aborted) throw error
  } finally {
    nap.abort(STOPPED)
    nap.clear()
  }
}
