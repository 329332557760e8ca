import { inMemory } from '../../core/bounded.ts'
import { encodeBytes, type Column, type Result, type Row } from '../../core/result.ts'
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

/** Returns what a whole result is within a JSON document. @throws CbcError usage: --columns names an unknown field; io: it is too large */
export async function jsonOf(result: Result, options: Rendering): Promise<unknown> {
  if (result.kind === 'object') {
    const { value, columns, failed = [] } = result
    return objectShape(failed.length === 0 ? value : { ...value, errors: failed }, columns, options)
  }
  if (result.kind === 'bytes') {
    const bytes = await inMemory(result.bytes)
    if (result.object === undefined) return encodeBytes(bytes)
    return objectShape(await result.object(bytes), [], options)
  }
  const shape = rowShape(result, options)
  const rows: unknown[] = []
  for await (const row of result.rows) rows.push(shape(row))
  return rows
}
