import { collect, readBody } from '../fs/body.ts'
import { isDirectory } from '../fs/node.ts'
import type { Program, Run } from '../processes/run.ts'
import type { View } from '../machine.ts'
import { SERVICES } from '../seed/names.ts'
import { fit, lines } from './format.ts'

const TASKS = 'C:\\Windows\\System32\\Tasks'

export interface Service {
  name: string
  display: string
  /** The process that it runs in; undefined when it is stopped. */
  pid: number | undefined
  /** Whether it has its own executable. */
  own: boolean
  command: string
  account: string
}

const KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services'
/** The types of services that have a program of their own, or share one; the others are drivers. */
const OWN_PROCESS = '16'
const SHARED_PROCESS = '32'

/** Returns the services in the registry: those of Windows, then others. A service runs while its process does. */
export function listServices({ processes, registry }: View): Service[] {
  const running = processes.list()
  const known = new Set(SERVICES.map(([name]) => name.toLowerCase()))
  const others = registry.enumerate(KEY).subKeys.filter(name => !known.has(name.toLowerCase()))
  return [...SERVICES.map(([name]) => name), ...others].flatMap(name => {
    const key = `${KEY}\\${name}`
    if (!registry.exists(key)) return []
    const textOf = (value: string) => String(registry.value(key, value)?.data ?? '')
    const type = textOf('Type')
    if (type !== OWN_PROCESS && type !== SHARED_PROCESS) return []
    const pid = running.find(process => process.services?.includes(name))?.pid
    const [command, account] = [textOf('ImagePath'), textOf('ObjectName')]
    return [{ name, display: textOf('DisplayName'), pid, own: type === OWN_PROCESS, command, account }]
  })
}

/** sc query|queryex|qc [service]. */
export const sc: Program = async run => {
  const [verb = 'query', ...rest] = run.args.map(arg => arg.toLowerCase())
  const wanted = rest.find(arg => !/=$|^(all|service|driver|active|inactive)$/.test(arg))
  if (!['query', 'queryex', 'qc'].includes(verb)) {
    run.print(
      lines(
        '',
        '*** Unrecognized Command ***',
        '',
        'DESCRIPTION:',
        '        SC is a command line program used for communicating with the',
        '        Service Control Manager and services.',
      ),
    )
    return 1639
  }
  const services = await run.machine.look(listServices)
  const shown = services
    .filter(({ name }) => wanted === undefined || name.toLowerCase() === wanted)
    .flatMap(({ name, display, pid, own, command }) => {
      const type = own ? '10  WIN32_OWN_PROCESS  ' : '30  WIN32  '
      const row = (title: string, value: string) => `        ${title.padEnd(18)} : ${value}`
      const text =
        verb === 'qc'
          ? lines(
              '',
              `SERVICE_NAME: ${name}`,
              row('TYPE', type),
              row('START_TYPE', '2   AUTO_START'),
              row('BINARY_PATH_NAME', command),
              row('DISPLAY_NAME', display),
            )
          : lines(
              '',
              `SERVICE_NAME: ${name}`,
              `DISPLAY_NAME: ${display}`,
              row('TYPE', type),
              row('STATE', pid === undefined ? '1  STOPPED ' : '4  RUNNING '),
              row('WIN32_EXIT_CODE', '0  (0x0)'),
              ...(verb === 'queryex' ? [row('PID', String(pid ?? 0))] : []),
            )
      return wanted !== undefined || pid !== undefined || verb === 'qc' || rest.includes('all') ? [text] : []
    })
  if (wanted !== undefined && shown.length === 0) {
    run.print('[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\nThe specified service does not exist as an installed service.\n\n')
    return 1060
  }
  run.print(shown.join(''))
  return 0
}

export interface Task {
  /** `\` and the task's folders. */
  folder: string
  name: string
  xml: string
}

/** schtasks /query [/tn NAME] [/v] [/fo table|list|csv] [/xml]: shows the tasks in the files below System32\Tasks. */
export const schtasks: Program = async run => {
  const lower = run.args.map(arg => arg.toLowerCase())
  const after = (name: string) => run.args[lower.indexOf(name) + 1] ?? ''
  if (lower.length > 0 && lower[0] !== '/query') {
    run.complain(`ERROR: Invalid argument/option - '${run.args[0] ?? ''}'.\nType "SCHTASKS /?" for usage.\n`)
    return 1
  }
  const wanted = lower.includes('/tn') ? after('/tn').toLowerCase().replace(/^\\?/, '\\') : undefined
  const tasks = (await readTasks(run)).filter(({ folder, name }) => wanted === undefined || `${folder}${name}`.toLowerCase() === wanted)
  if (tasks.length === 0) {
    run.complain('ERROR: The system cannot find the file specified.\n')
    return 1
  }
  const format = lower.includes('/fo') ? after('/fo').toLowerCase() : 'table'
  if (lower.includes('/xml')) run.print(tasks.map(({ xml }) => xml).join('\n'))
  else if (format === 'table') run.print(table(tasks))
  else run.print(format === 'csv' ? csv(run, tasks, lower.includes('/v')) : list(run, tasks, lower.includes('/v')))
  return 0
}

/** Returns the tasks in the files below System32\\Tasks. */
export async function readTasks(run: Run): Promise<Task[]> {
  const { machine } = run
  const found = await machine.look(({ files }) => {
    const visit = (directory: string, folder: string): Omit<Task & { path: string }, 'xml'>[] =>
      files
        .children(files.find(directory))
        .flatMap(({ path, place: { node } }) =>
          isDirectory(node) ? visit(path, `${folder}${node.name}\\`) : [{ folder, name: node.name, path }],
        )
    return visit(TASKS, '\\').sort((a, b) => (a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0))
  })
  return Promise.all(
    found.map(async ({ folder, name, path }) => {
      const bytes = await collect(readBody(machine.blobs, await machine.look(({ files }) => files.read(path))))
      return { folder, name, xml: bytes[0] === 0xff ? bytes.toString('utf16le', 2) : bytes.toString('utf8') }
    }),
  )
}

/** Returns the text of an element in a task's file. */
export const element = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? 'N/A'

function table(tasks: Task[]): string {
  let folder = ''
  return tasks
    .map(task => {
      const titles = [`${fit('TaskName', 40)} ${fit('Next Run Time', 22)} Status`, `${'='.repeat(40)} ${'='.repeat(22)} ${'='.repeat(15)}`]
      const head = task.folder === folder ? '' : lines('', `Folder: ${task.folder.replace(/(?<=.)\\$/, '')}`, ...titles)
      folder = task.folder
      return `${head}${fit(task.name, 40)} ${fit('N/A', 22)} Ready\n`
    })
    .join('')
}

function facts(run: Run, { folder, name, xml }: Task, verbose: boolean): [string, string][] {
  const brief: [string, string][] = [
    ['HostName', run.machine.seed.profile.name],
    ['TaskName', folder + name],
    ['Next Run Time', 'N/A'],
    ['Status', 'Ready'],
    ['Logon Mode', 'Interactive/Background'],
  ]
  if (!verbose) return brief
  const line = element(xml, 'Arguments')
  return [
    ...brief,
    ['Author', element(xml, 'Author')],
    ['Task To Run', `${element(xml, 'Command')}${line === 'N/A' ? '' : ` ${line}`}`],
    ['Start Time', element(xml, 'StartBoundary')],
    ['Run As User', element(xml, 'UserId') === 'S-1-5-18' ? 'SYSTEM' : element(xml, 'UserId')],
    ['Repeat: Every', element(xml, 'Interval')],
    ['Hidden', element(xml, 'Hidden')],
  ]
}

function list(run: Run, tasks: Task[], verbose: boolean): string {
  return tasks
    .map(
      task =>
        `\n${facts(run, task, verbose)
          .map(([title, value]) => `${`${title}:`.padEnd(38)}${value}\n`)
          .join('')}`,
    )
    .join('')
}

function csv(run: Run, tasks: Task[], verbose: boolean): string {
  const rows = tasks.map(task => facts(run, task, verbose))
  const quote = (cells: string[]) => `${cells.map(cell => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`
  return quote((rows[0] ?? []).map(([title]) => title)) + rows.map(row => quote(row.map(([, value]) => value))).join('')
}
