import { lstat, readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessEntry } from '../endpoint.ts'
import type { Identity, Processes } from './processes.ts'
import { nameOf } from './names.ts'
import { joinWords } from './words.ts'

/** Clock ticks a second in what /proc tells: 100 on every architecture that Node runs on (`USER_HZ`). */
const TICKS_PER_SECOND = 100

/** The fields of proc(5)'s `stat` that matter here. */
interface Stat {
  comm: string
  state: string
  parent: number
  group: number
  /** Ticks from the machine's start to the process's. */
  ticks: number
}

/**
 * The processes of this machine as /proc shows them.
 * @param root where proc(5) is mounted.
 * @param users host path of the file with the user names (`/etc/passwd`).
 */
export function procProcesses(root: string, users: string): Processes {
  const read = (...path: string[]): Promise<string | undefined> => text(join(root, ...path))
  const stat = async (pid: number): Promise<Stat | undefined> => parseStat(await read(`${pid}`, 'stat'))

  /** What can be read of one process; undefined when it ended meanwhile. Of some, only that they exist may be seen. */
  async function one(pid: number, booted: number, names: Map<string, string>): Promise<ProcessEntry | undefined> {
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
      const entries = (await Promise.all(pids.map(pid => one(pid, booted, names)))).filter(entry => entry !== undefined)
      const created = new Map(entries.map(entry => [entry.process_pid, entry.process_create_time]))
      return entries.map(entry => ({ ...entry, parent_create_time: created.get(entry.parent_pid) ?? 0 }))
    },

    async identify(pid): Promise<Identity | undefined> {
      const seen = await stat(pid)
      if (seen === undefined) return undefined
      // Ticks count from the machine's start, so they name a process only together with that.
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

/** The text of a file; undefined where there is none or it may not be read. */
async function text(path: string): Promise<string | undefined> {
  return readFile(path).then(nameOf, () => undefined)
}

function parseStat(line: string | undefined): Stat | undefined {
  // The name is in brackets and can itself hold brackets, blanks and line ends: it goes to the last closing one.
  const [, comm, rest] = /^\d+ \(([^]*)\) ([^]*)$/.exec(line ?? '') ?? []
  if (comm === undefined || rest === undefined) return undefined
  const [state = '', parent, group, ...more] = rest.split(' ')
  return { comm, state, parent: Number(parent), group: Number(group), ticks: Number(more[16]) }
}

/** User names by uid, from lines like `root:x:0:0:…`. */
function userNames(passwd: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const line of passwd.split('\n')) {
    const [name, , uid] = line.split(':')
    if (name && uid && !names.has(uid)) names.set(uid, name)
  }
  return names
}
