import { CbcError } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import { Planned } from '../remote/session.ts'

/**
 * Does `work` for each item in turn. With several items, a failure does not stop the others: its row identifies the item and has `error`.
 * The failure of a single item is thrown. An interruption always ends the loop. A dry run plans every item.
 */
export async function* forEachItem<T>(
  items: readonly T[],
  name: (item: T) => Row,
  work: (item: T) => Promise<Row | Row[]>,
): AsyncIterable<Row> {
  for (const item of items) {
    try {
      const rows = await work(item)
      if (Array.isArray(rows)) yield* rows
      else yield rows
    } catch (error) {
      if (error instanceof Planned) continue
      if (items.length === 1 || !(error instanceof CbcError) || error.code === 'interrupted') throw error
      yield { ...name(item), error }
    }
  }
}
