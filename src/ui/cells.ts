import type { Column, Row } from '../core/result.ts'
import { escapeLine } from './escape.ts'
import { formsOf, type Look } from './forms.ts'

/** Returns the text of one cell in its fullest form, unescaped: it must not be shown as it is. */
export function rawCell(row: Row, column: Column, look: Look = {}): string {
  return (column.lead?.(row) ?? '') + formsOf(column, look)[0].text(row)
}

/** Returns the text of one cell in its fullest form, escaped. */
export function cell(row: Row, column: Column, look?: Look): string {
  return escapeLine(rawCell(row, column, look))
}
