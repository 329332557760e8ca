import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concurrentMap } from '../../src/core/concurrent-map.ts'
import { ReadWriteLock } from '../../src/core/read-write-lock.ts'
import { FakeClock } from '../support/clock.ts'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

it('results are in the order of the items, with no more in progress than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 })), fc.integer({ min: 1, max: 9 }), async (times, limit) => {
      const clock = new FakeClock()
      let now = 0
      let most = 0
      const results = await clock.run(
        collect(
          concurrentMap(
            times,
            async ms => {
              most = Math.max(most, ++now)
              await clock.sleep(ms)
              now -= 1
              return ms
            },
            limit,
          ),
        ),
      )
      expect(results).toEqual(times)
      expect(most).toBe(Math.min(limit, times.length))
    }),
    { numRuns: 50 },
  )
})

it('one slow item does not hold up the others', async () => {
  const clock = new FakeClock()
  const from = clock.now()
  await clock.run(collect(concurrentMap([100, ...Array<number>(10).fill(10)], ms => clock.sleep(ms), 2)))
  expect(clock.now() - from).toBe(100)
})

it('one failure ends the mapping once everything in progress has ended', async () => {
  const clock = new FakeClock()
  let ended = 0
  const work = concurrentMap([1, 2, 3], async n => {
    await clock.sleep(n * 10)
    ended += 1
    if (n === 2) throw new Error('two')
    return n
  })
  await expect(clock.run(collect(work))).rejects.toThrow('two')
  expect(ended).toBe(3)
  const broken = async function* () {
    yield 1
    throw new Error('items')
  }
  await expect(clock.run(collect(concurrentMap(broken(), async n => n)))).rejects.toThrow('items')
})

it('shared work runs in parallel between exclusive work', async () => {
  const clock = new FakeClock()
  const turns = new ReadWriteLock()
  const { signal } = new AbortController()
  const log: string[] = []
  const work = (name: string, shared: boolean) =>
    turns.take(
      signal,
      async () => {
        log.push(`${name}+`)
        await clock.sleep(10)
        log.push(`${name}-`)
      },
      shared,
    )
  await clock.run(Promise.all([work('a', true), work('b', true), work('C', false), work('d', true), work('e', true), work('F', false)]))
  expect(log.join(' ')).toBe('a+ b+ a- b- C+ C- d+ e+ d- e- F+ F-')
})
