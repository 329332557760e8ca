import Table from 'cli-table3'
import stringWidth from 'string-width'
import type { Column, Mark, Row } from '../core/result.ts'
import { append, largest } from '../core/lists.ts'
import { shortened } from '../core/text/shorten.ts'
import { trimEnd } from '../core/text/trim.ts'
import { bars } from './bars.ts'
import { cell, rawCell, title } from './cells.ts'
import { cut } from './cut.ts'
import { escapeLine } from './escape.ts'
import type { Theme } from './theme.ts'

const GAP = 2
/** A list of more rows is laid out here: cli-table3 takes a tenth of a millisecond for each, and more the more there are (docs/decisions/0008). */
const LONG = 500
/** Lines of a long list that are written together. */
const BATCH = 500
/** Characters of a cell that are shown: one name of megabytes would make every row as wide. JSON and CSV have the whole. */
const LONGEST = 1000
/** A flexible column is not made narrower than this, unless the table would still not fit: then than that. */
const NARROWEST = [12, 6]
const MARKS: Record<Mark, string> = { good: '✓', bad: '✗' }

const BARE = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' '.repeat(GAP),
}

/** Rows below their headings, as wide as they need to be; flexible columns are cut to make them fit `width`, in characters. Comes in pieces of whole lines. */
export function* drawTable(rows: Row[], columns: Column[], width: number, theme: Theme): Generator<string> {
  const widths = fit(columns.map(column => widest(rows, column)), columns, width)
  const drawn = columns.find(({ bar }) => bar)
  const beside = drawn === undefined ? undefined : bars(rows.map(row => Number(rawCell(row, drawn))), width - widths.reduce((sum, one) => sum + one + GAP, 0))
  const heading = columns.map(column => theme.heading(title(column)))
  const line = (row: Row, at: number) => {
    const shown = columns.map((column, nth) => coloured(cut(marked(row, column), column.flexible ? widths[nth] : undefined), column.mark?.(row), theme))
    return beside === undefined ? shown : [...shown, theme.path(beside[at] ?? '')]
  }
  if (rows.length <= LONG) return yield layOut([heading, ...rows.map(line)], columns, beside === undefined ? widths : [...widths, 0])
  yield padded(heading, columns, widths)
  for (let from = 0; from < rows.length; from += BATCH) yield rows.slice(from, from + BATCH).map((row, at) => padded(line(row, from + at), columns, widths)).join('')
}

/** @returns characters that the column needs. The texts are made again when they are shown: those of a long list would take more memory than its rows. */
function widest(rows: Row[], column: Column): number {
  return rows.reduce((most, row) => Math.max(most, stringWidth(marked(row, column))), stringWidth(title(column)))
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
  return ended(texts.map((text, at) => {
    const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(text)))
    return alignment(columns[at]) === 'right' ? room + text : text + room
  }).join(' '.repeat(GAP)))
}

function alignment(column: Column | undefined): 'left' | 'right' {
  return column?.align ?? 'left'
}

/** The text of a cell with its mark in front. */
function marked(row: Row, column: Column): string {
  const mark = column.mark?.(row)
  const shown = shortened(escapeLine(shortened(rawCell(row, column), LONGEST)), LONGEST)
  return mark === undefined ? shown : `${MARKS[mark]} ${shown}`
}

function coloured(text: string, mark: Mark | undefined, theme: Theme): string {
  return mark === undefined ? text : theme[mark](text)
}

/** One thing: a line a field, those without a value left out. */
export function drawObject(row: Row, columns: Column[], theme: Theme): string {
  const lines = columns.map(column => [title(column), cell(row, column) === '' ? '' : coloured(marked(row, column), column.mark?.(row), theme)] as const).filter(([, text]) => text !== '')
  const width = largest(lines.map(([name]) => name.length))
  return `${lines.map(([name, text]) => `${theme.heading(name.padEnd(width))}  ${text}`).join('\n')}\n`
}

/** What is too much is taken from the flexible columns, each by what it has to give; a heading is never cut. */
function fit(widths: number[], columns: Column[], width: number): number[] {
  return NARROWEST.reduce((fitted, least) => narrowed(fitted, columns, width, least), widths)
}

/** @param least no column is made narrower than this, or than its heading */
function narrowed(widths: number[], columns: Column[], width: number, least: number): number[] {
  const excess = widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1) - width
  const spare = widths.map((one, at) => {
    const column = columns[at]
    return column?.flexible ? Math.max(0, one - Math.max(least, stringWidth(title(column)))) : 0
  })
  const room = spare.reduce((sum, one) => sum + one, 0)
  if (excess <= 0 || room === 0) return widths
  const share = Math.min(1, excess / room)
  return widths.map((one, at) => one - Math.ceil((spare[at] ?? 0) * share))
}

function ended(line: string): string {
  return `${trimEnd(line, ' ')}\n`
}
