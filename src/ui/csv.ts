import type { Column, Row } from '../core/result.ts'
import { rawCell } from './cells.ts'
import { escapeCell, escapeLine } from './escape.ts'

/** The beginning of a cell that a spreadsheet takes for a formula, also in full-width characters. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** Returns a line of RFC 4180: cells quoted if necessary, ended with CRLF. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`
}

/**
 * Returns a row's cells. A cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. Control
 * characters are escaped, since RFC 4180 has none but line ends.
 * @param onTerminal escape line ends too: on a terminal they would look like separate rows
 */
export function csvCells(row: Row, columns: readonly Column[], onTerminal: boolean): string[] {
  const escape = onTerminal ? escapeLine : escapeCell
  return columns.map(column => {
    const text = rawCell(row, column)
    return escape(FORMULA.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text)
  })
}
