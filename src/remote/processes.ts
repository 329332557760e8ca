import { CbcError } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import { parseTime } from '../core/time.ts'
import type { Work } from './files.ts'
import { FILE_NOT_FOUND, INVALID_PARAMETER, NOT_FOUND, resultCode } from './hresult.ts'
import { process } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** Whether a value is the pid of a single process. Others, 0 and -1 above all, mean many processes on some systems, or none. */
export function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 32
}

/** Lists the endpoint's processes ("process list"). */
export async function processes(session: RemoteSession, work: Work): Promise<Row[]> {
  const command = await session.issue({ name: 'process list' }, { ...work, what: 'ps' })
  return (command.processes ?? []).map(process)
}

/**
 * Kills a process ("kill").
 * @throws CbcError not_found: there is no such process (any more); refused: it is not a valid pid
 */
export async function kill(session: RemoteSession, pid: number, work: Work): Promise<void> {
  if (!isPid(pid)) throw new CbcError('refused', `kill ${pid}: is not a pid`, { device_id: session.device.id })
  try {
    await session.issue({ name: 'kill', pid }, { ...work, what: `kill ${pid}` })
  } catch (error) {
    if (isGone(error)) throw noProcess(session, pid)
    throw error
  }
}

/** Whether an error says that no process has the pid; endpoints differ in how they say it. */
export function isGone(error: unknown): boolean {
  const code = resultCode(error)
  return code === INVALID_PARAMETER || code === FILE_NOT_FOUND || code === NOT_FOUND
}

/** Returns the error for a process that doesn't exist. @param verb the verb that looked for it */
export function noProcess(session: RemoteSession, pid: number | string, verb = 'kill'): CbcError {
  return new CbcError('not_found', `${verb} ${pid}: no such process on ${session.label}`, {
    hint: 'see `ps`',
    device_id: session.device.id,
  })
}

/**
 * Groups processes by their parent, in the order of `rows`; those with an unknown parent are under undefined. A parent must be older than
 * its child: pids are reused, and the children of a process that is gone must not be given to an unrelated one.
 */
export function byParent(rows: readonly Row[]): Map<Row | undefined, Row[]> {
  const byPid = new Map(rows.filter(row => row['process_pid'] !== null).map(row => [row['process_pid'], row]))
  const children = new Map<Row | undefined, Row[]>()
  for (const row of rows) {
    const candidate = byPid.get(row['parent_pid'])
    const older =
      candidate !== undefined &&
      candidate !== row &&
      (parseTime(candidate['process_create_time']) ?? 0) <= (parseTime(row['process_create_time']) ?? Infinity)
    const parent = older ? candidate : undefined
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [row])
    else siblings.push(row)
  }
  return children
}
