import { CbcError } from '../core/errors.ts'

/** One page of a search. */
export interface Page<T> {
  results: T[]
  num_found: number
}

/** How many recent ids are remembered, in constant memory: an item that moves while pages are fetched moves to the next page. */
const REMEMBERED_IDS = 20_000

/** The list may grow while pages are fetched, and services count roughly: twice what was announced and this many more are accepted. */
const MAX_GROWTH = 100_000
/** The most items that are ever accepted: more than any organization has. */
const MAX_ITEMS = 10_000_000

/**
 * Yields everything that a search finds, page by page, each item once. It ends with the last page, and in any case with one that brings
 * nothing new, because a service's count is not to be trusted. A list that never ends is an error.
 * @param fetch requests `rows` items from `start` on
 * @param rows items a page
 * @param from how many items are skipped
 * @throws CbcError network: far more items come than the first page announced
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
        hint: 'narrow the search',
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
