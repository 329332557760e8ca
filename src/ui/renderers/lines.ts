import type { Column } from '../../core/result.ts'
import { cell } from '../cells.ts'
import { title } from '../column-text.ts'
import type { Renderer } from './renderer.ts'
import { plainColumns, writeLines } from './lines-of-cells.ts'

/** Cells separated by tabs, for pipes where no format was asked for. */
export const lines: Renderer = {
  isJson: false,
  drawings: 'plain',
  async writeObject(value, columns, options) {
    const { headless, stdout } = options
    const text = (column: Column) => `${headless ? '' : `${title(column)}\t`}${cell(value, column, options)}\n`
    await stdout.write(plainColumns(value, columns, options).map(text).join(''))
  },
  async writeList(batches, { columns }, options) {
    await writeLines(batches, columns, options, {
      heading: chosen => `${chosen.map(title).join('\t')}\n`,
      line: (row, chosen) => `${chosen.map(column => cell(row, column, options)).join('\t')}\n`,
    })
  },
}
