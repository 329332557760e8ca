import { CsvError, parse } from 'csv-parse'
import { Malformed } from './malformed.ts'

/** A row of a file of cells. */
export interface CsvRow {
  /** Where it begins, from 1. */
  line: number
  cells: string[]
}

/** Characters of one row: more is a quote that was forgotten, not a row. */
const MAX_ROW_CHARS = 1024 * 1024

const TROUBLES: Record<string, string> = {
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote; a quote inside quotes is written twice',
  INVALID_OPENING_QUOTE: 'there is a quote in the middle of a cell; such a cell has to be in quotes, and the quote written twice',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_MAX_RECORD_SIZE: 'a row has over a million characters: a quote may not be closed',
}

/**
 * The rows of a CSV text (RFC 4180), as they come. Empty lines are left out; rows may have more or fewer cells than others.
 * @param text      its lines end with LF (`decodeText`)
 * @param delimiter between cells
 * @param from      number of its first line
 * @throws Malformed; what reading the text throws
 */
export async function* readCsv(text: AsyncIterable<string>, delimiter: string, from = 1): AsyncGenerator<CsvRow> {
  const rows: CsvRow[] = []
  let end = from - 1
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_CHARS,
    on_record(cells: string[], { lines }) {
      end = lines + from - 1
      rows.push({ line: end - breaksIn(cells), cells })
      // Rows don't go through the stream: when it fails it would drop those that nobody has read yet.
      return undefined
    },
  })
  parser.on('error', () => {
    // Whoever wrote what it failed at is told.
  })
  const taken = () => rows.splice(0)
  try {
    for await (const piece of text) {
      await new Promise<void>((done, fail) => parser.write(piece, error => (error ? fail(error) : done())))
      yield* taken()
    }
    await new Promise<void>((done, fail) => parser.once('error', fail).once('end', done).resume().end())
    yield* taken()
  } catch (error) {
    yield* taken()
    if (!(error instanceof CsvError)) throw error
    // A quote that isn't closed has its line where the row begins: what comes after it is all inside.
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
    throw new Malformed(open ? end + 1 : Number(error['lines']) + from - 1, TROUBLES[error.code] ?? 'is no CSV')
  }
}

/** Line ends within cells. */
function breaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
}
