import type { Part } from '../core/result.ts'
import { layOutColumns } from './column-layout.ts'
import { title } from './column-text.ts'
import { escapeLine } from './escape.ts'
import type { Rendering } from './renderers/renderer.ts'
import { drawObject, drawTable } from './table.ts'
import { theme } from './theme.ts'

/** How far a result within a drawing is indented. */
const INDENT = '     '

/** Draws a result within a drawing, indented, as it would look by itself on a terminal of what is left of `width` (characters). */
export function drawPart({ result, lines }: Part, width: number, options: Rendering): string {
  const look = { ...options, width: width - INDENT.length, theme: theme(options.stdout.color) }
  const text = textOf(result, look) + lines.map(line => `${escapeLine(line)}\n`).join('')
  return text.replace(/^(?=.)/gm, INDENT)
}

function textOf(result: Part['result'], look: Parameters<typeof drawObject>[2]): string {
  const { columns, drawn } = result
  const rows = result.kind === 'object' ? (result.rows ?? []) : result.rows
  if (drawn !== undefined) {
    const drawing = (result.kind === 'object' ? [result.value] : rows).flatMap(row => drawn.line(row, look.width))
    const heading = drawn.heading === undefined ? [] : [drawn.heading]
    return [...heading, ...drawing].map(line => `${escapeLine(line)}\n`).join('')
  }
  if (result.kind === 'object' && result.rows === undefined) return drawObject(result.value, columns, look)
  const layout = layOutColumns(rows, columns, look.width, look)
  const [row, ...more] = rows
  if (row === undefined) return ''
  const { leftOut } = layout
  if (leftOut.length > 0 && more.length === 0) return drawObject(row, columns, look)
  const notShown = leftOut.length === 0 ? '' : `not shown: ${leftOut.map(title).join(', ')}\n`
  return [...drawTable([...rows], layout, look), notShown].join('')
}
