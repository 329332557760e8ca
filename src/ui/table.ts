import Table from 'cli-table3'
import stringWidth from 'string-width'
import type { Column, Row } from '../core/result.ts'
import { cell, title } from './cells.ts'
import type { Theme } from './theme.ts'

const GAP = 2
/** A flexible column is not made narrower than this. */
const NARROWEST = 12

const BARE = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' '.repeat(GAP),
}

/** Rows below their headings, as wide as they need to be; flexible columns are cut to make them fit `width`, in characters. */
export function drawTable(rows: Row[], columns: Column[], width: number, theme: Theme): string {
  const cells = rows.map(row => columns.map(column => cell(row, column)))
  const widths = fit(columns.map((column, at) => cells.reduce((most, line) => Math.max(most, stringWidth(line[at] ?? '')), stringWidth(title(column)))), columns, width)
  const table = new Table({
    head: columns.map(column => theme.heading(title(column))),
    colAligns: columns.map(column => column.align ?? 'left'),
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const line of cells) table.push(line.map((text, at) => (columns[at]?.flexible ? cut(text, widths[at] ?? NARROWEST) : text)))
  return trimEnds(table.toString())
}

/** One thing: a line a field, those without a value left out. */
export function drawObject(row: Row, columns: Column[], theme: Theme): string {
  const lines = columns.map(column => [title(column), cell(row, column)] as const).filter(([, text]) => text !== '')
  const width = Math.max(0, ...lines.map(([name]) => name.length))
  return `${lines.map(([name, text]) => `${theme.heading(name.padEnd(width))}  ${text}`).join('\n')}\n`
}

/** What is too much is taken from the flexible columns, each by what it has to give; a heading is never cut. */
function fit(widths: number[], columns: Column[], width: number): number[] {
  const excess = widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1) - width
  const spare = widths.map((one, at) => {
    const column = columns[at]
    return column?.flexible ? Math.max(0, one - Math.max(NARROWEST, stringWidth(title(column)))) : 0
  })
  const room = spare.reduce((sum, one) => sum + one, 0)
  if (excess <= 0 || room === 0) return widths
  const share = Math.min(1, excess / room)
  return widths.map((one, at) => one - Math.ceil((spare[at] ?? 0) * share))
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const character of text) {
    used += stringWidth(character)
    if (used > width - 1) break
    kept += character
  }
  return `${kept}…`
}

function trimEnds(text: string): string {
  return `${text.split('\n').map(line => line.replace(/ +$/, '')).join('\n')}\n`
}
