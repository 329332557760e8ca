import type { CbcError } from '../core/errors.ts'
import type { FileStore } from '../core/file-store.ts'
import type { Secret } from '../core/secret.ts'
import type { RuntimeContext, Target } from '../engine/remote-job.ts'
import type { Job } from '../runs/attempt.ts'
import type { Settled } from '../runs/engine.ts'
import type { EndState } from '../runs/journal.ts'
import type { SharedRun } from '../runs/run-store.ts'

/** A run as a worker understands it, once what the queue server holds of it was checked. */
export interface CheckedRun {
  shared: SharedRun
  job: Job
  /** Bytes that each device may send home. */
  maxBytes: number | undefined
  lineOf(settled: Settled): Promise<string>
}

/** What a worker needs, and how it is told to work. */
export interface WorkerOptions {
  url: Secret
  /** For people: `analyst@ws-12 4711`. */
  name: string
  runtime: RuntimeContext
  /** How many devices it works on at a time. */
  parallel: number
  /** How long what runs may take to finish when the worker is told to end, milliseconds. */
  grace: number
  /** How long a device is a worker's without a renewal, milliseconds. */
  lockMs: number
  /** Where devices put their files; absent: what brings files home is refused. */
  files?: FileStore | undefined
  /**
   * Checks what the queue server holds of a run: it comes from a stranger.
   * @throws CbcError: it is refused, and why
   */
  check(shared: unknown): Promise<CheckedRun>
  /** Writes the line of a device whose run was refused. */
  lineOf(settled: Settled): Promise<string>
  report(event: WorkerEvent): void
  /** Aborted when the worker is told to end. */
  interrupt: AbortSignal
}

/** What happens at a worker. */
export type WorkerEvent =
  | { event: 'away'; why: CbcError }
  | { event: 'back' }
  | { event: 'ready'; server: string; name: string; parallel: number }
  | { event: 'begun'; run: string; device: Target; takenOver: boolean }
  | { event: 'ended'; run: string; device: Target; state: EndState; ms: number; error?: CbcError }
  | { event: 'put off'; run: string; device: Target; why: string }
  | { event: 'ignored'; why: string }
  | { event: 'ending'; running: number }
  | { event: 'ended all' }
