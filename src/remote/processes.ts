import { CbcError } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import type { Work } from './files.ts'
import { INVALID_PARAMETER, resultCode } from './hresult.ts'
import { process } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** "process list". */
export async function processes(session: RemoteSession, work: Work): Promise<Row[]> {
  const command = await session.issue({ name: 'process list' }, { ...work, what: 'ps' })
  return (command.processes ?? []).map(process)
}

/**
 * "kill".
 * @throws CbcError not_found: there is no such pid (any more)
 */
export async function kill(session: RemoteSession, pid: number, work: Work): Promise<void> {
  try {
    await session.issue({ name: 'kill', pid }, { ...work, what: `kill ${pid}` })
  } catch (error) {
    if (resultCode(error) === INVALID_PARAMETER) throw noProcess(session, pid)
    throw error
  }
}

export function noProcess(session: RemoteSession, pid: number | string): CbcError {
  return new CbcError('not_found', `kill ${pid}: no such process on ${session.label}`, { hint: 'see `ps`', device_id: session.device.id })
}

/** The last part of a process's path, as either system writes it. */
export function programName(row: Row): string {
  return String(row['process_path'] ?? '').split(/[\\/]/).pop() ?? ''
}
