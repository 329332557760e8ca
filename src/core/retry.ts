import type { Clock } from './ports.ts'

/** What follows a failed attempt: the next one, after so many milliseconds, or the result that the failed one had after all. */
export type AfterFailure<T> = { retryIn: number } | { result: T }

/**
 * Attempts work until it succeeds. It takes no retries from a budget (`Attempts`): `judge` does, where there is one.
 * @param work  one attempt, given its number, from 1
 * @param judge called with the failure of an attempt and its number; it throws where the failure is final
 * @throws what `judge` throws; the signal's reason, between two attempts
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  judge: (error: unknown, attempt: number) => AfterFailure<T> | Promise<AfterFailure<T>>,
  { clock, signal }: { clock: Pick<Clock, 'sleep'>; signal?: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const next = await judge(error, attempt)
      if ('result' in next) return next.result
      signal?.throwIfAborted()
      if (next.retryIn > 0) await clock.sleep(next.retryIn, signal)
    }
  }
}
