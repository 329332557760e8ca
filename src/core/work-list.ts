import { DEFAULT_CONCURRENCY } from './concurrent-map.ts'
import { append } from './lists.ts'

/**
 * Does work that leads to more work, at most `limit` pieces at a time and in no particular order. The first failure ends it, once what is running has ended.
 * @param work returns the pieces that it leads to
 */
export async function workThrough<T>(
  first: readonly T[],
  work: (piece: T) => Promise<readonly T[]>,
  limit = DEFAULT_CONCURRENCY,
): Promise<void> {
  const waiting = [...first]
  const running = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  const start = (piece: T) => {
    const task: Promise<void> = work(piece)
      .then(
        more => append(waiting, more),
        (error: unknown) => {
          failure ??= { error }
        },
      )
      .finally(() => running.delete(task))
    running.add(task)
  }
  for (;;) {
    while (failure === undefined && running.size < limit) {
      const piece = waiting.pop()
      if (piece === undefined) break
      start(piece)
    }
    if (running.size === 0) break
    await Promise.race(running)
  }
  if (failure !== undefined) throw failure.error
}
