import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Clock } from '../../core/ports.ts'
import type { CommandOutput, Document } from '../endpoint.ts'
import { HRESULT } from '../endpoint.ts'
import { refuse } from './errors.ts'
import { startedBy } from './ownership.ts'
import type { Processes } from './processes.ts'
import type { LinuxState } from './state.ts'

/** How often, and how many milliseconds apart, a killed process is looked for before it counts as one that can't be ended. */
const MAX_LOOKS = 200
const LOOK_INTERVAL_MS = 5

/**
 * "kill": ends a process that the endpoint started, with its group, or one that descends from such a process. No other process of this
 * machine is ever touched. Comes back once the process is gone.
 * @throws SensorError INVALID_PARAMETER for a pid that no process has, ACCESS_DENIED for a process that this endpoint
 * didn't start, or that doesn't end.
 */
export async function kill(
  pid: number,
  document: Document<LinuxState>,
  processes: Processes,
  clock: Clock,
  signal: AbortSignal,
): Promise<CommandOutput> {
  const target = Number.isSafeInteger(pid) && pid > 0 ? await processes.identify(pid) : undefined
  if (target === undefined || target.ended) refuse(HRESULT.INVALID_PARAMETER, 'no process has that pid')
  const records = await document.read(state => state.processes.map(record => ({ ...record })))
  const owner = await startedBy(records, target, processes)
  if (owner === undefined) refuse(HRESULT.ACCESS_DENIED, 'the endpoint ends only what it started')
  await send(owner.pid === pid ? -pid : pid)
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const now = await processes.identify(pid)
    if (now === undefined || now.ended || now.started !== target.started) return {}
    await clock.sleep(LOOK_INTERVAL_MS, signal)
  }
  refuse(HRESULT.ACCESS_DENIED, 'the process did not end')
}

/** SIGKILL to a process, or to the group of `-pid`: through the shell's own `kill`, as rooms have no hold on `process`. */
async function send(pid: number): Promise<void> {
  // Whether it worked is seen by looking: a process that ended by itself just now is a failure here, and as good.
  await promisify(execFile)('/bin/sh', ['-c', 'kill -s KILL -- "$1"', 'sh', `${pid}`], { env: {} }).catch(() => undefined)
}
