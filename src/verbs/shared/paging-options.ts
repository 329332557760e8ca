import type { Found, PagingOptions } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import type { Column, Result, Row, Totals } from '../../core/result.ts'
import { flag, value } from '../define.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** Default number of rows, taken from the examples of the API document. */
const DEFAULT_LIMIT = 50

/** Options that select a part of a list. @param most default number of rows */
export const extentOf = (most: number) => ({
  start: value('--start <n>', 'skip the first n', { parse: text => parseCount(text, '--start') }),
  limit: value('--limit <n>', `show at most n; default: ${most}`, { parse: text => parseCount(text, '--limit', 1) }),
  all: flag('--all', 'show all, without a limit'),
})

export const EXTENT = extentOf(DEFAULT_LIMIT)

interface Extent {
  start: number | undefined
  limit: number | undefined
  all: boolean
}

/** @throws CbcError usage */
export function checkExtent({ limit, all }: Pick<Extent, 'limit' | 'all'>): void {
  if (all && limit !== undefined) throw usage('--all and --limit exclude each other')
}

/** Counts the rows taken from a search, for the totals at the end of a list. */
export class Count {
  /** Number of rows taken. */
  shown = 0
  #page: Found<unknown> = { results: [], num_found: 0, num_available: 0 }
  readonly #start: number
  readonly #most: number

  /** @param start number of rows skipped @param most number of rows wanted */
  constructor(start = 0, most = Infinity) {
    this.#start = start
    this.#most = most
  }

  /** Called with each page that arrives. */
  readonly onPage = (page: Found<unknown>): void => {
    this.#page = page
  }

  get totals(): Totals {
    const { num_found, num_available } = this.#page
    return {
      shown: this.shown,
      num_found,
      num_available,
      start: this.#start,
      hint: this.#hint(num_found, Math.min(num_available, num_found)),
    }
  }

  /** How to see the rows that are not shown. */
  #hint(found: number, given: number): string {
    const next = this.#start + this.shown
    if (this.shown >= this.#most && next < given) return `--start ${next} shows the next ones, --all shows all`
    if (given < found) return `the service returns no more than ${given}: narrow the search, or use export --job`
    return next < found ? 'the service returned no more' : 'the rows before were skipped'
  }
}

/**
 * Returns the results of a search as a list that yields rows as they are fetched. The totals tell whether there are more than it shows.
 * @param search runs the search; its pages tell the total number
 * @param none   shown if nothing was found
 * @param near   called in that case to point out a likely mistake
 */
export function listOf(
  search: (options: PagingOptions) => AsyncIterable<object>,
  { start = 0, limit, all }: Extent,
  columns: Column[],
  context: OrganizationContext,
  none: string,
  near: () => Promise<void> = async () => {},
): Result {
  const most = all ? Infinity : (limit ?? DEFAULT_LIMIT)
  const count = new Count(start, most)
  async function* rows(): AsyncGenerator<Row> {
    for await (const found of search({ signal: context.signal, limit: most, start, onPage: count.onPage })) {
      count.shown += 1
      yield { ...found }
      if (count.shown >= most) break
    }
    if (count.shown === 0 && start === 0) await near()
  }
  return { kind: 'list', rows: rows(), columns, none, totals: () => count.totals }
}
