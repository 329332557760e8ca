/** CSV as RFC 4180 has it. */

/** A CSV text can't be read. */
export class CsvError extends Error {
  override name = 'CsvError'
}

export interface CsvRow {
  /** Where it begins, from 1. */
  line: number
  fields: string[]
}

/**
 * The rows of a CSV text; lines that are empty are left out.
 * @throws CsvError a quote that doesn't close, or one in the middle of a field
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = []
  let [at, line] = [0, 1]
  let row: CsvRow = { line, fields: [] }
  while (at < text.length || row.fields.length > 0) {
    const field = readField(text, at, line)
    row.fields.push(field.value)
    line += breaksIn(text.slice(at, field.end))
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

/** The field that begins at `at`; `end` is the place of what ends it. */
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

function breaksIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

/** Rows as CSV, with CRLF after each. */
export function writeCsv(rows: readonly (readonly unknown[])[]): string {
  return rows.map(row => `${row.map(value => quoteCsv(String(value ?? ''))).join(',')}\r\n`).join('')
}

function quoteCsv(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
