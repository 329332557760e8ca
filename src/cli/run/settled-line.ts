import { isRecord } from '../../core/is-record.ts'
import { CbcError, EXIT_CODES, type ErrorCode } from '../../core/errors.ts'
import { list, object, type Result, type Row } from '../../core/result.ts'
import type { Settled } from '../../runs/engine.ts'
import type { JournalEntry } from '../../runs/journal.ts'
import type { RunRecord } from '../../runs/record.ts'

/** Makes of a line that a worker wrote what can be shown in another form: the fields of its rows are columns. */
export function settledOf(entry: JournalEntry, line: string, { devices }: Pick<RunRecord, 'devices'>): Settled {
  const { device_id: id, state, duration_ms = 0, bytes = 0 } = entry
  const read = parsed(line)
  const named = typeof read['device_name'] === 'string' ? { name: read['device_name'] } : {}
  const device = { ...(devices.find(one => one.id === id) ?? { id }), ...named }
  const result = resultOf(read['result'])
  const error = errorOf(read['error'])
  return {
    device,
    state: state === 'waiting' || state === 'running' ? 'not begun' : state,
    duration_ms,
    bytes,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  }
}

function parsed(line: string): Row {
  try {
    const read = JSON.parse(line) as unknown
    return isRecord(read) ? read : {}
  } catch {
    return {}
  }
}

function resultOf(value: unknown): Result | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) {
    const rows = value.map((item: unknown) => (isRecord(item) ? item : { value: item }))
    return list(
      rows,
      [...new Set(rows.flatMap(row => Object.keys(row)))].map(key => ({ key })),
    )
  }
  const row = isRecord(value) ? value : { value }
  return object(
    row,
    Object.keys(row).map(key => ({ key })),
  )
}

function errorOf(value: unknown): CbcError | undefined {
  if (!isRecord(value)) return undefined
  const { code, message, hint } = value
  const known = typeof code === 'string' && Object.hasOwn(EXIT_CODES, code) ? (code as ErrorCode) : 'internal'
  return new CbcError(known, typeof message === 'string' ? message : 'failed', typeof hint === 'string' ? { hint } : {})
}
