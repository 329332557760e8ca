import stringWidth from 'string-width'
import { largest } from '../../core/lists.ts'
import { shortened } from '../../core/text/shorten.ts'
import { cut } from '../../ui/cut.ts'
import { visibleText } from './glyphs.ts'

const GAP = 2

/**
 * Arranges names in columns, to be read downwards.
 * @param width cells of a row, the last of which stays empty
 * @param height rows to use at most; what doesn't fit is counted in the last of them
 */
export function inColumns(names: readonly string[], width: number, height: number): string[] {
  if (height < 1) return []
  // No more than these can be shown, be there hundreds of thousands.
  const cells = names.slice(0, height * width).map(name => cut(visibleText(shortened(name)), width - 1, '...'))
  const cell = largest(cells.map(text => stringWidth(text))) + GAP
  const across = Math.max(1, Math.floor((width - 1 + GAP) / cell))
  const rows = Math.ceil(names.length / across)
  if (rows <= height) return arrange(cells, across, rows, cell)
  const shown = (height - 1) * across
  return [...arrange(cells.slice(0, shown), across, height - 1, cell), `... and ${names.length - shown} more`]
}

function arrange(cells: readonly string[], across: number, rows: number, cell: number): string[] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: across }, (_, column) => cells[column * rows + row] ?? '')
      .map(text => text + ' '.repeat(cell - stringWidth(text)))
      .join('')
      .trimEnd(),
  )
}
