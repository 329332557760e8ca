import { CbcError } from '../core/errors.ts'

/** What a search answers with. */
export interface Page<T> {
  results: T[]
  num_found: number
}

/** Ids of the latest items that are known again, for flat memory: what moves while pages are fetched moves to the next one. */
const REMEMBERED_IDS = 20_000

/**
 * An organization may grow while pages are fetched, and services count roughly: so many more items than twice what was announced, and then
 * no more.
 */
const MAX_GROWTH = 100_000
/** More than any organization has, whatever is announced. */
const MAX_ITEMS = 10_000_000

/**
 * Everything that a search finds, page by page, each item once. It ends with the last page, and in any case with one that brings nothing
 * new: what a service says of how many there are is not to be trusted. A service that never comes to an end is an error.
 * @param fetch asks for `rows` items from `start` on
 * @param rows  items a page
 * @param from  items that are skipped before the first
 * @throws CbcError network: there come far more than the first page announced
 */
export async function* pages<T extends { id: string | number }>(
  fetch: (start: number, rows: number) => Promise<Page<T>>,
  rows: number,
  from = 0,
): AsyncGenerator<T> {
  let [seen, older] = [new Set<string | number>(), new Set<string | number>()]
  let most: number | undefined
  for (let start = from; ;) {
    const { results, num_found } = await fetch(start, rows)
    most ??= Math.min(2 * num_found + MAX_GROWTH, MAX_ITEMS)
    if (start - from > most)
      throw new CbcError('network', `the service's list does not end: ${start - from} items came, ${num_found} were announced`, {
        hint: 'narrow the search down',
      })
    let isOver = true
    for (const item of results) {
      if (seen.has(item.id) || older.has(item.id)) continue
      if (seen.size >= REMEMBERED_IDS) [seen, older] = [new Set(), seen]
      seen.add(item.id)
      isOver = false
      yield item
    }
    start += results.length
    if (isOver || (results.length < rows && start >= num_found)) return
  }
}
