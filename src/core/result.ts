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
  /** May be cut to make the table fit the terminal. Never an id. */
  flexible?: boolean
}

/**
 * What a verb gives back. It says what is, never how it looks: the renderer (ui/render.ts) makes a table, JSON, NDJSON or CSV of it.
 * - `list`: rows, possibly as they come; a row whose `error` is an Error is an item that failed (exit code 7); `json` is a row's JSON where that is no object;
 *   `drawn` is how rows look as lines below a heading where no other format is asked for
 * - `object`: a single thing; `columns` are its lines on a terminal, or those of a table where `rows` says what is in it;
 *   `failed` are parts of the work that failed, each with its `error` (exit code 7; in JSON the field `errors`)
 * - `bytes`: bytes as they are (`cat`, `exec`, `get … -`), and `object` for those who ask for JSON; `text` is what they are shown as instead of themselves
 */
export type Result =
  | { kind: 'list', rows: Iterable<Row> | AsyncIterable<Row>, columns: Column[], json?: (row: Row) => unknown, drawn?: Drawn }
  | { kind: 'object', value: Row, columns: Column[], rows?: Row[], failed?: readonly Row[] }
  | { kind: 'bytes', bytes: AsyncIterable<Uint8Array>, object: (bytes: Uint8Array) => Row, exitCode?: number, text?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string> }

/** Rows as lines of text, without line ends. */
export interface Drawn {
  /** The line above them. */
  heading?: string
  line: (row: Row) => string
}

/** A list result. */
export function list(rows: Iterable<Row> | AsyncIterable<Row>, columns: Column[]): Result {
  return { kind: 'list', rows, columns }
}

/** A result of one thing. */
export function object(value: Row, columns: Column[]): Extract<Result, { kind: 'object' }> {
  return { kind: 'object', value, columns }
}

/** Text as it is if it is valid UTF-8, else base64: the pair of fields that bytes become in JSON. */
export function encodeBytes(bytes: Uint8Array): { text: string, encoding: 'utf8' | 'base64' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' }
  } catch {
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), encoding: 'base64' }
  }
}
