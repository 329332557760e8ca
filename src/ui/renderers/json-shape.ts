import type { Column, Row } from '../../core/result.ts'
import { selectFields } from '../select-columns.ts'
import type { ListResult, Rendering } from './renderer.ts'

/** Whether a row stands for an item that failed. */
export function hasFailed(row: Row): row is Row & { error: Error } {
  return row['error'] instanceof Error
}

/** Returns what an object is in JSON: the fields asked for, or all of it. */
export function objectShape(value: Row, columns: readonly Column[], options: Rendering): Row {
  return options.columns === undefined ? value : selectFields(options.columns, columns, value, options)
}

/** Returns what a row of a list is in JSON: the fields asked for, the verb's own form, or the row itself. A failed item stays as it is. */
export function rowShape({ json, columns }: Pick<ListResult, 'columns' | 'json'>, options: Rendering): (row: Row) => unknown {
  return row => {
    if (options.columns !== undefined && !hasFailed(row)) return objectShape(row, columns, options)
    return json === undefined ? row : json(row)
  }
}
