import type { Row } from '../../core/result.ts'
import { selectFields } from '../select-columns.ts'
import type { ListResult, Rendering } from './renderer.ts'

/** Returns what a row of a list is in JSON: the fields asked for, the verb's own form, or the row itself. A failed item stays as it is. */
export function rowShape({ json, columns }: Pick<ListResult, 'columns' | 'json'>, options: Rendering): (row: Row) => unknown {
  const { columns: wanted } = options
  return row => {
    if (wanted !== undefined && !(row['error'] instanceof Error)) return selectFields(wanted, columns, row, options)
    return json === undefined ? row : json(row)
  }
}
