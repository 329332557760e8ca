import type { DurableFile, RunFolder } from '../core/run-folders.ts'

/** What is known of a device in a run: section 11 of the contract. */
export const STATES = ['waiting', 'running', 'done', 'failed', 'offline', 'unknown', 'not begun'] as const
export type DeviceState = (typeof STATES)[number]

/** The states in which nothing more happens by itself. */
export type EndState = Exclude<DeviceState, 'waiting' | 'running' | 'not begun'>

/** A line of the journal: a change of state of one device. */
export interface JournalEntry {
  /** ISO 8601. */
  time: string
  device_id: number
  /** `not begun`: what was begun came to nothing, and nothing was changed. */
  state: DeviceState
  /** The command that is about to change the endpoint: on disk before it is sent. */
  change?: string
  /** Of an end: how long the device took, milliseconds, and how many bytes it sent home. */
  duration_ms?: number
  bytes?: number
  /** The exit code of a remote program. */
  return_code?: number
  error?: { code: string; message: string }
  /** The worker that took the device, of a run on a queue server. */
  worker?: string
  /** Its number among the events of a run on a queue server. */
  sequence?: number
}

/** The first line of a journal. */
export interface JournalHead {
  run: string
  verb: string
  /** A digest of what is done on each device. */
  command: string
}

/** Where a device has got to, as its journal tells. */
export interface DeviceRecord {
  state: DeviceState
  /** A command that changes the endpoint was sent, or may have been, since it was begun last. */
  changed: boolean
  /** That command, as it was noted last. */
  change?: string
  /** When it was begun last, and when it entered its state; ISO 8601. */
  begun?: string
  since?: string
  duration_ms?: number
  bytes?: number
  return_code?: number
  error?: { code: string; message: string }
}

export const NOT_BEGUN: DeviceRecord = { state: 'not begun', changed: false }

/** The journal of a run while it is written. Changes of state are on the disk before they count. */
export class Journal {
  readonly #file: DurableFile

  constructor(file: DurableFile) {
    this.#file = file
  }

  /** @throws CbcError io */
  async head(head: JournalHead): Promise<void> {
    await this.#file.append(`${JSON.stringify(head)}\n`)
  }

  /** Notes a change of state. @throws CbcError io */
  async note(entry: JournalEntry): Promise<void> {
    await this.#file.append(`${JSON.stringify(entry)}\n`)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** What a journal tells, read from its beginning or further on from where an earlier reading ended. */
export class JournalReading {
  readonly devices = new Map<number, DeviceRecord>()
  head: JournalHead | undefined
  /** The number of the last event of a queue server that was recorded; 0 where there is none. */
  sequence = 0
  #end = 0

  /** Reads what has been added. Lines that are cut off or damaged tell nothing. @throws CbcError io */
  async update(folder: Pick<RunFolder, 'lines'>, file: string): Promise<void> {
    for await (const { text, end } of folder.lines(file, this.#end)) {
      this.#end = end
      const line = readLine(text)
      if (line === undefined) continue
      if ('command' in line) {
        this.head ??= line
        continue
      }
      this.sequence = Math.max(this.sequence, line.sequence ?? 0)
      this.devices.set(line.device_id, after(this.devices.get(line.device_id) ?? NOT_BEGUN, line))
    }
  }

  /** Whether there was no line at all. */
  get isEmpty(): boolean {
    return this.#end === 0
  }

  /** Returns where a device has got to. @param alive a process works on the run now */
  of(id: number, alive: boolean): DeviceRecord {
    const record = this.devices.get(id) ?? NOT_BEGUN
    return alive ? record : settled(record)
  }
}

/** Returns where a device is after a line of the journal. */
export function after(before: DeviceRecord, { state, change, time, device_id: _, sequence: __, ...facts }: JournalEntry): DeviceRecord {
  if (state === 'running' && change !== undefined) return { ...before, state, changed: true, change }
  if (state === 'running') return { state, changed: false, begun: time, since: time }
  return { state, changed: before.changed, ...(before.begun === undefined ? {} : { begun: before.begun }), since: time, ...facts }
}

/** Returns where a device is when nobody works on it: one that was being worked on has changed, perhaps, or was never begun. */
function settled(record: DeviceRecord): DeviceRecord {
  if (record.state === 'waiting') return { ...record, state: 'offline' }
  if (record.state !== 'running') return record
  return record.changed
    ? { ...record, state: 'unknown', error: { code: 'unknown_outcome', message: 'the program ended in the middle of a change' } }
    : NOT_BEGUN
}

/** Reads a line of a journal; undefined where it is not one. */
function readLine(text: string): JournalEntry | JournalHead | undefined {
  let line: Partial<JournalEntry & JournalHead> | null
  try {
    line = JSON.parse(text) as typeof line
  } catch {
    return undefined
  }
  const { run, verb, command } = line ?? {}
  if (typeof run === 'string' && typeof verb === 'string' && typeof command === 'string') return { run, verb, command }
  return isEntry(line) ? line : undefined
}

/** Whether something that was read is a line of a journal. */
export function isEntry(value: unknown): value is JournalEntry {
  const { device_id: id, state, time } = (value ?? {}) as Partial<JournalEntry>
  return Number.isSafeInteger(id) && STATES.some(known => known === state) && typeof time === 'string'
}
