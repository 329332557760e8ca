import { CbcError, usage } from '../../core/errors.ts'
import { list, type Row } from '../../core/result.ts'
import { kill as killProcess, noProcess, processes, programName } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { defineVerb, flag, many, value } from '../define.ts'
import { each } from '../items.ts'

export const kill = defineVerb({
  name: 'kill',
  summary: 'end processes, by pid or by name',
  details: 'A name is the whole file name of the program (case-insensitive), never a part of it. A name and --tree show what they mean and ask first; without a terminal they need --yes. '
    + 'The process is looked up first, so that what was ended can be told.',
  examples: [{ line: 'kill 9380 --if-name chrome.exe', does: 'a pid, only while it is still that program' }],
  effect: 'destroy',
  needs: ['kill'],
  arguments: { process: many('pid', 'pids or program names') },
  options: {
    tree: flag('--tree', 'with all its children'),
    ifName: value('--if-name <name>', 'only while the pid is this program'),
  },
  check({ process }) {
    for (const text of process) if (/^[\d.+-]+$/.test(text) && !isPid(text)) throw usage(`kill: "${text}" is not a pid`, 'a pid is a whole number, see `ps`')
  },
  async unexact({ process, tree, ifName }, { session, signal }) {
    if (!tree && process.every(isPid)) return undefined
    const found = select(session, await processes(session, { signal }), process, tree, ifName)
    return `kill on ${session.label}:\n${found.map(row => `  ${String(row['process_pid'])} ${String(row['process_path'])}`).join('\n')}`
  },
  async run({ process, tree, ifName }, { session, signal }) {
    const all = session.supports('process list') ? await processes(session, { signal }) : process.map(pid => ({ process_pid: Number(pid), process_path: null }))
    const victims = process.length === 1 ? select(session, all, process, tree, ifName) : selectKnown(session, all, process, tree, ifName)
    return list(each(victims, row => row, async ({ process_pid, process_path, error }) => {
      if (error instanceof CbcError) throw error
      await killProcess(session, Number(process_pid), { signal })
      return { process_pid, process_path }
    }), [{ key: 'process_pid', title: 'pid', align: 'right' }, { key: 'process_path', title: 'path' }])
  },
})

function isPid(text: string): boolean {
  return /^\d{1,10}$/.test(text)
}

/** Of several, the ones that aren't there become items that fail, beside the others. */
function selectKnown(session: RemoteSession, all: Row[], wanted: string[], tree: boolean, ifName: string | undefined): Row[] {
  return wanted.flatMap(text => {
    try {
      return select(session, all, [text], tree, ifName)
    } catch (error) {
      return [{ process_pid: isPid(text) ? Number(text) : text, process_path: null, error }]
    }
  })
}

/** The processes that are meant, children before their parents so that none is orphaned meanwhile. */
function select(session: RemoteSession, all: Row[], wanted: string[], tree: boolean, ifName: string | undefined): Row[] {
  const chosen = wanted.flatMap(text => {
    const found = isPid(text) ? all.filter(row => row['process_pid'] === Number(text)) : all.filter(row => programName(row).toLowerCase() === text.toLowerCase())
    if (found.length === 0) throw noProcess(session, text)
    return found
  })
  for (const row of chosen) {
    if (ifName !== undefined && programName(row).toLowerCase() !== ifName.toLowerCase()) {
      throw new CbcError('refused', `kill ${String(row['process_pid'])}: is ${programName(row)}, not ${ifName}`, { device_id: session.device.id })
    }
  }
  const victims = new Set<Row>()
  const add = (row: Row, above: Set<Row>) => {
    if (victims.has(row) || above.has(row)) return
    if (tree) for (const child of all) if (child['parent_pid'] === row['process_pid'] && child !== row) add(child, new Set([...above, row]))
    victims.add(row)
  }
  for (const row of chosen) add(row, new Set())
  return [...victims]
}
