import type { Found, PagingOptions } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import type { Column, Result, Row, Totals } from '../../core/result.ts'
import { flag, value } from '../define.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** Rows where nothing is said: those of the document's examples. */
const DEFAULT_LIMIT = 50

/** Options that say which part of a list is wanted. @param most rows where nothing is said */
export const extentOf = (most: number) => ({
  start: value('--start <n>', 'skip the first so many', { parse: text => parseCount(text, '--start') }),
  limit: value('--limit <n>', `at most so many, default: ${most}`, { parse: text => parseCount(text, '--limit', 1) }),
  all: flag('--all', 'all that there are, however many'),
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

/** Follows a search: how much of what it finds was taken. */
export class Count {
  /** Rows that were taken. */
  shown = 0
  #page: Found<unknown> = { results: [], num_found: 0, num_available: 0 }
  readonly #start: number
  readonly #most: number

  /** @param start rows that are skipped @param most rows that are wanted */
  constructor(start = 0, most = Infinity) {
    this.#start = start
    this.#most = most
  }

  /** Told of each page that came. */
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

  /** Where the others are. */
  #hint(found: number, given: number): string {
    const next = this.#start + this.shown
    if (this.shown >= this.#most && next < given) return `--start ${next} shows the next ones, --all all of them`
    if (given < found) return `the service gives out no more than ${given}: narrow the search, or use export --job`
    return next < found ? 'the service gave no more' : 'those before were skipped'
  }
}

/**
 * What a search finds as a list whose rows come as they are fetched. Where more are there than are shown, that is said at its end.
 * @param search makes the search; its pages tell how many there are
 * @param none   what to say where nothing was found
 * @param near   says what may be wrong then
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
