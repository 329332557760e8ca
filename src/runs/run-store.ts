import type { DeviceRecord, EndState, JournalEntry } from './journal.ts'
import type { RunRecord } from './record.ts'

/** What a queue server holds of a run: what was asked, and when nothing more is begun. It names no local path and no credential. */
export interface SharedRun {
  record: RunRecord
  /** So many devices, in their order, go first; the others only when all of them did well. */
  canary?: number
  /** How many failures (`failed` and `unknown`) stop the run. */
  maxFailures?: number
  /** Until when devices that are offline are waited for, milliseconds since 1970. */
  waitUntil?: number
}

/** A device that a worker has taken. Only the newest claim on a device counts: what is written with an older one is refused. */
export interface Claim {
  run: string
  deviceId: number
  token: number
}

/** What came of asking for a device. */
export type Taking =
  /** It is this worker's. `before` is what was known of it: `running` when a worker that is gone had begun it, `changed` when it may have changed something, with the `change` that it noted. */
  | { kind: 'claimed'; claim: Claim; before: DeviceRecord }
  /** It is at its end: there is nothing to do. */
  | { kind: 'settled' }
  /** The run was cancelled or has stopped: nothing more is begun. */
  | { kind: 'stopped' }
  /** The devices that go first are not done yet. */
  | { kind: 'later' }
  /** There is no such run, or it has no such device. */
  | { kind: 'absent' }

/** A change of state of a device of a shared run, in the order in which they were recorded. */
export interface RunEvent {
  /** From 1, without gaps in what is returned. */
  sequence: number
  entry: JournalEntry
  /** The device's line of output, where it is at its end. */
  line?: string
}

/**
 * The shared store of the runs of one organization, on the queue server: states, intents, lines. Whatever it is told is stored when the promise resolves.
 * Every method throws CbcError network where the server can't be reached: what it was told was then stored as a whole, or not at all. To tell the same
 * again does no harm.
 */
export interface RunStore {
  /** Stores a run whose devices are all `not begun`. A run of that name that is there stays as it is. */
  create(run: SharedRun): Promise<void>
  /**
   * Returns a run, and why it was stopped; undefined where there is none. What it says is not trusted.
   * `isOver`: nothing more happens by itself, because all devices are at their end, or it was stopped and none is at work.
   */
  read(run: string): Promise<{ shared: unknown; stopped?: string; isOver: boolean } | undefined>
  /**
   * Takes a device for a worker, and records it as `running`. What a worker that is gone noted before a change (`changed`, `change`) stays known
   * until the device is at its end or was released; such a device is given out even when the run has stopped.
   * @param worker its name, for people
   */
  claim(run: string, deviceId: number, worker: string): Promise<Taking>
  /** Records the change that is about to be sent. @returns false: another worker has the device now, and nothing may be sent */
  intent(claim: Claim, change: string): Promise<boolean>
  /**
   * Records the end of a device, with its line. Stops the run where that was one failure too many, or one of those that go first did not do well.
   * @returns false: another worker has the device now, and nothing was recorded
   * @throws CbcError io: the line is too large
   */
  settle(claim: Claim, end: JournalEntry & { state: EndState }, line: string): Promise<boolean>
  /** Gives a device back, `waiting` for it to come online, or `not begun`. @returns false: another worker has it now */
  release(claim: Claim, state: 'waiting' | 'not begun'): Promise<boolean>
  /** Returns what was recorded after an event: at most so many, and fewer where lines are long. @param after 0: from the beginning */
  events(run: string, after: number, most: number): Promise<RunEvent[]>
  /** Begins nothing more of a run. The first reason counts. */
  stop(run: string, reason: string): Promise<void>
  /** Lets devices that are at their end have their turn again, and takes back that the run was stopped. @returns those that were at their end */
  again(run: string, deviceIds: readonly number[]): Promise<number[]>
  /** Removes everything about a run. */
  remove(run: string): Promise<void>
  close(): Promise<void>
}
