import type { Column, Row } from '../core/result.ts'
import { escapeLine } from './escape.ts'

/** The text of one cell, harmless to show. */
export function cell(row: Row, column: Column): string {
  if (column.text !== undefined && !(row['error'] instanceof Error)) return escapeLine(column.text(row))
  return escapeLine(plain(row[column.key]))
}

export function title(column: Column): string {
  return column.title ?? column.key
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(plain).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
