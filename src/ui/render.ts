import { CbcError, EXIT_CODES, usage } from '../core/errors.ts'
import type { Output } from '../core/ports.ts'
import type { Column, Result, Row } from '../core/result.ts'
import { cell, title } from './cells.ts'
import { csvCells, csvLine } from './csv.ts'
import { errorJson, errorLines } from './errors.ts'
import { escapeJson, escapeText } from './escape.ts'

export type Format = 'table' | 'json' | 'ndjson' | 'csv'
export const FORMATS: readonly Format[] = ['table', 'json', 'ndjson', 'csv']

export interface RenderOptions {
  /** Absent: a table on a terminal, tab-separated columns elsewhere, bytes as they are. */
  format?: Format
  /** Fields to show, in this order, instead of the result's own columns. */
  columns?: string[]
  stdout: Output
  stderr: Output
}

/**
 * The one renderer: writes a result to its streams.
 * @returns exit code: 0, 7 where items failed, or that of a remote program
 */
export async function render(result: Result, options: RenderOptions): Promise<number> {
  if (result.kind === 'bytes') return await renderBytes(result, options)
  if (result.kind === 'list') return await renderList(result, options)
  const { format, stdout } = options
  const { value, rows } = result
  if (format === 'json' || format === 'ndjson') await stdout.write(json(value, format === 'json' && stdout.isTerminal))
  else if (rows !== undefined) return await renderList({ kind: 'list', rows, columns: result.columns }, options)
  else if (format === 'csv') await stdout.write(csvLine(choose(options, result.columns, value).map(column => column.key)) + csvLine(csvCells(value, choose(options, result.columns, value))))
  else if (format === 'table' || stdout.isTerminal) {
    const [{ drawObject }, { theme }] = await Promise.all([import('./table.ts'), import('./theme.ts')])
    await stdout.write(drawObject(value, choose(options, result.columns, value), theme(stdout.color)))
  } else for (const column of choose(options, result.columns, value)) await stdout.write(`${title(column)}\t${cell(value, column)}\n`)
  return 0
}

async function renderList(result: Extract<Result, { kind: 'list' }>, options: RenderOptions): Promise<number> {
  const { format, stdout } = options
  const exit = new Tally()
  const toJson = result.json ?? ((row: Row) => row)
  if (format === 'ndjson') {
    for await (const row of result.rows) await stdout.write(json(toJson(exit.count(row)), false))
  } else if (format === 'json') {
    const all: unknown[] = []
    for await (const row of result.rows) all.push(toJson(exit.count(row)))
    await stdout.write(json(all, stdout.isTerminal))
  } else if (format === 'table' || (format === undefined && stdout.isTerminal)) {
    const rows: Row[] = []
    for await (const row of result.rows) rows.push(exit.count(row))
    const good = await withoutFailures(rows, options)
    if (good.length > 0) {
      const [{ drawTable }, { theme }] = await Promise.all([import('./table.ts'), import('./theme.ts')])
      await stdout.write(drawTable(good, choose(options, result.columns, good[0]), stdout.columns(), theme(stdout.color)))
    }
  } else {
    const line = format === 'csv' ? csvRow : tabRow
    let heading = false
    for await (const row of result.rows) {
      exit.count(row)
      const [good] = await withoutFailures([row], options)
      const columns = choose(options, result.columns, good)
      if (!heading) await stdout.write(line.heading(columns))
      heading = true
      if (good !== undefined) await stdout.write(line.row(good, columns))
    }
    if (!heading) await stdout.write(line.heading(choose(options, result.columns, undefined)))
  }
  return exit.code
}

const tabRow = {
  heading: (columns: Column[]) => `${columns.map(title).join('\t')}\n`,
  row: (row: Row, columns: Column[]) => `${columns.map(column => cell(row, column)).join('\t')}\n`,
}
const csvRow = {
  heading: (columns: Column[]) => csvLine(columns.map(column => column.key)),
  row: (row: Row, columns: Column[]) => csvLine(csvCells(row, columns)),
}

async function renderBytes(result: Extract<Result, { kind: 'bytes' }>, { format, stdout }: RenderOptions): Promise<number> {
  if (format === 'json' || format === 'ndjson') {
    const parts: Uint8Array[] = []
    for await (const part of result.bytes) parts.push(part)
    await stdout.write(json(result.object(Buffer.concat(parts)), format === 'json' && stdout.isTerminal))
    return 0
  }
  if (!stdout.isTerminal) {
    for await (const part of result.bytes) await stdout.write(part)
    return result.exitCode ?? 0
  }
  const decoder = new TextDecoder()
  let last = '\n'
  // A line end of two characters can lie across two chunks: the first half waits for the second.
  let held = ''
  for await (const part of result.bytes) {
    const text = held + decoder.decode(part, { stream: true })
    held = text.endsWith('\r') ? '\r' : ''
    const shown = escapeText(held === '' ? text : text.slice(0, -1))
    if (shown !== '') last = shown
    await stdout.write(shown)
  }
  const rest = escapeText(held + decoder.decode())
  await stdout.write(rest)
  if (!(rest || last).endsWith('\n')) await stdout.write('\n')
  return result.exitCode ?? 0
}

/** Items that failed are told on stderr, the others stay. */
async function withoutFailures(rows: Row[], { stderr }: RenderOptions): Promise<Row[]> {
  for (const { error } of rows) if (error instanceof CbcError) await stderr.write(errorLines(error, stderr.color))
  return rows.filter(row => !(row['error'] instanceof CbcError))
}

/** The columns asked for with --columns, by field or heading, else the result's own. */
function choose({ columns: wanted }: RenderOptions, own: Column[], sample: Row | undefined): Column[] {
  if (wanted === undefined) return own
  return wanted.map(name => {
    const column = own.find(one => one.key === name || one.title === name)
    if (column === undefined && sample !== undefined && !(name in sample)) throw usage(`--columns: there is no "${name}"`, `choose from ${[...new Set([...own.map(one => one.key), ...Object.keys(sample)])].join(', ')}`)
    return column ?? { key: name }
  })
}

function json(value: unknown, indent: boolean): string {
  return `${escapeJson(JSON.stringify(value, (_key, item: unknown) => (item instanceof CbcError ? errorJson(item) : item), indent ? 2 : undefined))}\n`
}

/** Counts what worked and what didn't. */
class Tally {
  #failed = 0

  count(row: Row): Row {
    if (row['error'] instanceof CbcError) this.#failed += 1
    return row
  }

  get code(): number {
    return this.#failed > 0 ? EXIT_CODES.partial : 0
  }
}
