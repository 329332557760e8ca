import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Clock } from '../../core/ports.ts'
import { type CommandOutput, type Document, HRESULT } from '../endpoint.ts'
import { refuse } from './errors.ts'
import { startedBy } from './ownership.ts'
import type { Processes } from './processes.ts'
import type { LinuxState } from './state.ts'

/** How often, and at which interval in ms, a killed process is checked before it counts as one that can't be ended. */
const MAX_LOOKS = 200
const LOOK_INTERVAL_MS = 5

/**
 * "kill": ends a process that the endpoint started, with its group, or a descendant of such a process. No other process of this machine is
 * ever touched. Resolves once the process is gone.
 * @throws SensorError INVALID_PARAMETER when no process has this pid, ACCESS_DENIED for a process that this endpoint didn't start or that
 *   doesn't end.
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
  await sendSigkill(owner.pid === pid ? -pid : pid)
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const now = await processes.identify(pid)
    if (now === undefined || now.ended || now.started !== target.started) return {}
    await clock.sleep(LOOK_INTERVAL_MS, signal)
  }
  refuse(HRESULT.ACCESS_DENIED, 'the process did not end')
}

/**
 * Sends SIGKILL to a process, or to a group for `-pid`. It uses the shell's built-in `kill`, because this code has no access to `process`.
 */
async function sendSigkill(pid: number): Promise<void> {
  // Errors are ignored, because the caller checks the process: if it has just ended by itself, `kill` fails but all is well.
  await promisify(execFile)('/bin/sh', ['-c', 'kill -s KILL -- "$1"', 'sh', `${pid}`], { env: {} }).catch(() => undefined)
}
