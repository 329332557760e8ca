import { CbcError } from '../../core/errors.ts'
import type { Row } from '../../core/result.ts'
import { isProgram, programName } from '../../remote/process-names.ts'
import { byParent, isPid } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { findProcesses, isPidText } from './find-processes.ts'

/** The processes to end, as the user gave them. */
export interface Wanted {
  /** Pids and program names. */
  process: readonly string[]
  tree: boolean
  ifName: string | undefined
}

/**
 * Returns the processes to end, each once, children before their parents so that none is orphaned meanwhile. One that does not exist or
 * can't be ended is a row with its `error`.
 * @param all the process list
 */
export async function victimsOf(
  session: RemoteSession,
  all: readonly Row[],
  { process, tree, ifName }: Wanted,
  signal: AbortSignal,
): Promise<Row[]> {
  const children = tree ? byParent(all) : undefined
  const victims = new Map<unknown, Row>()
  for (const text of new Set(process)) {
    try {
      const meant = await findProcesses(session, all, text, 'kill', signal)
      for (const row of meant) guard(session, row, ifName)
      for (const row of children === undefined ? meant : withChildren(meant, children)) {
        const pid = row['process_pid']
        victims.set(isPid(pid) ? pid : row, isPid(pid) ? row : { ...row, error: noPid(session, row) })
      }
    } catch (error) {
      if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
      victims.set(text, { process_pid: isPidText(text) ? Number(text) : text, process_path: null, error })
    }
  }
  return [...victims.values()]
}

/** Checks --if-name. @throws CbcError refused: the process is another program */
function guard(session: RemoteSession, row: Row, ifName: string | undefined): void {
  const { windows } = session.paths
  if (ifName === undefined || isProgram(row, ifName, windows)) return
  const name = programName(row, windows)
  throw new CbcError('refused', `kill ${String(row['process_pid'])}: is ${name === '' ? 'an unknown program' : name}, not ${ifName}`, {
    device_id: session.device.id,
  })
}

/** Returns processes with their descendants, leaves first. A process without a valid pid has no children. */
function withChildren(meant: readonly Row[], children: ReadonlyMap<Row | undefined, readonly Row[]>): Row[] {
  const found = new Set(meant)
  // Iterating over a Set also visits the elements added meanwhile.
  for (const row of found) if (isPid(row['process_pid'])) for (const child of children.get(row) ?? []) found.add(child)
  return [...found].reverse()
}

function noPid(session: RemoteSession, row: Row): CbcError {
  return new CbcError(
    'remote',
    `kill ${programName(row, session.paths.windows)}: the endpoint lists it with ${JSON.stringify(row['process_pid'])}, which is not a pid`,
    { device_id: session.device.id },
  )
}
