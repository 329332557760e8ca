import type { ProcessEntry } from '../endpoint.ts'

/** What tells one process from all others, past ones too. */
export interface Identity {
  pid: number
  /** When the kernel started it, in the kernel's own measure: with the pid it names one process for ever. */
  started: string
  /** Its process group. */
  group: number
  /** It has ended and only waits for its parent to notice. */
  ended: boolean
}

/** The processes of this machine. */
export interface Processes {
  /** All of them, as "process list" answers them. */
  list(): Promise<ProcessEntry[]>
  /** The process that has this pid now. */
  identify(pid: number): Promise<Identity | undefined>
  /** A variable of the environment that a process started with; undefined where that can't be read. */
  variable(pid: number, name: string): Promise<string | undefined>
}
