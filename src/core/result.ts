import type { Format } from './format.ts'
/** An object of a result, with the API's own field names. */
export type Row = Record<string, unknown>

/** How a field is shown in a table, in tab-separated lines and in CSV. */
export interface Column {
  /** The field of the row. */
  key: string
  /** Heading; default: the field's name. */
  title?: string
  /** Returns the cell's text; default: the field as text, lists joined by blanks, an empty cell for null. */
  text?: (row: Row) => string
  align?: 'right'
  /** A time (ISO 8601) or a size (bytes), which people may read in another form than programs do. */
  kind?: 'time' | 'size'
  /** The heading that goes with the shorter form. */
  brief?: string
  /** The shortest form that is still useful, for a table that is too wide: a program's name instead of its path. */
  shorter?: (row: Row) => string
  /** May be truncated to make a table fit the terminal: at the end, or in the middle, as paths are. Never for an id. */
  flexible?: true | 'middle'
  /**
   * The content that matters most, a command line or a value's data: it is never cut, and wraps within its column. Best as the last column.
   */
  evidence?: true
  /** Where even the shortest forms don't fit, columns are dropped, the lowest number first; absent: the column always stays. */
  priority?: number
  /** A prefix that is never cut: the branches of a tree. */
  lead?: (row: Row) => string
  /** The key of the column below whose text this one is drawn, in a table that has that column. */
  beneath?: string
  /** Shown in tables only. */
  only?: 'table'
  /** A mark in front of the text on a terminal: ✓, ✗ or !, each in its colour. */
  mark?: (row: Row) => Mark | undefined
  /** The kind of thing, shown as a colour where there are colours; the text has to convey it too. */
  tone?: (row: Row) => Tone | undefined
  /** A number that a table also draws as a bar, in the space that the terminal has left. */
  bar?: true
}

/** Whether the cell's state is as it should be; `odd` may be harmless, but should be looked at; `skipped` was not looked at. */
export type Mark = 'good' | 'bad' | 'odd' | 'skipped'

export type Tone = 'directory' | 'executable'

/**
 * The result of a verb. It holds data and never says how it looks: the renderer (ui/render.ts) turns it into a table, JSON, NDJSON or CSV.
 *
 * A `list` is rows, possibly as they come. A row whose `error` is an Error is an item that failed (exit code 7).
 * - `json`: the JSON of a row that is not written as an object
 * - `drawn`: how rows look as lines below a heading, where no other format is asked for
 * - `flat`: the rows of cells that a row becomes, except in JSON and drawn
 * - `format`: the default format
 * - `totals`: how much more there is, known once all rows were read
 * - `none`: what a person at a terminal sees where there are no rows
 * - `failures`: what failed of rows that are shown all the same, known once all rows were read: exit code 7 where there is any
 * - `exitCode`: the exit code, known once all rows were read; default: 7 if items failed
 * - `done`: called once all of it is written
 * - `into`: the file that it is written to
 *
 * An `object` is a single thing. `columns` are its lines on a terminal, or those of a table of `rows`; `drawn` is how the whole looks on a
 * terminal instead; `text` is written as it is instead, where neither a format nor columns are asked for; `failed` are the parts of the work that failed, each with its `error` (exit code 7; in JSON the field `errors`);
 * `exitCode`: default 0; `format` and `done` as above.
 *
 * `bytes` are bytes as they are (`cat`, `exec`, `get … -`). `object` is their JSON, absent where they already are in the format asked for;
 * `decode` turns them into text for a person, default: as UTF-8 or UTF-16; `text` is shown instead of them; `into` as above.
 */
export type Result =
  | {
      kind: 'list'
      rows: Iterable<Row> | AsyncIterable<Row>
      columns: Column[]
      json?: (row: Row) => unknown
      drawn?: Drawn
      flat?: (row: Row) => Row[]
      format?: Exclude<Format, 'table'>
      totals?: () => Totals | undefined
      none?: string
      failures?: () => readonly Error[]
      exitCode?: () => number
      done?: () => void
      into?: IntoFile
    }
  | {
      kind: 'object'
      value: Row
      columns: Column[]
      rows?: Row[]
      drawn?: Drawn
      text?: string
      failed?: readonly Row[]
      exitCode?: number
      format?: 'json'
      done?: () => Promise<void>
    }
  | {
      kind: 'bytes'
      bytes: AsyncIterable<Uint8Array>
      object?: (bytes: Uint8Array) => Row | Promise<Row>
      exitCode?: number
      decode?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string>
      text?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string>
      into?: IntoFile
    }

/** How much of a search's results a list shows. An incomplete list says so at its end. */
export interface Totals {
  /** Rows in the list. */
  shown: number
  /** How many the service found. */
  num_found: number
  /** How many of them it makes available. */
  num_available?: number
  /** How many were skipped before the first row. */
  start?: number
  /** How to see the others: `--all shows all`. */
  hint?: string
}

/** Rows as lines of text, without line ends. */
export interface Drawn {
  /** The heading above the lines. */
  heading?: string
  /** The row as one line, or several. @param width characters that a line may have; Infinity where that does not matter */
  line: (row: Row, width: number) => string | string[]
  /** What is drawn beneath these lines, indented. */
  beneath?: (row: Row) => Part | undefined
  /** A sign in front of the first line, in its colour where there are colours. */
  mark?: (row: Row) => Mark
  /** Used on a terminal only; elsewhere the columns are. */
  terminal?: true
}

/** A result within a drawing, as it would look by itself, with the lines that follow it. */
export interface Part {
  result: Exclude<Result, { kind: 'bytes' | 'list' }> | (Extract<Result, { kind: 'list' }> & { rows: Row[] })
  lines: readonly string[]
}

/** A local file that a result is written to instead of stdout, which then gets a summary. The file appears only when it is complete. */
export interface IntoFile {
  /** A file, or an existing directory, in which the file is then called `name`. */
  path: string
  name: string
  overwrite: boolean
  format: Exclude<Format, 'table'>
}

/** Returns the names that `--columns` takes: fields and headings of the columns, and fields that no column shows. */
export function fieldsOf(columns: readonly Column[], ...more: readonly string[]): string[] {
  return [...new Set([...columns.flatMap(({ key, title }) => (title === undefined ? [key] : [key, title])), ...more])]
}

/** Makes a list result. @param none the text for an empty list: `no devices` */
export function list(rows: Iterable<Row> | AsyncIterable<Row>, columns: Column[], none?: string): Extract<Result, { kind: 'list' }> {
  return { kind: 'list', rows, columns, ...(none === undefined ? {} : { none }) }
}

/** Makes a result of one thing. @param columns default: all of its fields */
export function object(value: Row, columns: Column[] = Object.keys(value).map(key => ({ key }))): Extract<Result, { kind: 'object' }> {
  return { kind: 'object', value, columns }
}

/** Returns valid UTF-8 as text, anything else as base64: the two fields that bytes become in JSON. */
export function encodeBytes(bytes: Uint8Array): { text: string; encoding: 'utf8' | 'base64' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' }
  } catch {
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), encoding: 'base64' }
  }
}
