import type { Random } from '../../core/ports.ts'
import { HRESULT, type ProcessEntry } from '../endpoint.ts'
import { refuse } from '../linux/errors.ts'

/** A process of a Mac. Plain JSON; times are in epoch milliseconds. */
export interface MacProcess {
  pid: number
  ppid: number
  path: string
  cmdline: string
  user: string
  started: number
  /** It counts as ended from this time on, even if nobody is left to end it. */
  endsAt?: number
}

/** The changes to the seed's processes. Plain JSON. */
export interface ProcessChanges {
  started: MacProcess[]
  /** Pids of seed processes that have ended. */
  ended: number[]
}

/** Pids of a running system; new ones are above them. */
const FIRST_PID = 5000
const LAST_PID = 99_998

/** The running processes. */
export class ProcessTable {
  readonly #seed: readonly MacProcess[]
  readonly #changes: ProcessChanges
  readonly #now: number

  constructor(seed: readonly MacProcess[], changes: ProcessChanges, now: number) {
    this.#seed = seed
    this.#changes = changes
    this.#now = now
  }

  /** By pid. */
  list(): MacProcess[] {
    const gone = new Set(this.#changes.ended)
    return [...this.#seed.filter(({ pid }) => !gone.has(pid)), ...this.#changes.started]
      .filter(({ endsAt = Infinity }) => endsAt > this.#now)
      .sort((a, b) => a.pid - b.pid)
  }

  find(pid: number): MacProcess | undefined {
    return this.list().find(process => process.pid === pid)
  }

  /** Starts a process. @returns its pid */
  start(facts: Pick<MacProcess, 'ppid' | 'path' | 'cmdline'>, random: Random): number {
    const running = this.list()
    this.#changes.started = this.#changes.started.filter(({ endsAt = Infinity }) => endsAt > this.#now)
    let pid = FIRST_PID + random.below(3000)
    while (running.some(process => process.pid === pid)) pid = pid < LAST_PID ? pid + 1 : FIRST_PID
    this.#changes.started.push({ ...facts, pid, user: 'root', started: this.#now })
    return pid
  }

  /** Sets until when a process that was started here runs; undefined: until it is ended. */
  until(pid: number, endsAt: number | undefined): void {
    const process = this.#changes.started.find(one => one.pid === pid)
    if (process === undefined) return
    if (endsAt === undefined) delete process.endsAt
    else process.endsAt = endsAt
  }

  /** Removes a process that has ended. */
  end(pid: number): void {
    this.#changes.started = this.#changes.started.filter(process => process.pid !== pid)
    if (this.#seed.some(process => process.pid === pid) && !this.#changes.ended.includes(pid)) this.#changes.ended.push(pid)
  }

  /** Ends a process from outside. @throws SensorError INVALID_PARAMETER (no such pid), ACCESS_DENIED for launchd and the kernel */
  kill(pid: number): void {
    if (this.find(pid) === undefined) refuse(HRESULT.INVALID_PARAMETER, 'no process has that pid')
    if (pid <= 1) refuse(HRESULT.ACCESS_DENIED, 'the operation is not permitted')
    this.end(pid)
  }

  /** Returns the answer of "process list". */
  entries(): ProcessEntry[] {
    const all = this.list()
    const started = new Map(all.map(process => [process.pid, Math.floor(process.started / 1000)]))
    return all.map(process => ({
      process_pid: process.pid,
      process_path: process.path,
      process_cmdline: process.cmdline,
      process_username: process.user,
      parent_pid: process.ppid,
      sid: '',
      process_create_time: Math.floor(process.started / 1000),
      parent_create_time: started.get(process.ppid) ?? 0,
    }))
  }
}
