import type { Column, Row } from '../core/result.ts'
import { rawCell } from './cells.ts'
import { escapeCell, escapeLine } from './escape.ts'

/** What makes a spreadsheet take a cell for a formula, in full width too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** A line of RFC 4180: quoted where needed, with CRLF. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`
}

/**
 * A row's cells. What a spreadsheet would run as a formula gets an apostrophe in front; numbers are numbers. Control characters are
 * escaped, as RFC 4180 has
 * none but those of line ends.
 * @param onTerminal line ends are escaped too: there they would be seen as rows of their own
 */
export function csvCells(row: Row, columns: readonly Column[], onTerminal: boolean): string[] {
  const escape = onTerminal ? escapeLine : escapeCell
  return columns.map(column => {
    const text = rawCell(row, column)
    return escape(FORMULA.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text)
  })
}
