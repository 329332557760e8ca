import type { RunFolder, RunFolders } from '../core/run-folders.ts'
import type { Row } from '../core/result.ts'
import { countStates, type Counts } from './counts.ts'
import { JournalReading } from './journal.ts'
import { CANCELLED, journalOf, openRun, readRecord, type RunRecord } from './record.ts'
import type { DeviceReport } from './reports.ts'

/** What a run as a whole is doing, or what it came to. */
export type RunState = 'running' | 'done' | 'stopped' | 'cancelled' | 'left'

/** Where more is known of a run than on this machine: a queue server. */
export interface Remote {
  /** Brings the files of the run up to date. @returns whether it goes on */
  update(): Promise<boolean>
}

/** A run as it is now, seen from any process. */
export class RunView {
  readonly folder: RunFolder
  record: RunRecord
  /** A process works on it. */
  isAlive = false
  reports: DeviceReport[] = []
  counts: Counts = countStates([])
  readonly #reading = new JournalReading()
  #remote: Remote | undefined

  constructor(folder: RunFolder, record: RunRecord) {
    this.folder = folder
    this.record = record
  }

  /** @throws CbcError not_found: there is no such run; io */
  static async open(folders: RunFolders, name: string): Promise<RunView> {
    const { folder, record } = await openRun(folders, name)
    const view = new RunView(folder, record)
    await view.update()
    return view
  }

  /** From now on, what a queue server knows of the run is fetched before it is looked at. @throws as `Remote.update` */
  async follow(remote: Remote): Promise<void> {
    this.#remote = remote
    await this.update()
  }

  /** Looks again. Only what has been added to the journal is read. */
  async update(): Promise<void> {
    const file = journalOf(this.record)
    const goesOn = await this.#remote?.update()
    // Looked at first: what a process writes before it ends is then seen.
    this.isAlive = goesOn ?? ((this.record.queue !== undefined && this.record.ended === undefined) || (await this.folder.isLocked(file)))
    this.record = (await readRecord(this.folder)) ?? this.record
    await this.#reading.update(this.folder, file)
    this.reports = this.record.devices.map(device => ({ device, record: this.#reading.of(device.id, this.isAlive) }))
    this.counts = countStates(this.reports.map(({ record }) => record))
  }

  /** `left`: its process was ended in the middle, or interrupted, and there is something left to do. */
  get state(): RunState {
    if (this.isAlive) return 'running'
    if (this.record.stopped === CANCELLED) return 'cancelled'
    if (this.record.stopped !== undefined) return 'stopped'
    return this.counts['not begun'] > 0 ? 'left' : 'done'
  }
}

/** Returns a run as a row, with the field names of JSON. */
export function runRow({ record, counts, state }: RunView): Row {
  const { run, verb, begun, ended = null, stopped = null, profile, who } = record
  const { all, bytes, done, failed, offline, unknown, running, waiting, 'not begun': not_begun } = counts
  return {
    run,
    state,
    verb,
    begun,
    ended,
    stopped,
    profile,
    who,
    devices: all,
    done,
    failed,
    offline,
    unknown,
    running,
    waiting,
    not_begun,
    bytes,
  }
}

/** Returns the devices that came to something else than they should, with their reasons. */
export function failures({ reports }: Pick<RunView, 'reports'>): Row[] {
  return reports.flatMap(({ device, record: { state, error } }) =>
    state === 'failed' || state === 'offline' || state === 'unknown'
      ? [{ device_id: device.id, device_name: device.name ?? null, state, code: error?.code ?? null, message: error?.message ?? null }]
      : [],
  )
}

/** Says in one line what a device of `failures` came to; its message may begin with its name. */
export function failureLine({ device_id: id, device_name: device, state, message }: Row): string {
  const name = String(device ?? id)
  return `${name} ${String(state)}: ${String(message ?? '').replace(`${name}: `, '')}`
}

/** Returns the devices that took longest, the slowest first. @param now milliseconds since 1970: for those that are still running */
export function slowest({ reports }: Pick<RunView, 'reports'>, most: number, now: number): Row[] {
  return reports
    .flatMap(({ device, record: { state, duration_ms: taken, begun } }) => {
      const duration_ms = state === 'running' && begun !== undefined ? Math.max(0, now - Date.parse(begun)) : taken
      return duration_ms === undefined ? [] : [{ device_id: device.id, device_name: device.name ?? null, state, duration_ms }]
    })
    .sort((a, b) => b.duration_ms - a.duration_ms)
    .slice(0, most)
}
