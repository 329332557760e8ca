import type { LocalFiles } from '../core/ports.ts'
import type { Result } from '../core/result.ts'
import type { Spec } from '../engine/spec.ts'
import type { RemoteSession } from '../remote/session.ts'
import type { Job, Jobs } from './jobs.ts'
import type { Places } from './places.ts'
import type { Streams } from './streams.ts'

/** What can be switched with `set`. */
export interface Settings {
  /** A script ends at its first error. */
  failFast: boolean
  /** Lines are kept in the history. */
  remembers: boolean
}

/** What a shell lends to its own commands. */
export interface ShellControl {
  readonly session: RemoteSession
  readonly places: Places
  readonly settings: Settings
  readonly jobs: Jobs
  /** The user's home directory on this machine. */
  readonly localHome: string
  /** The files of this machine, seen from the local directory. */
  localFiles(): LocalFiles
  /** Lines that were typed before, the newest last. */
  history(): readonly string[]
  /** Tells the user one line. */
  notice(line: string): void
  /** Explains everything, a command, or a topic. @throws CbcError usage: there is no such command or topic */
  help(words: string[], streams: Streams): Promise<void>
  /** Writes a result. @param plain what it is where no format is asked for @returns exit code */
  show(result: Result, globals: Record<string, unknown>, streams: Streams, plain?: string): Promise<number>
  /** Shows what a job has written, and what became of it. @returns its exit code */
  tell(job: Job, streams: Pick<Streams, 'stdout' | 'stderr'>): Promise<number>
  /** Leaves this endpoint for another. @param device absent: choose from a list @throws CbcError refused: jobs are running, or there is no way to another */
  connect(device: string | undefined, signal: AbortSignal): Promise<void>
  /** Ends the shell. @param code exit code of the program; default: as it comes out @throws CbcError refused: jobs are running */
  leave(code?: number): void
}

/** What a command of the shell is given: its input, what the line says of the output, and what it writes to. */
export interface Call {
  shell: ShellControl
  input: Record<string, unknown>
  globals: Record<string, unknown>
  streams: Streams
}

/** A command that only makes sense in the shell. It returns its exit code, or nothing for 0. */
export interface Builtin extends Spec {
  name: string
  run(call: Call): Promise<number | void> | number | void
}
