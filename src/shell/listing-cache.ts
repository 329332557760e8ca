import type { Clock } from '../core/ports.ts'

/**
 * Remembers what was asked for `fresh` milliseconds; what failed is asked again, also by those who waited for it: who asked may just have
 * given up.
 */
export function cached(clock: Clock, fresh: number): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { until: number; answer: Promise<unknown> }>()
  return async function remembered<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const now = clock.monotonic()
    for (const [old, { until }] of known) if (until <= now) known.delete(old)
    const before = known.get(key)
    if (before !== undefined) {
      try {
        return (await before.answer) as T
      } catch {
        return await remembered(key, ask)
      }
    }
    const asked = { until: now + fresh, answer: ask() }
    known.set(key, asked)
    asked.answer.catch(() => {
      if (known.get(key) === asked) known.delete(key)
    })
    return await asked.answer
  }
}
