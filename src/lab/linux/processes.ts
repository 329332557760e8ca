import type { ProcessEntry } from '../endpoint.ts'

/** Distinguishes a process from all others, including past ones. */
export interface Identity {
  pid: number
  /** When the kernel started it, in the kernel's own unit: together with the pid it identifies one process forever. */
  started: string
  /** Its process group. */
  group: number
  /** Whether it has ended and only waits for its parent to collect it. */
  ended: boolean
}

/** The processes of this machine. */
export interface Processes {
  /** Returns all processes, as in the answer of "process list". */
  list(): Promise<ProcessEntry[]>
  /** Returns the process that has this pid now. */
  identify(pid: number): Promise<Identity | undefined>
  /** Returns an environment variable that a process was started with; undefined when it can't be read. */
  variable(pid: number, name: string): Promise<string | undefined>
}
