import type { Found, PagingOptions } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import type { Column, Result, Row } from '../../core/result.ts'
import { flag, value } from '../define.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** Rows where nothing is said: those of the document's examples. */
const LIMIT = 50

export const EXTENT = {
  limit: value('--limit <n>', `at most so many, default: ${LIMIT}`, { parse: text => parseCount(text, '--limit', 1) }),
  all: flag('--all', 'all that there are, however many'),
}

interface Extent {
  limit: number | undefined
  all: boolean
}

/** @throws CbcError usage */
export function checkExtent({ limit, all }: Extent): void {
  if (all && limit !== undefined) throw usage('--all and --limit exclude each other')
}

/**
 * What a search finds as a list whose rows come as they are fetched. Where more are there than were asked for, that is said at its end.
 * @param search makes the search; its pages tell how many there are
 * @param none   what to say where nothing was found
 * @param near   says what may be wrong then
 */
export function listOf(search: (options: PagingOptions) => AsyncIterable<object>, { limit, all }: Extent, columns: Column[], context: OrganizationContext, none: string, near: () => Promise<void>): Result {
  const most = all ? Infinity : limit ?? LIMIT
  let page: Found<unknown> = { results: [], num_found: 0, num_available: 0 }
  let shown = 0
  async function* rows(): AsyncGenerator<Row> {
    for await (const found of search({ signal: context.signal, limit: most, onPage: came => { page = came } })) {
      shown += 1
      yield { ...found }
      if (shown >= most) break
    }
    if (shown === 0) await near()
  }
  const done = () => {
    const { num_found: all, num_available: available } = page
    if (shown >= most && all > shown && limit === undefined) context.notice(`${shown} of ${all} are shown; --all shows all`)
    else if (shown < most && available < all) context.notice(`the service gives out ${available} of the ${all} that it found; narrow the search, or use export --job`)
  }
  return { kind: 'list', rows: rows(), columns, none, done }
}
