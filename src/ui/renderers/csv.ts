import { csvCells, csvLine } from '../csv.ts'
import type { Renderer } from './renderer.ts'
import { plainColumns, writeLines } from './lines-of-cells.ts'

/** CSV as RFC 4180 describes it. */
export const csv: Renderer = {
  isJson: false,
  drawings: 'none',
  async writeObject(value, columns, options) {
    const { headless, stdout } = options
    const plain = plainColumns(value, columns, options)
    await stdout.write((headless ? '' : csvLine(plain.map(column => column.key))) + csvLine(csvCells(value, plain, stdout.isTerminal)))
  },
  async writeList(batches, { columns }, options) {
    await writeLines(batches, columns, options, {
      heading: chosen => csvLine(chosen.map(column => column.key)),
      line: (row, chosen) => csvLine(csvCells(row, chosen, options.stdout.isTerminal)),
    })
  },
}
