import { jsonLine } from '../json.ts'
import { selectFields } from '../select-columns.ts'
import type { Renderer } from './renderer.ts'
import { rowShape } from './row-shape.ts'

/** A line of JSON for each row, as soon as it is there. */
export const ndjson: Renderer = {
  isJson: true,
  drawings: 'none',
  async writeObject(value, columns, options) {
    const { columns: wanted, stdout } = options
    await stdout.write(jsonLine(wanted === undefined ? value : selectFields(wanted, columns, value, options)))
  },
  async writeList(rows, list, options) {
    const shape = rowShape(list, options)
    for await (const row of rows) await options.stdout.write(jsonLine(shape(row)))
  },
}
