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
            process.map(pid => ({ process_pid: Number(pid), process_path: null })),
            signal,
          )
        : await processes(session, { signal })
    const victims = await victimsOf(session, all, { process, tree, ifName }, signal)
    const targets = { victims, lookedUp: exact ? Infinity : clock.now() }
    const found = victims.filter(row => row['error'] === undefined)
    if (exact || found.length === 0) return { targets }
    return { targets, question: { what: `kill ${found.length} on ${session.label}`, to: found.map(inWords) } }
  },
  async run({ tree }, { session, clock, signal }, { victims, lookedUp }) {
    const now = clock.now() - lookedUp > LISTING_FRESH_MS ? await processes(session, { signal }) : victims
    const there = new Set(now.map(identity))
    return list(
      forEachItem(
        victims,
        ({ process_pid, process_path }) => ({ process_pid, process_path }),
        async victim => {
          const { process_pid, process_path, error } = victim
          if (error instanceof CbcError) throw error
          if (there.has(identity(victim))) await end(session, Number(process_pid), tree, signal)
          else if (!tree) throw noProcess(session, Number(process_pid))
          return { process_pid, process_path }
        },
      ),
      COLUMNS,
    )
  },
})

function inWords(row: Row): string {
  return [row['process_pid'], row['process_path'] || row['process_cmdline']]
    .filter(part => part != null && part !== '')
    .map(String)
    .join(' ')
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
