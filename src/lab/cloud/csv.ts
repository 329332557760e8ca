/** CSV according to RFC 4180. */

/** A CSV text is malformed. */
export class CsvError extends Error {
  override name = 'CsvError'
}

export interface CsvRow {
  /** The line that it begins on, from 1. */
  line: number
  fields: string[]
}

/**
 * Parses a CSV text. Empty lines are skipped.
 * @throws CsvError when a quote isn't closed, or stands in the middle of a field
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = []
  let [at, line] = [0, 1]
  let row: CsvRow = { line, fields: [] }
  while (at < text.length || row.fields.length > 0) {
    const field = readField(text, at, line)
    row.fields.push(field.value)
    line += countBreaks(text.slice(at, field.end))
    if (text[field.end] === ',') {
      at = field.end + 1
      continue
    }
    if (row.fields.length > 1 || field.end > at) rows.push(row)
    at = field.end + (text.startsWith('\r\n', field.end) ? 2 : 1)
    row = { line: ++line, fields: [] }
  }
  return rows
}

/** Reads the field that begins at `at`; `end` is the position of the delimiter after it. */
function readField(text: string, at: number, line: number): { value: string; end: number } {
  const stop = /[",\r\n]/g
  stop.lastIndex = at
  const end = text[at] === '"' ? closingQuote(text, at, line) + 1 : (stop.exec(text)?.index ?? text.length)
  if (end < text.length && !',\r\n'.includes(text[end] ?? ''))
    throw new CsvError(`line ${line} has a quote that is not around a whole field`)
  return { value: text[at] === '"' ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end), end }
}

function closingQuote(text: string, at: number, line: number): number {
  let quote = text.indexOf('"', at + 1)
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
  if (quote === -1) throw new CsvError(`line ${line} has a quote that doesn't close`)
  return quote
}

function countBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

/** Formats rows as CSV, with CRLF after each. */
export function writeCsv(rows: readonly (readonly unknown[])[]): string {
  return rows.map(row => `${row.map(value => quoteCsv(String(value ?? ''))).join(',')}\r\n`).join('')
}

function quoteCsv(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
