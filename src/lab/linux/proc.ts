import { lstat, readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessEntry } from '../endpoint.ts'
import type { Identity, Processes } from './processes.ts'
import { nameOf } from './names.ts'
import { joinWords } from './words.ts'

/** Clock ticks per second in /proc (`USER_HZ`): 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** The fields of proc(5)'s `stat` that are needed here. */
interface Stat {
  comm: string
  state: string
  parent: number
  group: number
  /** Ticks from the machine's boot to the start of the process. */
  ticks: number
}

/**
 * Returns the processes of this machine, read from /proc.
 * @param root where proc(5) is mounted.
 * @param users host path of the file with the user names (`/etc/passwd`).
 */
export function procProcesses(root: string, users: string): Processes {
  const read = (...path: string[]): Promise<string | undefined> => text(join(root, ...path))
  const stat = async (pid: number): Promise<Stat | undefined> => parseStat(await read(`${pid}`, 'stat'))

  /** Reads one process; undefined when it ended meanwhile. For some, this user may see only that they exist. */
  async function readProcess(pid: number, booted: number, names: Map<string, string>): Promise<ProcessEntry | undefined> {
    const folder = join(root, `${pid}`)
    const [seen, status, cmdline, exe, there] = await Promise.all([
      stat(pid),
      read(`${pid}`, 'status'),
      read(`${pid}`, 'cmdline'),
      readlink(join(folder, 'exe'), { encoding: 'buffer' }).then(nameOf, () => undefined),
      lstat(folder).catch(() => undefined),
    ])
    if (there === undefined) return undefined
    const uid = /^Uid:\s+(\d+)/m.exec(status ?? '')?.[1] ?? `${there.uid}`
    return {
      process_pid: pid,
      process_path: exe ?? (seen === undefined ? '' : `[${seen.comm}]`),
      process_cmdline: cmdline ? joinWords(cmdline.replace(/\0$/, '').split('\0')) : '',
      process_username: names.get(uid) ?? uid,
      parent_pid: seen?.parent ?? 0,
      sid: '',
      process_create_time: seen === undefined ? 0 : booted + Math.floor(seen.ticks / TICKS_PER_SECOND),
      parent_create_time: 0,
    }
  }

  return {
    async list() {
      const pids = (await readdir(root))
        .filter(name => /^\d+$/.test(name))
        .map(Number)
        .sort((a, b) => a - b)
      const booted = Number(/^btime (\d+)/m.exec((await read('stat')) ?? '')?.[1] ?? 0)
      const names = userNames((await text(users)) ?? '')
      const entries = (await Promise.all(pids.map(pid => readProcess(pid, booted, names)))).filter(entry => entry !== undefined)
      const created = new Map(entries.map(entry => [entry.process_pid, entry.process_create_time]))
      return entries.map(entry => ({ ...entry, parent_create_time: created.get(entry.parent_pid) ?? 0 }))
    },

    async identify(pid): Promise<Identity | undefined> {
      const seen = await stat(pid)
      if (seen === undefined) return undefined
      // Ticks count from the machine's boot, so they identify a process only together with the boot.
      const boot = ((await read('sys', 'kernel', 'random', 'boot_id')) ?? '').trim()
      return { pid, started: `${boot}/${seen.ticks}`, group: seen.group, ended: 'ZX'.includes(seen.state) }
    },

    async variable(pid, name) {
      const start = `${name}=`
      return (await read(`${pid}`, 'environ'))
        ?.split('\0')
        .find(pair => pair.startsWith(start))
        ?.slice(start.length)
    },
  }
}

/** Returns the text of a file; undefined when it doesn't exist or can't be read. */
async function text(path: string): Promise<string | undefined> {
  return readFile(path).then(nameOf, () => undefined)
}

function parseStat(line: string | undefined): Stat | undefined {
  // The name is in brackets, and may itself contain brackets, blanks and line ends: it ends at the last closing one.
  const [, comm, rest] = /^\d+ \(([^]*)\) ([^]*)$/.exec(line ?? '') ?? []
  if (comm === undefined || rest === undefined) return undefined
  const [state = '', parent, group, ...more] = rest.split(' ')
  return { comm, state, parent: Number(parent), group: Number(group), ticks: Number(more[16]) }
}

/** Parses user names by uid, from lines such as `root:x:0:0:…`. */
function userNames(passwd: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const line of passwd.split('\n')) {
    const [name, , uid] = line.split(':')
    if (name && uid && !names.has(uid)) names.set(uid, name)
  }
  return names
}
