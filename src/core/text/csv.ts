import { CsvError, parse } from 'csv-parse'
import { Malformed } from './malformed.ts'

/** A row of a CSV file. */
export interface CsvRow {
  /** The line on which it begins, from 1. */
  line: number
  cells: string[]
}

/** Characters of one row: a longer one has a quote that was not closed. */
const MAX_ROW_CHARS = 1024 * 1024

const PROBLEMS: Record<string, string> = {
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote; a quote inside quotes is written twice',
  INVALID_OPENING_QUOTE: 'there is a quote in the middle of a cell; put such a cell in quotes, and write the quote twice',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_MAX_RECORD_SIZE: 'a row has over a million characters: a quote may not be closed',
}

/**
 * Reads the rows of a CSV text (RFC 4180) as they come. Empty lines are skipped; rows may have different numbers of cells.
 * @param text with lines that end with LF (`decodeText`)
 * @param delimiter between cells
 * @param from number of its first line
 * @throws Malformed; whatever reading the text throws
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
      // Rows bypass the stream, which drops unread ones when it fails.
      return undefined
    },
  })
  parser.on('error', () => {
    // The write that caused it reports the error.
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
    // An unclosed quote is reported where its row begins: everything after it counts as quoted.
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
    throw new Malformed(open ? end + 1 : Number(error['lines']) + from - 1, PROBLEMS[error.code] ?? 'is not CSV')
  }
}

/** Line ends within cells. */
function breaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
}
