import type { Clock } from '../core/ports.ts'

/** Remembers what was asked for `fresh` milliseconds; what failed is asked again. */
export function cached(clock: Clock, fresh: number): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { until: number, answer: Promise<unknown> }>()
  return async <T>(key: string, ask: () => Promise<T>) => {
    const now = clock.now()
    const before = known.get(key)
    if (before !== undefined && before.until > now) return await before.answer as T
    const answer = ask()
    known.set(key, { until: now + fresh, answer })
    answer.catch(() => known.delete(key))
    return await answer
  }
}
