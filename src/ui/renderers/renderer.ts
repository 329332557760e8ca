import type { CbcError } from '../../core/errors.ts'
import type { Format } from '../../core/format.ts'
import type { Output } from '../../core/ports.ts'
import type { Column, Result, Row } from '../../core/result.ts'
import type { Look } from '../forms.ts'
import type { NameCheck } from '../select-columns.ts'

export interface RenderOptions extends Look {
  /** Absent: a table on a terminal, tab-separated columns elsewhere, bytes as they are. */
  format?: Format
  /** Fields to show, in this order, instead of the result's own columns; with JSON, instead of the whole object. */
  columns?: string[]
  /** All possible fields, if `columns` was checked against them already: a field that a row lacks is empty. */
  known?: readonly string[]
  /** The result describes a change that was made: an unknown name in `columns` is only reported, where otherwise it is an error. */
  changed?: boolean
  /** Write a list as JSON row by row, in constant memory: a file can be read once it is complete. */
  streamed?: boolean
  /** Write nothing besides the result and errors: not even that a list is incomplete. */
  quiet?: boolean
  /** Make a table as wide as it needs to be, with all columns in full. */
  wide?: boolean
  /** Leave out the line with the headings. */
  headless?: boolean
  /** With JSON: takes the error of a list or object of which a part failed, to report it at the end; default: it is written at once. */
  partial?(error: CbcError): void
  stdout: Output
  stderr: Output
}

/** The options as they are passed through the renderers. */
export interface Rendering extends RenderOptions, NameCheck {}

export type ListResult = Extract<Result, { kind: 'list' }>

/** Rows in batches: those that are there at the same time come together, since a wait for each of many costs more than writing it. */
export type Batches = AsyncIterable<readonly Row[]>

/** Writes results in one form of output. */
export interface Renderer {
  /** Failed items and errors are part of the JSON; elsewhere they go to stderr as text. */
  readonly isJson: boolean
  /** Which drawings of a verb's own it shows instead of columns: all, those that are not for terminals alone, or none. */
  readonly drawings: 'all' | 'plain' | 'none'
  /** Writes one object. @param columns the result's own @throws CbcError usage: --columns names an unknown field */
  writeObject(value: Row, columns: readonly Column[], options: Rendering): Promise<void>
  /** Writes the rows of a list. @param batches rows that are there at the same time @throws CbcError usage: --columns names an unknown field */
  writeList(batches: Batches, list: Pick<ListResult, 'columns' | 'json'>, options: Rendering): Promise<void>
}

/** Returns how wide lines may be, characters. */
export function widthFor({ stdout, wide }: Rendering): number {
  return stdout.isTerminal && !wide ? stdout.columns() : Infinity
}
