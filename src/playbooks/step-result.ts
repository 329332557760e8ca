import { inMemory } from '../core/bounded.ts'
import { encodeBytes, list, type Part, type Result, type Row } from '../core/result.ts'
import type { Value } from './expression.ts'

/** How many rows of a step are drawn on a terminal. */
const MAX_DRAWN = 100

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
  /** What a terminal shows of it: as the command's own, without the rows beyond the first. */
  readonly part: Part
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
    return { ok: code === 0, rows: [value], failed: [], json: value, summary, part: firstOf(linesOf(lines)) }
  }
  if (result.kind === 'object') {
    const { value, failed = [] } = result
    const errors = failed.map(({ error }) => error)
    return { ok: errors.length === 0, rows: [value], failed: errors, json: value, summary: 'done', part: { result, lines: [] } }
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
    part: firstOf({ ...result, rows }),
  }
}

/** What expressions see of a step. */
export function valueOf({ ok, rows }: Pick<StepResult, 'ok' | 'rows'>, skipped: boolean): Value {
  return { ok, skipped, count: rows.length, rows: JSON.parse(JSON.stringify(rows)) as Value }
}

/** The lines of a text as a result. */
function linesOf(lines: readonly string[]): ListOfRows {
  const drawn = { line: ({ line }: Row) => String(line) }
  return { ...list([], [{ key: 'line' }]), rows: lines.map(line => ({ line: line.replaceAll('\t', '    ') })), drawn }
}

type ListOfRows = Extract<Part['result'], { kind: 'list' }>

function firstOf(result: ListOfRows): Part {
  const { rows } = result
  const more = rows.length - MAX_DRAWN
  return { result: { ...result, rows: rows.slice(0, MAX_DRAWN) }, lines: more > 0 ? [`… ${more} more: --json has all`] : [] }
}
