import { append } from '../../core/lists.ts'
import type { Row } from '../../core/result.ts'
import { layOutColumns } from '../column-layout.ts'
import { title } from '../column-text.ts'
import { message } from '../message.ts'
import { selectColumns } from '../select-columns.ts'
import { drawObject, drawTable } from '../table.ts'
import { theme } from '../theme.ts'
import { type Renderer, widthFor } from './renderer.ts'

/** A table for people, as wide as the terminal. */
export const table: Renderer = {
  isJson: false,
  drawings: 'all',
  async writeObject(value, own, options) {
    const { stdout } = options
    const columns = selectColumns(options.columns, own, [value], options)
    await stdout.write(drawObject(value, columns, { ...options, width: widthFor(options), theme: theme(stdout.color) }))
  },
  async writeList(batches, { columns: own }, options) {
    const { stdout } = options
    const rows: Row[] = []
    for await (const batch of batches) append(rows, batch)
    if (rows.length === 0) return
    const width = widthFor(options)
    const layout = layOutColumns(rows, selectColumns(options.columns, own, rows, options), width, options)
    for (const piece of drawTable(rows, layout, { ...options, width, theme: theme(stdout.color) })) await stdout.write(piece)
    if (layout.leftOut.length > 0 && !options.quiet)
      await options.stderr.write(message(`not shown: ${layout.leftOut.map(title).join(', ')} (-w shows all)`, options.stderr))
  },
}
