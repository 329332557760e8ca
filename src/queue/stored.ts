import { createHash } from 'node:crypto'
import { CbcError } from '../core/errors.ts'
import { formatSize } from '../core/quantity.ts'
import { STOPPED } from '../runs/gate.ts'
import { after, isEntry, NOT_BEGUN, type DeviceRecord, type DeviceState, type JournalEntry } from '../runs/journal.ts'
import { now } from '../runs/record.ts'
import type { RunEvent, SharedRun } from '../runs/run-store.ts'

/** The largest text that is stored as one, characters. */
const MAX_STORED = 64 * 1024 * 1024
/** When a page of events has so much of lines, it ends, characters. */
export const PAGE_SIZE = 4 * 1024 * 1024

/**
 * Writes a value as a server stores it: as JSON, which has neither NUL nor lone surrogates, so that a database keeps it as it is.
 * @param what it is, for the message
 * @throws CbcError io: it is too large
 */
export function stored(value: unknown, what: string): string {
  // A text that is too large as it is isn't written first, which takes a second.
  const text = typeof value === 'string' && value.length > MAX_STORED ? value : JSON.stringify(value)
  if (text.length > MAX_STORED)
    throw new CbcError('io', `${what}: it is larger than ${formatSize(MAX_STORED)}, which is too much for a queue server`)
  return text
}

/** Makes a key of a name that may be anything. */
export function keyOf(name: string): string {
  return createHash('sha256').update(stored(name, 'a name')).digest('hex')
}

/** An event as a server stores it. */
export interface StoredEvent {
  sequence: number
  /** When the server recorded it, milliseconds since 1970. */
  at: number
  entry: string
  change: string | null
  line: string | null
}

/** @throws CbcError io: it is damaged */
export function eventOf({ sequence, at, entry, change, line }: StoredEvent, run: string): RunEvent {
  const whole = entryOf(at, entry, run)
  return {
    sequence,
    entry: change === null ? whole : { ...whole, change: textOf(change, run) },
    ...(line === null ? {} : { line: textOf(line, run) }),
  }
}

/** A device as a server stores it. */
export interface StoredDevice {
  state: DeviceState
  /** When it was begun last, milliseconds since 1970. */
  begun: number | null
  /** The change that may have been made since. */
  change: string | null
  /** The entry with which it was left, and when that was recorded. */
  last: string | null
  at: number | null
}

/** Returns what is known of a device. @throws CbcError io: it is damaged */
export function recordOf({ begun, change, last, at }: StoredDevice, run: string): DeviceRecord {
  const time = begun === null ? '' : now({ now: () => begun })
  const course: DeviceRecord = begun === null ? NOT_BEGUN : { state: 'running', changed: false, begun: time, since: time }
  const changed = change === null ? course : { ...course, changed: true, change: textOf(change, run) }
  return last === null || at === null ? changed : after(changed, entryOf(at, last, run))
}

function entryOf(at: number, text: string, run: string): JournalEntry {
  const entry = { time: now({ now: () => at }), ...(parsed(text, run) as object) }
  if (!isEntry(entry)) throw damaged(run)
  return entry
}

/** Reads a text that was stored. @throws CbcError io: it is damaged */
export function textOf(text: string, run: string): string {
  const value = parsed(text, run)
  if (typeof value !== 'string') throw damaged(run)
  return value
}

/** Reads what was stored. @throws CbcError io: it is damaged */
export function parsed(text: string, run: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw damaged(run)
  }
}

function damaged(run: string): CbcError {
  return new CbcError('io', `run ${run}: what the queue server holds of it is damaged`)
}

/** What a server is given of a new run. */
export interface NewRun {
  shared: string
  /** The devices, of which so many go first. */
  devices: number[]
  canary: number
  maxFailures: number | null
  /** Why the run is stopped when one of those that go first did not do well, and when there are so many failures. */
  canaryReason: string
  failuresReason: string
}

/** @throws CbcError io: it is too large */
export function newRun(run: SharedRun): NewRun {
  const devices = [...new Set(run.record.devices.map(({ id }) => id))]
  const canary = Math.min(run.canary ?? 0, devices.length)
  const { maxFailures = null } = run
  return {
    shared: stored(run, `run ${run.record.run}`),
    devices,
    canary,
    canaryReason: stored(STOPPED.canary(canary), 'a reason'),
    maxFailures,
    failuresReason: stored(STOPPED.failures(maxFailures ?? 0), 'a reason'),
  }
}
