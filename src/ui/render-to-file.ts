import { createHash } from 'node:crypto'
import type { LocalFiles, Output } from '../core/ports.ts'
import { object, type IntoFile, type Result, type Row } from '../core/result.ts'
import { render, writeTotals } from './render.ts'
import type { RenderOptions } from './renderers/renderer.ts'

const SUMMARY = [
  { key: 'local_path' },
  { key: 'rows', align: 'right' as const },
  { key: 'size', align: 'right' as const },
  { key: 'sha256' },
]

/**
 * Writes a result to a local file, which appears under its name when it is complete, and then a summary to stdout: `local_path`, `rows` if
 * it is a list, `size` in bytes, `sha256`.
 * @param written called with the file when it is complete
 * @returns exit code
 * @throws CbcError refused: the file exists and may not be overwritten; io; whatever the result's rows, or `written`, throw
 */
export async function renderInto(
  { path, name, overwrite, format }: IntoFile,
  result: Exclude<Result, { kind: 'object' }>,
  local: LocalFiles,
  options: RenderOptions,
  written: (file: { local_path: string; size: number; sha256: string }) => Promise<void> = async () => {},
): Promise<number> {
  const target = await local.create(path, name, overwrite)
  const hash = createHash('sha256')
  let [size, rows] = [0, 0]
  const file: Output = {
    isTerminal: false,
    color: false,
    columns: () => Infinity,
    async write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      hash.update(bytes)
      size += bytes.length
      await target.write(bytes)
    },
  }
  const totals = result.kind === 'bytes' ? undefined : result.totals
  // The totals are reported afterwards, in the format that was asked for, not in that of the file.
  const counted =
    result.kind === 'bytes'
      ? result
      : {
          ...result,
          rows: counting(result.rows, () => {
            rows += 1
          }),
          totals: () => undefined,
        }
  try {
    await render(counted, { ...options, format, stdout: file, streamed: true })
    await target.commit()
  } catch (error) {
    await target.discard()
    throw error
  }
  const done = { size, sha256: hash.digest('hex') }
  await written({ local_path: target.path, ...done })
  await writeTotals(totals?.(), options)
  const summary = { local_path: target.path, ...(result.kind === 'list' ? { rows } : {}), ...done }
  const { columns: _, ...shown } = options
  return await render(
    object(
      summary,
      SUMMARY.filter(({ key }) => key in summary),
    ),
    shown,
  )
}

async function* counting(rows: Iterable<Row> | AsyncIterable<Row>, count: () => void): AsyncGenerator<Row> {
  for await (const row of rows) {
    count()
    yield row
  }
}
