import { writeEach } from '../buffered-output.ts'
import { jsonLine } from '../json.ts'
import type { Renderer } from './renderer.ts'
import { objectShape, rowShape } from './json-shape.ts'

/** A line of JSON for each row, as soon as it is there. */
export const ndjson: Renderer = {
  isJson: true,
  drawings: 'none',
  async writeObject(value, columns, options) {
    await options.stdout.write(jsonLine(objectShape(value, columns, options)))
  },
  async writeList(batches, list, options) {
    const shape = rowShape(list, options)
    for await (const rows of batches) await writeEach(options.stdout, rows, row => jsonLine(shape(row)))
  },
}
