import { encodeOutput } from '../../core/text/program-output.ts'
import { execute } from '../../remote/exec.ts'
import { fileName } from '../../remote/process-names.ts'
import type { Context } from '../define.ts'
import { readingOf } from '../process/output.ts'
import { commandFacts, withFolders } from './commands.ts'
import type { Gathered, Item } from './item.ts'
import { looking } from './places.ts'

const SERVICES = 'HKLM\\SYSTEM\\CurrentControlSet\\Services'
const MARK = '--cbc--'
/** One program of the endpoint for all of it: each costs several commands. */
const WINDOWS = `cmd.exe /c reg query ${SERVICES} /s /v ImagePath & echo ${MARK} & netstat -ano & echo ${MARK} & quser`
const LINUX = `/bin/sh -c 'echo ${MARK}; (ss -tunap || netstat -tunap) 2>/dev/null; echo ${MARK}; who'`

/** Somebody who is logged on, as the endpoint says it. */
export interface Programs {
  items: Item[]
  users: string[]
}

/**
 * Asks the endpoint's own programs for what Live Response has no command for: services, connections, who is logged on.
 * @param processes to whom connections belong
 */
export async function programItems(context: Context, processes: readonly Item[], missed: Gathered['missed']): Promise<Programs> {
  const { session, signal, progress, timeoutMs } = context
  const { windows } = session.paths
  const text = await looking('services, connections and users', missed, signal, async () => {
    const { output } = await execute(session, windows ? WINDOWS : LINUX, {}, { signal, progress, timeoutMs })
    return (await encodeOutput(output, readingOf(undefined, context))).text
  })
  const [services = '', connections = '', users = ''] = (text ?? '').split(MARK)
  const byPid = new Map(processes.map(item => [item.pid, item]))
  return {
    items: [...(windows ? servicesIn(services) : []), ...linesOf(connections).flatMap(line => connectionIn(line, byPid, windows) ?? [])],
    users: linesOf(users)
      .filter(line => !/^(?:USERNAME\s|No User exists)/i.test(line))
      .map(line => line.replace(/\s{2,}/g, '  ')),
  }
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** Reads the output of reg.exe: a key, and below it its value. */
function servicesIn(text: string): Item[] {
  const items: Item[] = []
  let key = ''
  for (const line of linesOf(text)) {
    if (/^HKEY_/i.test(line)) key = line
    const [, image] = /^ImagePath\s+REG_\w+\s+(.+)$/i.exec(line) ?? []
    // Drivers are no programs that a process list would show.
    if (image === undefined || /\.sys\b/i.test(image)) continue
    const name = key.slice(key.lastIndexOf('\\') + 1)
    const { facts, ...command } = commandFacts(withFolders(image), true)
    items.push({
      kind: 'service',
      subject: `the service ${name}`,
      key: `${SERVICES}\\${name}`,
      value: 'ImagePath',
      ...command,
      facts: { ...facts, service: name },
    })
  }
  return items
}

/** Reads a line of netstat or ss: the protocol, two addresses, a state, and the pid where it stands. */
function connectionIn(line: string, processes: ReadonlyMap<number | undefined, Item>, windows: boolean): Item | undefined {
  const addresses = [...line.matchAll(/\S+:(?:\d+|\*)(?=\s|$)/g)].map(([address]) => address)
  const [local, remote] = addresses
  const pid = Number(
    (windows ? /\s(\d+)$/ : /pid=(\d+)|\s(\d+)\//)
      .exec(line)
      ?.slice(1)
      .find(text => text !== undefined),
  )
  if (local === undefined || remote === undefined || !/ESTAB/i.test(line) || !isElsewhere(remote)) return undefined
  const owner = processes.get(pid)
  const name = owner?.path === undefined ? 'a process' : fileName(owner.path, windows)
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
