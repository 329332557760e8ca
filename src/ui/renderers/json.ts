import type { Row } from '../../core/result.ts'
import { jsonLine } from '../json.ts'
import type { Renderer, Rendering } from './renderer.ts'
import { objectShape, rowShape } from './json-shape.ts'

/** One JSON text: indented on a terminal. */
export const json: Renderer = {
  isJson: true,
  drawings: 'none',
  async writeObject(value, columns, options) {
    await options.stdout.write(jsonLine(objectShape(value, columns, options), options.stdout.isTerminal))
  },
  async writeList(rows, list, options) {
    const shape = rowShape(list, options)
    if (options.streamed) return await writeStreamed(rows, shape, options)
    const all: unknown[] = []
    for await (const row of rows) all.push(shape(row))
    await options.stdout.write(jsonLine(all, options.stdout.isTerminal))
  },
}

/** Writes an array row by row, in constant memory. */
async function writeStreamed(rows: AsyncIterable<Row>, shape: (row: Row) => unknown, { stdout }: Rendering): Promise<void> {
  let lead = '['
  for await (const row of rows) {
    await stdout.write(lead + jsonLine(shape(row)).trimEnd())
    lead = ',\n'
  }
  await stdout.write(lead === '[' ? '[]\n' : ']\n')
}
