import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { kill as killProcess, noProcess, processes } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { defineVerb, flag, many, value } from '../define.ts'
import { each } from '../items.ts'
import { isPidText } from './find-processes.ts'
import { victimsOf } from './victims.ts'

/** Milliseconds for which the process list is taken at its word. After that a pid may be another program's. */
const LISTING_FRESH_MS = 2000

const COLUMNS: Column[] = [
  { key: 'process_pid', title: 'pid', align: 'right' },
  { key: 'process_path', title: 'path' },
]

export const kill = defineVerb({
  name: 'kill',
  summary: 'end processes, by pid or by name',
  details:
    'A name is the whole file name of the program, or its whole path, as `ps` shows them, never a part of it; on Windows in any case. A name and --tree show what they mean and ask first; without a terminal they need --yes. ' +
    'The process is looked up first, so that what was ended can be told.',
  examples: [
    { line: 'kill 9380 --if-name chrome.exe', does: 'a pid, only while it is still that program' },
    { line: 'kill chrome.exe --tree --yes', does: 'all processes of that name with all that they started, unasked' },
  ],
  effect: 'destroy',
  fields: fieldsOf(COLUMNS),
  needs: ['kill'],
  arguments: { process: many('pid', 'pids or program names') },
  options: {
    tree: flag('--tree', 'with all its children'),
    ifName: value('--if-name <name>', 'only while the pid is this program'),
  },
  check({ process, ifName }) {
    for (const text of process)
      if (/^[\d.+-]+$/.test(text) && !isPidText(text))
        throw usage(`kill: "${text}" is not a pid`, 'a pid is a whole number above 0, see `ps`')
    if (ifName !== undefined && !process.every(isPidText)) throw usage('kill: --if-name guards a pid, and a name is no pid')
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
      each(
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

/** What tells a process from another one that has its pid later. */
function identity({ process_pid, process_path, process_create_time }: Row): string {
  return JSON.stringify([process_pid, process_path, process_create_time])
}

/** The processes, or `unknown` where they may not be listed: a pid needs no look, it only tells what was ended. */
async function processesOr(session: RemoteSession, unknown: Row[], signal: AbortSignal): Promise<Row[]> {
  try {
    return await processes(session, { signal })
  } catch (error) {
    if (error instanceof CbcError && (error.code === 'auth' || error.code === 'refused')) return unknown
    throw error
  }
}

/** Of a tree, one that went with its parent or its children is as good as ended. */
async function end(session: RemoteSession, pid: number, tree: boolean, signal: AbortSignal): Promise<void> {
  try {
    await killProcess(session, pid, { signal })
  } catch (error) {
    if (!tree || !(error instanceof CbcError) || error.code !== 'not_found') throw error
  }
}
