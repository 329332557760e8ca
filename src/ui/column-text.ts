import type { Column, Row } from '../core/result.ts'

/** Returns a column's heading. */
export function title(column: Column): string {
  return column.title ?? column.key
}

/** Returns a cell's text without its lead. */
export function textOf(row: Row, column: Column): string {
  return column.text === undefined ? plain(row[column.key]) : column.text(row)
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(plain).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
