import type { ProcessEntry } from '../../endpoint.ts'
import type { Random } from '../../../core/ports.ts'
import { foldCase } from '../overlay.ts'
import { win32 } from '../win32.ts'

/** A process. Plain JSON; times are in epoch milliseconds. */
export interface Process {
  pid: number
  ppid: number
  path: string
  cmdline: string
  user: string
  sid: string
  started: number
  /** Windows's session: 0 for services, 1 for the desktop. */
  session: number
  /** Working set in KiB. */
  memory: number
  /** The services that run in it. */
  services?: string[]
  /** Whether Windows protects it: then not even SYSTEM can end it. */
  protected?: true
  /** It counts as ended from this time on, even if nobody is left to end it. */
  ends_at?: number
  /** A file that it keeps open for writing. */
  holds?: string
}

/** The changes to the seed's processes. Plain JSON. */
export interface ProcessChanges {
  started: Process[]
  /** Pids of seed processes that have ended. */
  ended: number[]
}

export interface ProcessTableOptions {
  seed: readonly Process[]
  changes: ProcessChanges
  now: number
  random: Random
}

/** The running processes. */
export class ProcessTable {
  private readonly options: ProcessTableOptions

  constructor(options: ProcessTableOptions) {
    this.options = options
  }

  /** In the order in which they started. */
  list(): Process[] {
    const { seed, changes, now } = this.options
    const gone = new Set(changes.ended)
    return [...seed.filter(({ pid }) => !gone.has(pid)), ...changes.started]
      .filter(({ ends_at }) => ends_at === undefined || ends_at > now)
      .sort((a, b) => a.started - b.started || a.pid - b.pid)
  }

  find(pid: number): Process | undefined {
    return this.list().find(process => process.pid === pid)
  }

  /** Returns how a path is in use: as the image of a process, or open for writing. */
  use(path: string): 'image' | 'open' | undefined {
    const wanted = foldCase(path)
    const all = this.list()
    if (all.some(({ path: image }) => foldCase(image) === wanted)) return 'image'
    return all.some(({ holds }) => holds !== undefined && foldCase(holds) === wanted) ? 'open' : undefined
  }

  /** Starts a process. @returns its pid, a free multiple of 4 */
  start(facts: Omit<Process, 'pid' | 'started'>): number {
    const { changes, seed, now, random } = this.options
    changes.started = changes.started.filter(({ ends_at }) => ends_at === undefined || ends_at > now)
    const taken = new Set([...seed, ...changes.started].map(({ pid }) => pid))
    let pid = 4 * (250 + random.below(3000))
    while (taken.has(pid)) pid += 4
    changes.started.push({ ...facts, pid, started: now })
    return pid
  }

  /** Schedules the end of a process that was started here; a later call replaces the time. @returns false when it has ended */
  expire(pid: number, at: number): boolean {
    const process = this.options.changes.started.find(one => one.pid === pid)
    if (process === undefined) return false
    process.ends_at = at
    return true
  }

  /** Lets a process that was started here run until it is ended. */
  persist(pid: number): void {
    const process = this.options.changes.started.find(one => one.pid === pid)
    delete process?.ends_at
  }

  /** Removes a process that has ended. */
  end(pid: number): void {
    const { changes, seed } = this.options
    changes.started = changes.started.filter(process => process.pid !== pid)
    if (seed.some(process => process.pid === pid) && !changes.ended.includes(pid)) changes.ended.push(pid)
  }

  /** Ends a process from outside; its children keep running. @throws SensorError INVALID_PARAMETER (no such pid), ACCESS_DENIED */
  kill(pid: number): Process {
    const process = this.find(pid)
    if (process === undefined) throw win32('INVALID_PARAMETER')
    if (process.protected) throw win32('ACCESS_DENIED')
    this.end(pid)
    return process
  }

  /** Returns the answer of `process list`; paths are in lower case and times in seconds, as sensors send them. */
  entries(): ProcessEntry[] {
    const all = this.list()
    const byPid = new Map(all.map(process => [process.pid, process]))
    return all.map(process => {
      const parent = byPid.get(process.ppid)
      // A process that has the parent's pid but started later has reused it, and is not the parent.
      const known = parent !== undefined && parent.started <= process.started
      return {
        process_pid: process.pid,
        process_path: process.path.toLowerCase(),
        process_cmdline: process.cmdline,
        process_username: process.user,
        parent_pid: process.ppid,
        sid: process.sid,
        process_create_time: Math.floor(process.started / 1000),
        parent_create_time: known ? Math.floor(parent.started / 1000) : 0,
      }
    })
  }
}

/** Returns the last part of a path, such as `cmd.exe`. */
export function imageName(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1)
}
