import type { Column, Row } from '../core/result.ts'
import { escapeLine } from './escape.ts'

/** The text of one cell, as it came: not yet to be shown. */
export function rawCell(row: Row, column: Column): string {
  return column.text === undefined ? plain(row[column.key]) : column.text(row)
}

/** The text of one cell, harmless to show. */
export function cell(row: Row, column: Column): string {
  return escapeLine(rawCell(row, column))
}

export function title(column: Column): string {
  return column.title ?? column.key
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(plain).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
