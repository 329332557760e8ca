import Table from 'cli-table3'
import type { Column, Row } from '../core/result.ts'
import { append, largest } from '../core/lists.ts'
import { trimEnd } from '../core/text/trim.ts'
import { bars } from './bars.ts'
import { rawCell } from './cells.ts'
import { GAP, layOutColumns, linesBeneath, type Layout, type Placed } from './column-layout.ts'
import { cut, cutMiddle, widthOf, wrap } from './cut.ts'
import type { Look } from './forms.ts'
import type { Theme } from './theme.ts'

/**
 * A list with more lines than this is laid out here and not by cli-table3, which takes a tenth of a millisecond for each line, and more
 * for longer lists (docs/decisions/0008-long-tables.md).
 */
const LONG_LIST_ROWS = 500
/** How many lines of a long list are written together. */
const BATCH_ROWS = 500
/** The least width at which an object's values wrap, characters. */
const NARROWEST_VALUE = 24
/** How many characters of a text stay beside the branches of a tree, however deep it is. */
const BESIDE_BRANCHES = 8

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
}

/** How a table or an object is drawn. */
export interface Drawing extends Look {
  /** Width of the terminal, characters. */
  width: number
  theme: Theme
  /** Leave out the headings. */
  headless?: boolean | undefined
}

/** Draws rows below their headings, in the columns of a layout. Yields pieces of whole lines. */
export function* drawTable(rows: Row[], { placed }: Layout, { width, theme, headless }: Drawing): Generator<string> {
  const columns = placed.map(({ column }) => column)
  const widths = placed.map(one => one.width)
  const drawn = columns.find(({ bar }) => bar)
  const beside =
    drawn === undefined
      ? undefined
      : bars(
          rows.map(row => Number(rawCell(row, drawn))),
          width - widths.reduce((all, one) => all + one + GAP, 0),
        )
  const heading = headless ? [] : [placed.map(one => theme.heading(one.title))]
  const line = (row: Row, at: number) => {
    const shown = placed.map(one => cellOf(row, one, theme))
    return beside === undefined ? shown : [...shown, [theme.bar(beside[at] ?? '')]]
  }
  let held = heading
  const flush = (): string => {
    const lines = held
    held = []
    return lines.map(texts => padded(texts, columns, widths)).join('')
  }
  let long = false
  for (const [at, row] of rows.entries()) {
    append(held, linesOf(line(row, at)))
    long ||= held.length > LONG_LIST_ROWS
    if (long && held.length >= BATCH_ROWS) yield flush()
  }
  yield long ? flush() : layOut(held, columns, beside === undefined ? widths : [...widths, 0])
}

/** Splits a row into lines, since cells can wrap: cli-table3 would measure the whole cell again for each of its lines. */
function linesOf(cells: string[][]): string[][] {
  if (cells.every(lines => lines.length === 1)) return [cells.flat()]
  return Array.from({ length: largest(cells.map(lines => lines.length)) }, (_, nth) => cells.map(lines => lines[nth] ?? ''))
}

/** Lays out lines with cli-table3, in columns that are at least as wide as `widths`. */
function layOut(lines: string[][], columns: Column[], widths: number[]): string {
  const table = new Table({
    // A heading of blanks sets the widths; it is removed below.
    head: widths.map(width => ' '.repeat(width)),
    colAligns: columns.map(alignment),
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  append(table, lines)
  return table.toString().split('\n').slice(1).map(ended).join('')
}

/** Pads the cells of one line to the widths of the columns, exactly as `layOut` does. */
function padded(texts: string[], columns: Column[], widths: number[]): string {
  return ended(
    texts
      .map((text, at) => {
        // Blanks at the end of a line are removed anyway, and to measure a text with colours takes long.
        if (at === texts.length - 1 && alignment(columns[at]) === 'left') return text
        const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)))
        return alignment(columns[at]) === 'right' ? room + text : text + room
      })
      .join(' '.repeat(GAP)),
  )
}

function alignment(column: Column | undefined): 'left' | 'right' {
  return column?.align ?? 'left'
}

/** Returns the lines of a cell. */
function cellOf(row: Row, one: Placed, theme: Theme): string[] {
  const { column, width } = one
  const [lead, sign, text] = [one.lead(row), one.sign(row), one.text(row)]
  const paint = painter(row, column, theme)
  // Called for each cell of a list that can be long: nearly always there is nothing beneath.
  const below =
    one.beneath.length === 0
      ? []
      : linesBeneath(row, one.beneath).flatMap(({ text: line, mark }) =>
          wrap(line, width).map(part => (mark === undefined ? part : theme[mark](part))),
        )
  if (column.evidence)
    return wrap(lead + sign + text, width)
      .map(paint)
      .concat(below)
  const room = Math.max(width - widthOf(lead + sign), lead === '' ? 0 : BESIDE_BRANCHES)
  const whole = column.flexible === undefined ? text : column.flexible === 'middle' ? cutMiddle(text, room) : cut(text, room)
  return [lead + paint(sign + whole), ...below]
}

/** Returns a function that colours a text by what the cell means. */
function painter(row: Row, { mark, tone }: Column, theme: Theme): (text: string) => string {
  const meaning = mark?.(row) ?? tone?.(row)
  return meaning === undefined ? unpainted : theme[meaning]
}

function unpainted(text: string): string {
  return text
}

/** Draws an object: one line for each field that has a value. A value that is too long for the terminal wraps. */
export function drawObject(row: Row, columns: Column[], { width, theme, ...look }: Drawing): string {
  const { placed } = layOutColumns([row], columns, Infinity, look)
  const fields = placed.map(one => ({ one, text: one.text(row) })).filter(({ text }) => text !== '')
  const names = largest(fields.map(({ one }) => widthOf(one.title)))
  const room = Math.max(width - names - GAP, NARROWEST_VALUE)
  return fields
    .map(({ one, text }) => {
      const lines = wrap(one.lead(row) + one.sign(row) + text, room)
        .map(part => trimEnd(part, ' '))
        .map(painter(row, one.column, theme))
      return lines
        .map((line, at) => `${at === 0 ? theme.heading(one.title.padEnd(names)) : ' '.repeat(names)}${' '.repeat(GAP)}${line}\n`)
        .join('')
    })
    .join('')
}

function ended(line: string): string {
  return `${trimEnd(line, ' ')}\n`
}
