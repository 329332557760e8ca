import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { kill as killProcess, noProcess, processes } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { defineVerb, flag, many, value } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { isPidText } from './find-processes.ts'
import { victimsOf } from './victims.ts'

/** How long a process list is trusted, in milliseconds. Later, a pid may belong to another program. */
const LISTING_FRESH_MS = 2000

const COLUMNS: Column[] = [
  { key: 'process_pid', title: 'pid', align: 'right' },
  { key: 'process_path', title: 'path' },
]

export const kill = defineVerb({
  name: 'kill',
  summary: 'end processes, by pid or by name',
  details:
    'A name is the whole file name of a program or its whole path, as `ps` shows them, never a part; on Windows, case does not matter. With a name or --tree, kill shows the processes and asks first; without a terminal it needs --yes. ' +
    'The process is looked up first, so that the result can name it.',
  examples: [
    { line: 'kill 9380 --if-name chrome.exe', does: 'a process, if its pid still belongs to that program' },
    { line: 'kill chrome.exe --tree --yes', does: 'all processes of that name and all their descendants, without a question' },
  ],
  effect: 'destroy',
  fields: fieldsOf(COLUMNS),
  needs: ['kill'],
  arguments: { process: many('pid', 'pids or program names') },
  options: {
    tree: flag('--tree', 'also end all descendants'),
    ifName: value('--if-name <name>', 'only if the pid still belongs to this program'),
  },
  check({ process, ifName }) {
    for (const text of process)
      if (/^[\d.+-]+$/.test(text) && !isPidText(text))
        throw usage(`kill: "${text}" is not a pid`, 'a pid is a whole number above 0; see `ps`')
    if (ifName !== undefined && !process.every(isPidText)) throw usage('kill: --if-name works only with pids')
  },
  async plan({ process, tree, ifName }, { session, clock, signal }) {
    const exact = !tree && process.every(isPidText)
    const all =
      exact && ifName === undefined
        ? await processesOr(
            session,
            process.map(pid => ({ process_pid: Number(pid), process_path: null, unknown: true })),
            signal,
          )
        : await processes(session, { signal })
    const victims = await victimsOf(session, all, { process, tree, ifName }, signal)
    const targets = { victims, lookedUp: clock.now() }
    const found = victims.filter(row => row['error'] === undefined)
    if (found.length === 0) return { targets, exact: 'nothing' }
    const question = { what: `kill ${found.length} on ${session.label}`, to: found.map(inWords) }
    return exact ? { targets, exact: question } : { targets, question }
  },
  async run({ tree }, { session, clock, signal }, { victims, lookedUp }) {
    const isFresh = clock.now() - lookedUp <= LISTING_FRESH_MS || victims.every(isUnknown)
    const now = isFresh ? victims : await processes(session, { signal })
    const there = new Set(now.map(identity))
    return list(
      forEachItem(
        victims,
        ({ process_pid, process_path }) => ({ process_pid, process_path }),
        async victim => {
          const { process_pid, process_path, error } = victim
          if (error instanceof CbcError) throw error
          if (there.has(identity(victim))) await end(session, Number(process_pid), tree, signal)
          else if (!tree) throw isReused(victim, now) ? otherProcess(session, victim) : noProcess(session, Number(process_pid))
          return { process_pid, process_path }
        },
      ),
      COLUMNS,
    )
  },
})

/** What a person has to know of a process to agree to its end. */
function inWords(row: Row): string {
  const { process_pid, process_path, process_cmdline, process_create_time, process_username } = row
  if (isUnknown(row)) return `${String(process_pid)} (what it is can't be read)`
  const line = process_path == null || process_path === '' ? process_cmdline : process_path
  const facts = [
    process_create_time == null ? undefined : `started ${String(process_create_time)}`,
    process_username == null || process_username === '' ? undefined : `by ${String(process_username)}`,
    process_cmdline == null || process_cmdline === line ? undefined : `as ${String(process_cmdline)}`,
  ].filter(fact => fact !== undefined)
  return [process_pid, line, ...(facts.length === 0 ? [] : [`(${facts.join(' ')})`])]
    .filter(part => part != null && part !== '')
    .map(String)
    .join(' ')
}

/** Whether the list of processes could not be read, so that a pid is all that is known. */
function isUnknown(row: Row): boolean {
  return row['unknown'] === true
}

function isReused({ process_pid }: Row, now: readonly Row[]): boolean {
  return now.some(row => row['process_pid'] === process_pid)
}

function otherProcess(session: RemoteSession, { process_pid, process_path }: Row): CbcError {
  return new CbcError(
    'not_found',
    `kill ${String(process_pid)}: ${String(process_path ?? 'the process that was shown')} has ended, and another process has its pid now`,
    { device_id: session.device.id },
  )
}

/** Distinguishes a process from a later one with the same pid. */
function identity({ process_pid, process_path, process_create_time }: Row): string {
  return JSON.stringify([process_pid, process_path, process_create_time])
}

/** Lists the processes, or returns `unknown` if that is not allowed: a pid can be ended without the list, which only names what was ended. */
async function processesOr(session: RemoteSession, unknown: Row[], signal: AbortSignal): Promise<Row[]> {
  try {
    return await processes(session, { signal })
  } catch (error) {
    if (error instanceof CbcError && (error.code === 'auth' || error.code === 'refused')) return unknown
    throw error
  }
}

/** Ends a process. With `tree`, one that is already gone counts as ended, since it may have ended with its parent or its children. */
async function end(session: RemoteSession, pid: number, tree: boolean, signal: AbortSignal): Promise<void> {
  try {
    await killProcess(session, pid, { signal })
  } catch (error) {
    if (!tree || !(error instanceof CbcError) || error.code !== 'not_found') throw error
  }
}
