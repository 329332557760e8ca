import { usage } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { byParent, processes } from '../../remote/processes.ts'
import { defineVerb, flag, value } from '../define.ts'

/** Levels that are drawn as such: beyond them a path would not be seen any more. */
const DEEPEST = 40

const COLUMNS: Column[] = [
  { key: 'process_pid', title: 'pid', align: 'right' },
  { key: 'parent_pid', title: 'ppid', align: 'right' },
  { key: 'process_username', title: 'user' },
  { key: 'process_create_time', title: 'started' },
  { key: 'process_path', title: 'path', text: row => '  '.repeat(Math.min(Number(row['depth'] ?? 0), DEEPEST)) + String(row['process_path'] ?? '') },
  { key: 'process_cmdline', title: 'command line', flexible: true },
]

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
  examples: [
    { line: 'ps', does: 'all of them' },
    { line: 'ps --tree', does: 'each below its parent' },
    { line: 'ps --filter chrome --sort started', does: 'those with the text in path or command line, the youngest last' },
  ],
  effect: 'read',
  fields: fieldsOf(COLUMNS, 'parent_create_time', 'sid', 'depth', 'proc_guid', 'parent_guid'),
  needs: ['process list'],
  arguments: {},
  options: {
    tree: flag('-t, --tree', 'each below its parent'),
    filter: value('--filter <text>', 'only those with the text in path or command line'),
    user: value('--user <text>', 'only those whose user holds the text'),
    sort: value('--sort <order>', `by ${Object.keys(ORDERS).join(', ')}`, { parse: parseOrder, choices: Object.keys(ORDERS) }),
  },
  async run({ tree, filter, user, sort }, { session, signal }) {
    const has = (value: unknown, text: string) => String(value ?? '').toLowerCase().includes(text.toLowerCase())
    let rows = await processes(session, { signal })
    if (sort !== undefined) rows = [...rows].sort((a, b) => compare(sort(a), sort(b)))
    if (tree) rows = asTree(rows)
    if (filter !== undefined) rows = rows.filter(row => has(row['process_path'], filter) || has(row['process_cmdline'], filter))
    if (user !== undefined) rows = rows.filter(row => has(row['process_username'], user))
    return list(rows, COLUMNS)
  },
})

function parseOrder(text: string): (row: Row) => number | string {
  const order = ORDERS[text]
  if (order === undefined) throw usage(`--sort: "${text}" is no order`, `use ${Object.keys(ORDERS).join(', ')}`)
  return order
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Children right after their parent, with `depth`. */
function asTree(rows: Row[]): Row[] {
  const children = byParent(rows)
  const depths = new Map<Row, number>()
  const visit = (from: Row[]) => {
    const stack = from.map(row => ({ row, depth: 0 })).reverse()
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { row, depth } = next
      if (depths.has(row)) continue
      depths.set(row, depth)
      for (const child of [...children.get(row) ?? []].reverse()) stack.push({ row: child, depth: depth + 1 })
    }
  }
  visit(children.get(undefined) ?? [])
  // Equal times can close a circle that has no root; nothing is left out for that.
  for (const row of rows) visit([row])
  return [...depths].map(([row, depth]) => ({ ...row, depth }))
}
