import { CbcError, usage } from '../../core/errors.ts'
import { list, type Row } from '../../core/result.ts'
import { byParent, kill as killProcess, noProcess, processes, programName } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { defineVerb, flag, many, value } from '../define.ts'
import { each } from '../items.ts'

export const kill = defineVerb({
  name: 'kill',
  summary: 'end processes, by pid or by name',
  details: 'A name is the whole file name of the program, or its whole path, never a part of it; on Windows in any case. A name and --tree show what they mean and ask first; without a terminal they need --yes. '
    + 'The process is looked up first, so that what was ended can be told.',
  examples: [
    { line: 'kill 9380 --if-name chrome.exe', does: 'a pid, only while it is still that program' },
    { line: 'kill chrome.exe --tree --yes', does: 'all processes of that name with all that they started, unasked' },
  ],
  effect: 'destroy',
  needs: ['kill'],
  arguments: { process: many('pid', 'pids or program names') },
  options: {
    tree: flag('--tree', 'with all its children'),
    ifName: value('--if-name <name>', 'only while the pid is this program'),
  },
  check({ process, ifName }) {
    for (const text of process) if (/^[\d.+-]+$/.test(text) && !isPid(text)) throw usage(`kill: "${text}" is not a pid`, 'a pid is a whole number above 0, see `ps`')
    if (ifName !== undefined && !process.every(isPid)) throw usage('kill: --if-name guards a pid, and a name is no pid')
  },
  async plan({ process, tree, ifName }, { session, signal }) {
    const exact = !tree && process.every(isPid)
    const all = exact && ifName === undefined ? await processesOr(session, process.map(pid => ({ process_pid: Number(pid), process_path: null })), signal) : await processes(session, { signal })
    const targets = process.length === 1 ? select(session, all, process, tree, ifName) : selectKnown(session, all, process, tree, ifName)
    const found = targets.filter(row => row['error'] === undefined)
    if (exact || found.length === 0) return { targets }
    return { targets, question: { what: `kill ${found.length} on ${session.label}`, to: found.map(row => `${String(row['process_pid'])} ${String(row['process_path'])}`) } }
  },
  async run({ tree }, { session, signal }, victims) {
    return list(each(victims, row => row, async ({ process_pid, process_path, error }) => {
      if (error instanceof CbcError) throw error
      await end(session, Number(process_pid), tree, signal)
      return { process_pid, process_path }
    }), [{ key: 'process_pid', title: 'pid', align: 'right' }, { key: 'process_path', title: 'path' }])
  },
})

/** 0 is no process that could be ended: on some systems it means many. */
function isPid(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) > 0 && Number(text) < 2 ** 32
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

/** Of several, the ones that aren't there become items that fail, beside the others. */
function selectKnown(session: RemoteSession, all: Row[], wanted: string[], tree: boolean, ifName: string | undefined): Row[] {
  const rows = wanted.flatMap(text => {
    try {
      return select(session, all, [text], tree, ifName)
    } catch (error) {
      return [{ process_pid: isPid(text) ? Number(text) : text, process_path: null, error }]
    }
  })
  return [...new Map(rows.map(row => [row['process_pid'], row])).values()]
}

/** The processes that are meant, children before their parents so that none is orphaned meanwhile. */
function select(session: RemoteSession, all: Row[], wanted: string[], tree: boolean, ifName: string | undefined): Row[] {
  const same = session.paths.windows ? (a: string, b: string) => a.toLowerCase() === b.toLowerCase() : (a: string, b: string) => a === b
  const chosen = wanted.flatMap(text => {
    const found = isPid(text) ? all.filter(row => row['process_pid'] === Number(text)) : all.filter(row => same(programName(row), text) || same(String(row['process_path'] ?? ''), text))
    if (found.length === 0) throw noProcess(session, text)
    return found
  })
  for (const row of chosen) {
    if (ifName !== undefined && !same(programName(row), ifName)) {
      const what = programName(row) === '' ? 'an unknown program' : programName(row)
      throw new CbcError('refused', `kill ${String(row['process_pid'])}: is ${what}, not ${ifName}`, { device_id: session.device.id })
    }
  }
  if (!tree) return chosen
  const children = byParent(all)
  // Put in from the top, read from the bottom.
  const victims = new Set<Row>()
  const queue = [...chosen]
  for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
    if (victims.has(row)) continue
    victims.add(row)
    queue.push(...children.get(row) ?? [])
  }
  return [...victims].reverse()
}
