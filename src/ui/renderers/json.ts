import { append } from '../../core/lists.ts'
import type { Row } from '../../core/result.ts'
import { writeEach } from '../buffered-output.ts'
import { JsonArrayText, jsonLine } from '../json.ts'
import type { Batches, Renderer, Rendering } from './renderer.ts'
import { objectShape, rowShape } from './json-shape.ts'

/** One JSON text: indented on a terminal. */
export const json: Renderer = {
  isJson: true,
  drawings: 'none',
  async writeObject(value, columns, options) {
    await options.stdout.write(jsonLine(objectShape(value, columns, options), options.stdout.isTerminal))
  },
  async writeList(batches, list, options) {
    const shape = rowShape(list, options)
    if (options.streamed) return await writeStreamed(batches, shape, options)
    const all: unknown[] = []
    for await (const rows of batches) append(all, rows.map(shape))
    await options.stdout.write(jsonLine(all, options.stdout.isTerminal))
  },
}

/** Writes an array row by row, in constant memory. */
async function writeStreamed(batches: Batches, shape: (row: Row) => unknown, { stdout }: Rendering): Promise<void> {
  const array = new JsonArrayText()
  for await (const rows of batches) await writeEach(stdout, rows, row => array.item(jsonLine(shape(row))))
  await stdout.write(array.end())
}
