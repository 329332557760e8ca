import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { fileName, programPaths } from '../../remote/process-names.ts'
import { processes } from '../../remote/processes.ts'
import { any, defineVerb, flag, value, type Context } from '../define.ts'
import { encodedCommand } from './encoded-command.ts'
import { findProcesses } from './find-processes.ts'
import { processTree, type ProcessTree } from './process-tree.ts'
import { suspicionOf } from './suspicion.ts'

const PATH: Column = { key: 'process_path', title: 'path', flexible: 'middle' }
const COLUMNS: Column[] = [
  { key: 'process_pid', title: 'pid', align: 'right' },
  { key: 'parent_pid', title: 'ppid', align: 'right', priority: 1 },
  {
    key: 'process_username',
    title: 'user',
    flexible: true,
    priority: 3,
    shorter: row => withoutDomain(String(row['process_username'] ?? '')),
  },
  { key: 'process_create_time', title: 'started', kind: 'time', priority: 2 },
  PATH,
  { key: 'process_cmdline', title: 'command line', evidence: true },
]
/** Shown beneath the command line in a table. */
const DECODED: Column = { key: 'decoded_command', title: 'decoded command', beneath: 'process_cmdline', evidence: true }

const ORDERS: Record<string, (row: Row) => number | string> = {
  pid: row => Number(row['process_pid'] ?? 0),
  ppid: row => Number(row['parent_pid'] ?? 0),
  user: row => String(row['process_username'] ?? '').toLowerCase(),
  started: row => parseTime(row['process_create_time']) ?? 0,
  path: row => String(row['process_path'] ?? '').toLowerCase(),
}

export const ps = defineVerb({
  name: 'ps',
  summary: 'list processes',
  details:
    'With --tree, the ancestors of matching processes are shown too. On Windows, the tree marks suspicious processes with !: a system program name outside the system folders, or an unusual parent. ' +
    "--decode shows the script behind PowerShell's -EncodedCommand, in JSON as decoded_command.",
  examples: [
    { line: 'ps', does: 'all processes' },
    { line: 'ps 9380 --tree', does: 'one process with its ancestors and descendants' },
    { line: 'ps --tree --decode', does: 'each process below its parent, with decoded commands' },
    { line: 'ps --filter chrome --sort started', does: 'processes with this text in path or command line, the latest last' },
  ],
  effect: 'read',
  fields: fieldsOf([...COLUMNS, DECODED], 'parent_create_time', 'sid', 'depth', 'proc_guid', 'parent_guid'),
  needs: ['process list'],
  // A pid is used again after its process has ended.
  identity: {
    key: ['process_pid', 'process_create_time'],
    ignored: ['depth'],
    across: { key: ['process_path', 'process_cmdline', 'process_username'], fields: [] },
  },
  arguments: { process: any('pid', 'pids or program names; default: all') },
  options: {
    tree: flag('-t, --tree', 'show each process below its parent'),
    decode: flag('--decode', 'decode the scripts of -EncodedCommand'),
    filter: value('--filter <text>', 'only processes with this text in path or command line'),
    user: value('--user <text>', 'only processes whose user name contains this text', { kind: 'user' }),
    sort: value('--sort <order>', `sort by ${Object.keys(ORDERS).join(', ')}`, { parse: parseOrder, choices: Object.keys(ORDERS) }),
  },
  async run({ process, tree, decode, filter, user, sort }, context) {
    const { session, signal } = context
    const listed = await processes(session, { signal })
    const all = sort === undefined ? listed : [...listed].sort((a, b) => compare(sort(a), sort(b)))
    const { meant, missing } = await meantBy(process, all, context)
    const fits = (row: Row) =>
      (process.length === 0 || meant.has(row)) && has(row, filter, 'process_path', 'process_cmdline') && has(row, user, 'process_username')
    const partly = process.length > 0 || filter !== undefined || user !== undefined
    const family = tree ? processTree(all, partly ? fits : undefined, process.length > 0) : undefined
    const rows = family?.rows ?? all.filter(fits)
    if (decode) for (const row of rows) decodeIn(row)
    return list([...rows, ...missing], columnsFor(family, decode, session.paths.windows), partly ? 'no processes match' : 'no processes')
  },
})

/** Returns the columns of a list, or of a tree with its branches and marks. */
function columnsFor(family: ProcessTree | undefined, decode: boolean, windows: boolean): Column[] {
  const path: Column = { ...PATH, shorter: row => fileName(programPaths(row, windows)[0] ?? '', windows) }
  const decoded = decode ? [DECODED] : []
  if (family === undefined) return [...COLUMNS.map(column => (column === PATH ? path : column)), ...decoded]
  const odd = (row: Row) => (windows ? suspicionOf(row, family.parent(row)) : undefined)
  const drawn: Column = { ...path, lead: family.branches, mark: row => (odd(row) === undefined ? undefined : 'odd') }
  const suspicion: Column = { key: 'suspicion', only: 'table', beneath: 'process_cmdline', text: row => odd(row) ?? '', mark: () => 'odd' }
  return [...COLUMNS.map(column => (column === PATH ? drawn : column)), ...decoded, suspicion]
}

/**
 * Returns the processes that match pids and names. With several of them, one that matches nothing is a row with its error.
 * @throws CbcError not_found: the only pid or name matches nothing
 */
async function meantBy(
  process: readonly string[],
  all: readonly Row[],
  { session, signal }: Context,
): Promise<{ meant: Set<Row>; missing: Row[] }> {
  const meant = new Set<Row>()
  const missing: Row[] = []
  for (const text of new Set(process)) {
    try {
      for (const row of await findProcesses(session, all, text, 'ps', signal)) meant.add(row)
    } catch (error) {
      if (process.length === 1 || !(error instanceof CbcError) || error.code === 'interrupted') throw error
      missing.push({ process_pid: text, error })
    }
  }
  return { meant, missing }
}

function has(row: Row, text: string | undefined, ...keys: string[]): boolean {
  return (
    text === undefined ||
    keys.some(key =>
      String(row[key] ?? '')
        .toLowerCase()
        .includes(text.toLowerCase()),
    )
  )
}

/** Adds the script of an encoded command to its process. */
function decodeIn(row: Row): void {
  const script = encodedCommand(String(row['process_cmdline'] ?? ''))
  if (script !== undefined) row['decoded_command'] = script
}

/** Removes the domain from a Windows user: `CORP\\j.moreau` becomes `j.moreau`. */
function withoutDomain(user: string): string {
  return user.slice(user.lastIndexOf('\\') + 1)
}

function parseOrder(text: string): (row: Row) => number | string {
  const order = ORDERS[text]
  if (order === undefined) throw usage(`--sort: "${text}" is not a sort order`, `use ${Object.keys(ORDERS).join(', ')}`)
  return order
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
