import { encodeOutput } from '../../core/text/program-output.ts'
import { execute } from '../../remote/exec.ts'
import { fileName } from '../../remote/process-names.ts'
import type { Context } from '../define.ts'
import { readingOf } from '../process/output.ts'
import { commandFacts, withFolders } from './commands.ts'
import type { Gathered, Item } from './item.ts'
import { looking } from './places.ts'
import { valuesIn } from './registry-output.ts'
import { linesOf } from './text.ts'
import { WMI_SCRIPT, wmiItems } from './wmi.ts'

const SERVICES = 'HKLM\\SYSTEM\\CurrentControlSet\\Services'
const OPTIONS = 'Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options'
/** Values by which another program starts in place of one, or after it. */
const HIJACKS = [
  [`HKLM\\SOFTWARE\\${OPTIONS}`, 'Debugger'],
  [`HKLM\\SOFTWARE\\WOW6432Node\\${OPTIONS}`, 'Debugger'],
  ['HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SilentProcessExit', 'MonitorProcess'],
] as const
const MARK = '--cbc--'
/** One program of the endpoint for all of it: each costs several commands. */
const WINDOWS = `cmd.exe /c ${[
  `reg query ${SERVICES} /s /v ImagePath`,
  'netstat -ano',
  'quser',
  HIJACKS.map(([key, value]) => `reg query "${key}" /s /v ${value}`).join(' & '),
  `powershell.exe -NoProfile -NonInteractive -Command "${WMI_SCRIPT}"`,
].join(` & echo ${MARK} & `)}`
const MACOS = `/bin/sh -c 'echo ${MARK}; /usr/sbin/lsof -nP -iTCP -sTCP:ESTABLISHED; echo ${MARK}; who'`
const LINUX = `/bin/sh -c 'echo ${MARK}; (ss -tunap || netstat -tunap) 2>/dev/null; echo ${MARK}; who'`

/** What these programs are asked about, for people. */
export const ASKED = {
  windows: 'services, connections, users, hijacked programs and WMI event subscriptions',
  linux: 'connections and users',
  macos: 'connections and users',
} as const
type System = keyof typeof ASKED
const PROGRAMS: Readonly<Record<System, string>> = { windows: WINDOWS, linux: LINUX, macos: MACOS }
/** The pid in a line of what shows connections: of netstat, of ss or netstat, of lsof. */
const PID: Readonly<Record<System, RegExp>> = { windows: /\s(\d+)$/, linux: /pid=(\d+)|\s(\d+)\//, macos: /^\S+\s+(\d+)\s/ }

/** Somebody who is logged on, as the endpoint says it. */
export interface Programs {
  items: Item[]
  users: string[]
}

/**
 * Asks the endpoint's own programs for what Live Response has no command for, or only one for each of hundreds of keys.
 * @param system of the endpoint
 * @param processes to whom connections belong
 */
export async function programItems(
  context: Context,
  system: System,
  processes: readonly Item[],
  missed: Gathered['missed'],
): Promise<Programs> {
  const { session, signal, progress, timeoutMs } = context
  const { windows } = session.paths
  const text = await looking(ASKED[system], missed, signal, async () => {
    const { output } = await execute(session, PROGRAMS[system], {}, { signal, progress, timeoutMs })
    return (await encodeOutput(output, readingOf(undefined, context))).text
  })
  if (text === undefined) return { items: [], users: [] }
  const [services = '', connections = '', users = '', hijacks = '', wmi = ''] = text.split(MARK)
  const byPid = new Map(processes.map(item => [item.pid, item]))
  return {
    items: [
      ...(windows ? [...servicesIn(services), ...hijacksIn(hijacks), ...wmiItems(wmi, missed)] : []),
      ...linesOf(connections).flatMap(line => connectionIn(line, byPid, system) ?? []),
    ],
    users: linesOf(users)
      .filter(line => !/^(?:USERNAME\s|No User exists)/i.test(line))
      .map(line => line.replace(/\s{2,}/g, '  ')),
  }
}

function servicesIn(text: string): Item[] {
  return valuesIn(text, 'ImagePath').flatMap(({ key, data: image }) => {
    // Drivers are no programs that a process list would show.
    if (/\.sys\b/i.test(image)) return []
    const name = key.slice(key.lastIndexOf('\\') + 1)
    const { facts, ...command } = commandFacts(withFolders(image), true)
    return [
      {
        kind: 'service',
        subject: `the service ${name}`,
        key: `${SERVICES}\\${name}`,
        value: 'ImagePath',
        ...command,
        facts: { ...facts, service: name },
      },
    ]
  })
}

function hijacksIn(text: string): Item[] {
  return ['Debugger', 'MonitorProcess'].flatMap(value =>
    valuesIn(text, value).map(({ key: long, data }): Item => {
      const key = long.replace(/^HKEY_LOCAL_MACHINE/i, 'HKLM')
      const { facts, ...command } = commandFacts(withFolders(data), true)
      const target = key.slice(key.lastIndexOf('\\') + 1)
      return { kind: 'autostart', subject: `the value ${value} of ${key}`, key, value, ...command, facts: { ...facts, key, value, target } }
    }),
  )
}

/** Reads a line of netstat, ss or lsof: two addresses, a state, and the pid where it stands. */
function connectionIn(line: string, processes: ReadonlyMap<number | undefined, Item>, system: System): Item | undefined {
  const addresses = [...line.replace('->', ' ').matchAll(/\S+:(?:\d+|\*)(?=\s|$)/g)].map(([address]) => address)
  const [local, remote] = addresses
  const pid = Number(
    PID[system]
      .exec(line)
      ?.slice(1)
      .find(text => text !== undefined),
  )
  if (local === undefined || remote === undefined || !/ESTAB/i.test(line) || !isElsewhere(remote)) return undefined
  const owner = processes.get(pid)
  const name = owner?.path === undefined ? 'a process' : fileName(owner.path, system === 'windows')
  return {
    kind: 'connection',
    subject: `the connection of ${name} to ${remote}`,
    ...(Number.isInteger(pid) ? { pid } : {}),
    ...(owner?.path === undefined ? {} : { path: owner.path }),
    value: remote,
    facts: { local, remote, name, path: owner?.path ?? '' },
  }
}

/** Whether an address is not of this machine. */
function isElsewhere(address: string): boolean {
  return !/^(?:127\.|0\.0\.0\.0|\[?::1?\]?:|\*)/.test(address)
}
