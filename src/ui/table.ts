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

/** Rows below their headings, as wide as they need to be; flexible columns are cut to make them fit `width`. */
export function drawTable(rows: Row[], columns: Column[], width: number, theme: Theme): string {
  const cells = rows.map(row => columns.map(column => cell(row, column)))
  const widths = fit(columns.map((column, at) => Math.max(stringWidth(title(column)), ...cells.map(line => stringWidth(line[at] ?? '')))), columns, width)
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

function fit(widths: number[], columns: Column[], width: number): number[] {
  const excess = widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1) - width
  if (excess <= 0) return widths
  const room = widths.reduce((sum, one, at) => sum + (columns[at]?.flexible ? Math.max(0, one - NARROWEST) : 0), 0)
  return widths.map((one, at) => (columns[at]?.flexible ? Math.max(NARROWEST, Math.floor(one - excess * (Math.max(0, one - NARROWEST) / Math.max(1, room)))) : one))
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
