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
 * A list of more rows is laid out here: cli-table3 takes a tenth of a millisecond for each, and more the more there are
 * (docs/decisions/0008).
 */
const LONG_LIST_ROWS = 500
/** Lines of a long list that are written together. */
const BATCH_ROWS = 500
/** An object's values are not wrapped more narrowly than this. */
const NARROWEST_VALUE = 24
/** Characters of a text that stay beside the branches of a tree, however deep it is. */
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
  /** Of the terminal, characters. */
  width: number
  theme: Theme
  /** Leaves the headings away. */
  headless?: boolean | undefined
}

/** Rows below their headings, in the columns that they were laid out in. Comes in pieces of whole lines. */
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

/** The lines of a row some of whose cells wrap. cli-table3 would measure such a cell anew for each of its lines. */
function linesOf(cells: string[][]): string[][] {
  return Array.from({ length: largest(cells.map(lines => lines.length)) }, (_, nth) => cells.map(lines => lines[nth] ?? ''))
}

/** Lines as a table whose columns are at least so wide. */
function layOut(lines: string[][], columns: Column[], widths: number[]): string {
  const table = new Table({
    // A line as wide as each column, which is left out after.
    head: widths.map(width => ' '.repeat(width)),
    colAligns: columns.map(alignment),
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  append(table, lines)
  return table.toString().split('\n').slice(1).map(ended).join('')
}

/** A line of a table whose columns are so wide, as `layOut` has it. */
function padded(texts: string[], columns: Column[], widths: number[]): string {
  return ended(
    texts
      .map((text, at) => {
        const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)))
        return alignment(columns[at]) === 'right' ? room + text : text + room
      })
      .join(' '.repeat(GAP)),
  )
}

function alignment(column: Column | undefined): 'left' | 'right' {
  return column?.align ?? 'left'
}

/** The lines of a cell. */
function cellOf(row: Row, one: Placed, theme: Theme): string[] {
  const { column, width } = one
  const [lead, sign, text] = [one.lead(row), one.sign(row), one.text(row)]
  const paint = painter(row, column, theme)
  const below = linesBeneath(row, one.beneath).flatMap(({ text: line, mark }) =>
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

/** Gives a text the colour of what it is. */
function painter(row: Row, { mark, tone }: Column, theme: Theme): (text: string) => string {
  const meaning = mark?.(row) ?? tone?.(row)
  return meaning === undefined ? text => text : theme[meaning]
}

/** One thing: a line a field, those without a value left out; what is too long for the terminal goes on beneath itself. */
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
