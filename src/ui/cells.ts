import type { Column, Row } from '../core/result.ts'
import { escapeLine } from './escape.ts'
import { textOf } from './column-text.ts'
import { formsOf, type Look } from './forms.ts'

/** Returns the text of one cell in its fullest form, unescaped: it must not be shown as it is. */
export function rawCell(row: Row, column: Column, look?: Look): string {
  // Forms are made only where there are several: a list can have many thousands of cells.
  const text = look === undefined || column.kind === undefined ? textOf(row, column) : formsOf(column, look)[0].text(row)
  return (column.lead?.(row) ?? '') + text
}

/** Returns the text of one cell in its fullest form, escaped. */
export function cell(row: Row, column: Column, look?: Look): string {
  return escapeLine(rawCell(row, column, look))
}
