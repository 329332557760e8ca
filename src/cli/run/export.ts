import type { RunFolder } from '../../core/run-folders.ts'
import type { Column, Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { LINES } from '../../runs/record.ts'
import { RUN } from './columns.ts'
import { withRun } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'

const COLUMNS: Column[] = [
  { key: 'device_id' },
  { key: 'device_name' },
  { key: 'ok' },
  { key: 'duration_ms', align: 'right' },
  { key: 'error', text: ({ error }) => String((error as { message?: unknown } | undefined)?.message ?? ''), evidence: true },
]

/** `cbc run export`. */
export const exportLines = defineProgramVerb({
  summary: "write the lines of a run's devices, as they came",
  details: 'A line a device, the last one where a device had several turns; --json makes one array of them.',
  examples: [{ line: 'cbc run export 20261130-0415-ps-x7k2 > lines.jsonl', does: 'all results of the run' }],
  example: line => line,
  fields: ['device_id', 'device_name', 'ok', 'result', 'error', 'duration_ms'],
  arguments: { run: RUN },
  options: { queue: QUEUE_OF_RUN },
  async run({ run, queue }, context) {
    const { folder } = await withRun(run, queue, context, async ({ view }) => view)
    return { kind: 'list', rows: lastLines(folder), columns: COLUMNS, format: 'ndjson' }
  },
})

/** Yields the last line of each device, in constant memory: they are read twice. */
async function* lastLines(folder: RunFolder): AsyncGenerator<Row> {
  const last = new Map<unknown, number>()
  for await (const { text, end } of folder.lines(LINES)) last.set(read(text)?.['device_id'], end)
  for await (const { text, end } of folder.lines(LINES)) {
    const row = read(text)
    if (row !== undefined && last.get(row['device_id']) === end) yield row
  }
}

/** Reads a line; undefined where it was cut off. */
function read(text: string): Row | undefined {
  try {
    return JSON.parse(text) as Row
  } catch {
    return undefined
  }
}
