import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pages, type Page } from '../../src/api/pages.ts'

interface Item {
  id: number
}

async function all(fetch: (start: number, rows: number) => Page<Item>, rows = 10): Promise<{ ids: number[]; asked: [number, number][] }> {
  const asked: [number, number][] = []
  const ids: number[] = []
  for await (const { id } of pages(async (start, count) => {
    asked.push([start, count])
    if (asked.length > 1000) throw new Error('it never ends')
    return fetch(start, count)
  }, rows))
    ids.push(id)
  return { ids, asked }
}

const items = (from: number, to: number): Item[] => Array.from({ length: Math.max(0, to - from) }, (_, at) => ({ id: from + at }))

it('reading pages returns every item once, in order, and requests no more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 25 }), async (total, rows) => {
      const { ids, asked } = await all(
        (start, count) => ({ results: items(start, Math.min(total, start + count)), num_found: total }),
        rows,
      )
      expect(ids).toEqual(items(0, total).map(({ id }) => id))
      expect(asked.length).toBeLessThanOrEqual(Math.floor(total / rows) + 1)
    }),
  )
})

it('reading pages ends, whatever totals and pages the service returns', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 8 }),
      fc.constantFrom(0, 1, 5, 1e15),
      async (answers, num_found) => {
        let at = 0
        const { ids } = await all(
          () => ({ results: (answers[at++ % Math.max(1, answers.length)] ?? []).map(id => ({ id })), num_found }),
          5,
        )
        expect(new Set(ids).size).toBe(ids.length)
      },
    ),
  )
})

it.each([
  ['less', 0],
  ['more', 1e15],
])('reading pages trusts the pages when the service announces %s', async (_, num_found) => {
  expect((await all((start, count) => ({ results: items(start, Math.min(25, start + count)), num_found }))).ids).toHaveLength(25)
})

it('reading pages requests only as many items as wanted', async () => {
  const asked: number[] = []
  for await (const { id } of pages(async (start, rows) => {
    asked.push(start)
    return { results: items(start, start + rows), num_found: 1000 }
  }, 10))
    if (id === 12) break
  expect(asked).toEqual([0, 10])
})

it.each([
  ['few', 10, 200_000],
  ['an impossible number', 1e15, 20_000_000],
])('reading pages gives up on a service that invents items forever and announces %s', async (_, num_found, bound) => {
  let last = 0
  const reading = async () => {
    // One new item per page is enough to continue.
    for await (const { id } of pages(async start => ({ results: Array<Item>(50_000).fill({ id: start }), num_found }), 50_000)) last = id
  }
  await expect(reading()).rejects.toMatchObject({ code: 'network', message: expect.stringMatching(/does not end/) as string })
  expect(last).toBeLessThan(bound)
})
