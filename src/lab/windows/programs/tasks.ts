import { imageName, type Process } from '../processes/table.ts'
import { isWin32 } from '../win32.ts'
import { fit, grouped } from './format.ts'
import type { Program } from '../processes/run.ts'

type Row = Record<string, string>

/** tasklist with /v, /svc, /fo table|csv|list, /nh and /fi "NAME eq VALUE". */
export const tasklist: Program = async run => {
  const lower = run.args.map(arg => arg.toLowerCase())
  const after = (name: string) => run.args.filter((_, at) => lower[at - 1] === name)
  const format = after('/fo')[0]?.toLowerCase() ?? 'table'
  const wrong = run.args.find(
    (arg, at) => !['/v', '/svc', '/fo', '/nh', '/fi'].includes(arg.toLowerCase()) && !['/fo', '/fi'].includes(lower[at - 1] ?? ''),
  )
  if (wrong !== undefined || !['table', 'csv', 'list'].includes(format)) {
    run.complain(`ERROR: Invalid argument/option - '${wrong ?? format}'.\nType "TASKLIST /?" for usage.\n`)
    return 1
  }
  const filters = after('/fi').map(filter)
  if (filters.includes(undefined)) {
    run.complain('ERROR: The search filter cannot be recognized.\n')
    return 1
  }
  const shown = (await run.machine.look(({ processes }) => processes.list())).filter(process =>
    filters.every(matches => matches?.(process)),
  )
  if (shown.length === 0) {
    run.print('INFO: No tasks are running which match the specified criteria.\n')
    return 0
  }
  const rows = shown.map(process => (lower.includes('/svc') ? services(process) : lower.includes('/v') ? verbose(process) : plain(process)))
  run.print(render(rows, format, lower.includes('/nh')))
  return 0
}

const plain = (process: Process): Row => ({
  'Image Name': imageName(process.path),
  PID: String(process.pid),
  'Session Name': process.session === 0 ? 'Services' : 'Console',
  'Session#': String(process.session),
  'Mem Usage': `${grouped(process.memory)} K`,
})
const verbose = (process: Process): Row => ({
  ...plain(process),
  Status: 'Unknown',
  'User Name': process.user,
  'CPU Time': '0:00:00',
  'Window Title': 'N/A',
})
const services = ({ path, pid, services: names }: Process): Row => ({
  'Image Name': imageName(path),
  PID: String(pid),
  Services: names?.join(', ') ?? 'N/A',
})

const WIDTHS: Record<string, number> = {
  'Image Name': 25,
  PID: 8,
  'Session Name': 16,
  'Session#': 11,
  'Mem Usage': 12,
  Status: 15,
  'User Name': 50,
  'CPU Time': 12,
  'Window Title': 72,
  Services: 44,
}
const RIGHT = new Set(['PID', 'Session#', 'Mem Usage', 'CPU Time'])

function render(rows: Row[], format: string, headless: boolean): string {
  const titles = Object.keys(rows[0] ?? {})
  if (format === 'csv')
    return [...(headless ? [] : [titles]), ...rows.map(row => titles.map(title => row[title] ?? ''))]
      .map(cells => `${cells.map(cell => `"${cell}"`).join(',')}\n`)
      .join('')
  if (format === 'list')
    return rows.map(row => `\n${titles.map(title => `${`${title}:`.padEnd(14)}${row[title] ?? ''}\n`).join('')}`).join('')
  const width = (title: string) => WIDTHS[title] ?? 12
  // The last column is as wide as its contents, so that a list of services isn't cut.
  const column = (text: string, title: string) =>
    RIGHT.has(title) ? text.padStart(width(title)) : title === titles.at(-1) ? text : fit(text, width(title))
  const line = (cell: (title: string) => string) =>
    `${titles
      .map(title => column(cell(title), title))
      .join(' ')
      .trimEnd()}\n`
  const head = line(title => title) + line(title => '='.repeat(width(title)))
  return `\n${headless ? '' : head}${rows.map(row => line(title => row[title] ?? '')).join('')}`
}

/** `IMAGENAME eq chrome.exe`, `PID gt 1000`, `USERNAME eq …`, `SESSION eq 0`; values may end in `*`. */
function filter(text: string): ((process: Process) => boolean) | undefined {
  const [, name = '', operator = '', wanted = ''] = /^\s*(\w+)\s+(eq|ne|gt|lt|ge|le)\s+(.*?)\s*$/i.exec(text) ?? []
  const facts: Record<string, (process: Process) => string | number> = {
    IMAGENAME: ({ path }) => imageName(path),
    PID: ({ pid }) => pid,
    USERNAME: ({ user }) => user,
    SESSION: ({ session }) => session,
    MEMUSAGE: ({ memory }) => memory,
  }
  const fact = facts[name.toUpperCase()]
  return (
    fact &&
    (process => {
      const value = fact(process)
      const order = typeof value === 'number' ? value - Number(wanted) : same(value, wanted) ? 0 : 1
      return (
        { eq: order === 0, ne: order !== 0, gt: order > 0, lt: order < 0, ge: order >= 0, le: order <= 0 }[operator.toLowerCase()] ?? false
      )
    })
  )
}

function same(value: string, wanted: string): boolean {
  const [text, pattern] = [value.toLowerCase(), wanted.toLowerCase()]
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}

/** taskkill with /pid, /im (also `name*`), /f and /t. */
export const taskkill: Program = async run => {
  const values = (name: string) => run.args.filter((_, at) => run.args[at - 1]?.toLowerCase() === name)
  const has = (name: string) => run.args.some(arg => arg.toLowerCase() === name)
  const pids = values('/pid').map(Number)
  const names = values('/im')
  if (pids.length + names.length === 0) {
    run.complain('ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\nType "TASKKILL /?" for usage.\n')
    return 1
  }
  const { out, err, code } = await run.machine.change(({ processes }) => {
    const result = { out: '', err: '', code: 0 }
    const all = processes.list()
    const targets = [
      ...pids.map(pid => [String(pid), all.filter(process => process.pid === pid)] as const),
      ...names.map(name => [name, all.filter(({ path }) => same(imageName(path), name))] as const),
    ]
    for (const [wanted, found] of targets) {
      if (found.length === 0) Object.assign(result, { err: `${result.err}ERROR: The process "${wanted}" not found.\n`, code: 128 })
      for (const process of found.flatMap(one => (has('/t') ? [...descendants(all, one), one] : [one]))) {
        if (processes.find(process.pid) === undefined) continue
        try {
          processes.kill(process.pid)
          result.out += `SUCCESS: The process ${names.length > 0 ? `"${imageName(process.path)}" ` : ''}with PID ${process.pid} has been terminated.\n`
        } catch (error) {
          if (!isWin32(error)) throw error
          Object.assign(result, {
            err: `${result.err}ERROR: The process "${imageName(process.path)}" with PID ${process.pid} could not be terminated.\nReason: ${error.message}\n`,
            code: 1,
          })
        }
      }
    }
    return result
  })
  run.print(out)
  run.complain(err)
  return code
}

function descendants(all: Process[], parent: Process): Process[] {
  return all
    .filter(({ ppid, started }) => ppid === parent.pid && started >= parent.started)
    .flatMap(child => [...descendants(all, child), child])
}
