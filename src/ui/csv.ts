import type { Column, Row } from '../core/result.ts'

/** A line of RFC 4180: quoted where needed, with CRLF. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`
}

/** A row's cells. What a spreadsheet would run as a formula gets an apostrophe in front; numbers are numbers. */
export function csvCells(row: Row, columns: readonly Column[]): string[] {
  return columns.map(column => {
    const value = column.text?.(row) ?? row[column.key]
    if (value === null || value === undefined) return ''
    if (typeof value === 'number') return String(value)
    const text = Array.isArray(value) ? value.map(String).join(' ') : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text
  })
}
