import { inMemory } from '../core/bounded.ts'
import { encodeBytes, type Column, type Result, type Row } from '../core/result.ts'
import type { Value } from './expression.ts'

/** How many rows of a step are drawn on a terminal. */
const MAX_DRAWN = 15

/** What a step came to, read to its end. */
export interface StepResult {
  /** Nothing failed, and a program ended with 0. */
  readonly ok: boolean
  readonly rows: readonly Row[]
  /** The rows that stand for something that failed. */
  readonly failed: readonly unknown[]
  /** What JSON has. */
  readonly json: unknown
  /** What it came to, in a few words. */
  readonly summary: string
  /** Its first lines, for a terminal. */
  readonly drawn: readonly string[]
}

/** Reads the result of a step. @throws CbcError io: its bytes are too many; whatever its rows throw */
export async function readResult(result: Result): Promise<StepResult> {
  if (result.kind === 'bytes') {
    const bytes = await inMemory(result.bytes)
    const value = result.object === undefined ? { ...encodeBytes(bytes) } : await result.object(bytes)
    const code = result.exitCode ?? value['return_code'] ?? 0
    const text = new TextDecoder().decode(bytes)
    const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
    const summary = code === 0 ? `${lines.length} line${lines.length === 1 ? '' : 's'}` : `exit code ${String(code)}`
    return { ok: code === 0, rows: [value], failed: [], json: value, summary, drawn: cut(lines) }
  }
  if (result.kind === 'object') {
    const { value, columns, failed = [], rows } = result
    const drawn =
      rows === undefined ? columns.map(column => `${column.title ?? column.key}: ${cellOf(value, column)}`) : linesOf(rows, columns)
    const errors = failed.map(({ error }) => error)
    return { ok: errors.length === 0, rows: [value], failed: errors, json: value, summary: 'done', drawn: cut(drawn) }
  }
  const all: Row[] = []
  for await (const row of result.rows) all.push(row)
  const rows = all.filter(({ error }) => !(error instanceof Error))
  const failed = [...all.flatMap(({ error }) => (error instanceof Error ? [error] : [])), ...(result.failures?.() ?? [])]
  return {
    ok: failed.length === 0,
    rows,
    failed,
    json: all.map(row => (row['error'] instanceof Error ? row : (result.json?.(row) ?? row))),
    summary: `${rows.length} row${rows.length === 1 ? '' : 's'}`,
    drawn: cut(linesOf(rows.slice(0, MAX_DRAWN + 1), result.columns), rows.length),
  }
}

/** What expressions see of a step. */
export function valueOf({ ok, rows }: Pick<StepResult, 'ok' | 'rows'>, skipped: boolean): Value {
  return { ok, skipped, count: rows.length, rows: JSON.parse(JSON.stringify(rows)) as Value }
}

function cut(lines: readonly string[], all = lines.length): string[] {
  const shown = lines.slice(0, MAX_DRAWN)
  return all > shown.length ? [...shown, `… ${all - shown.length} more: --json has all`] : shown
}

function cellOf(row: Row, { key, text }: Column): string {
  const value = row[key]
  return text?.(row) ?? (Array.isArray(value) ? value.join(' ') : value == null ? '' : String(value))
}

/** Rows in columns that are as wide as their content. */
function linesOf(rows: readonly Row[], columns: readonly Column[]): string[] {
  const cells = rows.map(row => columns.map(column => cellOf(row, column)))
  const widths = columns.map((_, at) => cells.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), 0))
  return cells.map(row =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(Math.min(40, widths[at] ?? 0))))
      .join('  ')
      .trimEnd(),
  )
}
