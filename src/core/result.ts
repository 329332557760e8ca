import type { Format } from './format.ts'
/** One object of a result, with the API's own field names. */
export type Row = Record<string, unknown>

/** How a field is shown in a table, in tab-separated lines and in CSV. */
export interface Column {
  /** Field of the row. */
  key: string
  /** Heading; default: the field's name. */
  title?: string
  /** The cell's text; default: the field as text, lists joined by blanks, nothing for null. */
  text?: (row: Row) => string
  align?: 'right'
  /** A time (ISO 8601) or a size (bytes): people may read it in another form than programs do. */
  kind?: 'time' | 'size'
  /** Heading of the shorter forms. */
  brief?: string
  /** The shortest form that still says enough, for a table that is too wide: a program's name for its path. */
  shorter?: (row: Row) => string
  /** May be cut to make a table fit the terminal: at its end, or in the middle, as paths are. Never an id. */
  flexible?: true | 'middle'
  /** What the row is looked at for, a command line or a value's data: it is never cut and wraps beneath itself. Best the last column. */
  evidence?: true
  /** Where the shortest forms don't fit either, columns are left out, that with the lowest number first; absent: it always stays. */
  priority?: number
  /** Stands in front of the text and is never cut: the branches of a tree. */
  lead?: (row: Row) => string
  /** The column, by its key, beneath whose text this one's is drawn in a table that has it. */
  beneath?: string
  /** Only in a table: elsewhere it is no column. */
  only?: 'table'
  /** Shown in front of the text on a terminal: ✓, ✗ or !, each in its colour. */
  mark?: (row: Row) => Mark | undefined
  /** What the text is, in its colour where there are colours; the text has to tell it too. */
  tone?: (row: Row) => Tone | undefined
  /** A number that a table also draws as a bar, in what room the terminal has left. */
  bar?: true
}

/** Whether what a cell says is as it should be; `odd` may be harmless, but should be looked at. */
export type Mark = 'good' | 'bad' | 'odd'

export type Tone = 'directory' | 'executable'

/**
 * What a verb gives back. It says what is, never how it looks: the renderer (ui/render.ts) makes a table, JSON, NDJSON or CSV of it.
 * - `list`: rows, possibly as they come; a row whose `error` is an Error is an item that failed (exit code 7); `json` is a row's JSON
 *   where that is no object;
 *   `drawn` is how rows look as lines below a heading where no other format is asked for; `flat` are the rows of cells that a row becomes
 * everywhere but in
 *   JSON and drawn; `format` is the form where none is asked for; `totals` says how much there is besides, once all rows were read; `none`
 * is what a person at a terminal is told where there are no rows; `done` is called once all of it is written; `into` is a file that it goes
 * to
 * - `object`: a single thing; `columns` are its lines on a terminal, or those of a table where `rows` says what is in it;
 *   `drawn` is how the whole looks on a terminal instead; `failed` are parts of the work that failed, each with its `error` (exit code 7;
 * in JSON the field `errors`); `format` as above
 * - `bytes`: bytes as they are (`cat`, `exec`, `get … -`), and `object` for those who ask for JSON, absent where they are in the format
 *   asked for; `decode` reads
 *   them for a person, default: as UTF-8 or UTF-16; `text` is what they are shown as instead of themselves; `into` as above
 */
export type Result =
  | {
      kind: 'list'
      rows: Iterable<Row> | AsyncIterable<Row>
      columns: Column[]
      json?: (row: Row) => unknown
      drawn?: Drawn
      flat?: (row: Row) => Row[]
      format?: 'csv' | 'json'
      totals?: () => Totals | undefined
      none?: string
      done?: () => void
      into?: IntoFile
    }
  | { kind: 'object'; value: Row; columns: Column[]; rows?: Row[]; drawn?: Drawn; failed?: readonly Row[]; format?: 'json' }
  | {
      kind: 'bytes'
      bytes: AsyncIterable<Uint8Array>
      object?: (bytes: Uint8Array) => Row | Promise<Row>
      exitCode?: number
      decode?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string>
      text?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string>
      into?: IntoFile
    }

/** How much of what a search found a list shows. One that isn't whole says so at its end. */
export interface Totals {
  /** Rows that the list has. */
  shown: number
  /** How many the service found. */
  num_found: number
  /** How many of them it gives out. */
  num_available?: number
  /** How many were skipped before the first row. */
  start?: number
  /** How the others are reached: `--all shows all`. */
  hint?: string
}

/** Rows as lines of text, without line ends. */
export interface Drawn {
  /** The line above them. */
  heading?: string
  /** One line, or several. */
  line: (row: Row) => string | string[]
  /** Only on a terminal; elsewhere the columns. */
  terminal?: true
}

/** A local file that a result goes to, instead of stdout; there its summary goes. It appears only when it is whole. */
export interface IntoFile {
  /** A file, or an existing directory, in which it is then called `name`. */
  path: string
  name: string
  overwrite: boolean
  format: Exclude<Format, 'table'>
}

/** What rows can be asked for by name: the fields and headings of their columns, and fields that no column shows. */
export function fieldsOf(columns: readonly Column[], ...more: readonly string[]): string[] {
  return [...new Set([...columns.flatMap(({ key, title }) => (title === undefined ? [key] : [key, title])), ...more])]
}

/** A list result. @param none what to say where there are no rows: `no devices` */
export function list(rows: Iterable<Row> | AsyncIterable<Row>, columns: Column[], none?: string): Extract<Result, { kind: 'list' }> {
  return { kind: 'list', rows, columns, ...(none === undefined ? {} : { none }) }
}

/** A result of one thing. */
export function object(value: Row, columns: Column[]): Extract<Result, { kind: 'object' }> {
  return { kind: 'object', value, columns }
}

/** Text as it is if it is valid UTF-8, else base64: the pair of fields that bytes become in JSON. */
export function encodeBytes(bytes: Uint8Array): { text: string; encoding: 'utf8' | 'base64' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' }
  } catch {
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), encoding: 'base64' }
  }
}
