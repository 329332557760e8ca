/**
 * How many commands of one piece of work run side by side: enough to hide the round trip to the endpoint, few enough to leave room for
 * others.
 */
export const DEFAULT_CONCURRENCY = 8

interface Slot<R> {
  outcome?: { value: R } | { error: unknown }
}

/**
 * Runs `work` for several items side by side, at most `limit` at a time. Items are taken as they come; results are yielded in the order of
 * the items, as soon as they are there. The first failure ends everything. A consumer that stops reading waits for the work that is still
 * running.
 */
export async function* concurrentMap<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<R>,
  limit = DEFAULT_CONCURRENCY,
): AsyncGenerator<R> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const slots: Slot<R>[] = []
  const tasks = new Set<Promise<void>>()
  let pulling: Promise<void> | undefined
  let over = false
  let failure: { error: unknown } | undefined
  const start = (item: T) => {
    const slot: Slot<R> = {}
    slots.push(slot)
    const task: Promise<void> = work(item)
      .then(
        value => {
          slot.outcome = { value }
        },
        (error: unknown) => {
          slot.outcome = { error }
        },
      )
      .finally(() => tasks.delete(task))
    tasks.add(task)
  }
  const pull = async () => {
    try {
      const next = await iterator.next()
      if (next.done) over = true
      else start(next.value)
    } catch (error) {
      over = true
      failure = { error }
    } finally {
      pulling = undefined
    }
  }
  try {
    for (;;) {
      const outcome = slots[0]?.outcome
      if (outcome !== undefined) {
        slots.shift()
        if ('error' in outcome) throw outcome.error
        yield outcome.value
        continue
      }
      if (!over && pulling === undefined && tasks.size < limit) pulling = pull()
      if (over && slots.length === 0) break
      await Promise.race([...tasks, ...(pulling === undefined ? [] : [pulling])])
    }
    if (failure !== undefined) throw failure.error
  } finally {
    await pulling
    await Promise.all(tasks)
    if (!over) await iterator.return?.()
  }
}
