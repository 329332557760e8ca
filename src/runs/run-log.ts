import { createHash } from 'node:crypto'
import { asCbcError, CbcError, usage } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { DurableFile, RunFolder, RunFolders } from '../core/run-folders.ts'
import type { Target } from '../engine/remote-job.ts'
import { countStates, type Counts } from './counts.ts'
import type { Settled } from './engine.ts'
import { after, Journal, JournalReading, NOT_BEGUN, type JournalHead, type DeviceRecord, type JournalEntry } from './journal.ts'
import { CANCEL, journalOf, LINES, now, openRun, writeRecord, type RunRecord } from './record.ts'
import { failedList, joblog, type DeviceReport } from './reports.ts'

/** A change of state; without a time, it happens now. */
type Told = Omit<JournalEntry, 'time'> & { time?: string }

/** Where a run is recorded: absent in a dry run, which leaves nothing behind. */
interface Files {
  folder: RunFolder
  journal: Journal
  lines: DurableFile
  unlock(): Promise<void>
}

/** A run that this process works on: its states, and its files. */
export class RunLog {
  readonly record: RunRecord
  readonly states: Map<number, DeviceRecord>
  readonly #counts: Counts
  readonly #clock: Clock
  readonly #files: Files | undefined
  /** Why nothing can be recorded any more. */
  broken: CbcError | undefined
  /** The number of the last event of a queue server that is recorded; 0 where there is none. */
  sequence: number

  constructor(record: RunRecord, states: Map<number, DeviceRecord>, clock: Clock, files?: Files, sequence = 0) {
    this.record = record
    this.states = states
    this.#clock = clock
    this.#files = files
    this.sequence = sequence
    this.#counts = countStates(this.#reports().map(({ record: where }) => where))
  }

  get folder(): RunFolder | undefined {
    return this.#files?.folder
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Notes a change of state. @returns once it is on the disk @throws CbcError io */
  async note(entry: Told): Promise<void> {
    const whole: JournalEntry = { time: now(this.#clock), ...entry }
    const before = this.states.get(entry.device_id) ?? NOT_BEGUN
    const next = after(before, whole)
    this.states.set(entry.device_id, next)
    this.#counts[before.state] -= 1
    this.#counts[next.state] += 1
    this.#counts.bytes += (next.bytes ?? 0) - (before.bytes ?? 0)
    await this.#recorded(() => this.#files?.journal.note(whole))
  }

  /** Records what came of a device. @param line its line; absent where its work was ended before it came to anything @throws CbcError io */
  async settle(settled: Settled, line: string | undefined): Promise<void> {
    await this.adopt(endEntry(settled), line)
  }

  /** Records a change of state as it was told. @param line the device's, where it is at its end @throws CbcError io */
  async adopt(entry: Told, line: string | undefined): Promise<void> {
    if (line !== undefined) await this.#recorded(() => this.#files?.lines.append(line))
    await this.note(entry)
    this.sequence = entry.sequence ?? this.sequence
  }

  /** Writes the lists of a run that ends, or is left. @throws CbcError io */
  async finish(stopped: string | undefined): Promise<void> {
    await this.#close({ ...this.record, ended: now(this.#clock), ...(stopped === undefined ? {} : { stopped }) })
  }

  /** Writes the lists of a run that goes on without this process. @throws CbcError io */
  async leave(): Promise<void> {
    await this.#close(this.record)
  }

  async #close(record: RunRecord): Promise<void> {
    if (this.#files === undefined) return
    const { folder, journal, lines, unlock } = this.#files
    try {
      await journal.close()
      await lines.close()
      const reports = this.#reports()
      await folder.write('failed.txt', failedList(reports))
      await folder.write('joblog.tsv', joblog(reports, this.record.words))
      await writeRecord(folder, record)
    } finally {
      await unlock()
    }
  }

  #reports(): DeviceReport[] {
    return this.record.devices.map(device => ({ device, record: this.states.get(device.id) ?? NOT_BEGUN }))
  }

  async #recorded(write: () => Promise<void> | undefined): Promise<void> {
    if (this.broken !== undefined) throw this.broken
    try {
      await write()
    } catch (error) {
      this.broken ??= asCbcError(error).with(`run ${this.record.run}: can't be recorded: ${asCbcError(error).message}`, {
        hint: `make room, and \`cbc run retry ${this.record.run}\` goes on`,
      })
      throw this.broken
    }
  }
}

/** What came of a device, as the journal has it. */
export function endEntry({ device, state, error, duration_ms, bytes, result }: Settled): Omit<JournalEntry, 'time'> {
  return {
    device_id: device.id,
    state,
    duration_ms,
    bytes,
    ...(result?.kind === 'bytes' && result.exitCode !== undefined ? { return_code: result.exitCode } : {}),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  }
}

/** Identifies what a run does on each device, so that no other command goes on with its journal; it tells nothing of what that is. */
export function commandOf(verb: string, input: Record<string, unknown>): string {
  return createHash('sha256')
    .update(JSON.stringify([verb, input]))
    .digest('hex')
}

/** Opens the log of a dry run, which is kept nowhere. */
export function unrecorded(record: RunRecord, clock: Clock): RunLog {
  return new RunLog(record, new Map(), clock)
}

/** Begins a run in a new folder. @throws CbcError io */
export async function beginRun(folders: RunFolders, record: RunRecord, command: string, clock: Clock): Promise<RunLog> {
  const folder = await folders.create(record.run)
  await writeRecord(folder, record)
  return await openLog(folder, record, command, clock)
}

/**
 * Goes on with the run whose journal a file is (`--resume`); where there is no such file, begins one.
 * @param record of the run as it would be begun now; `journal` names the file
 * @throws CbcError usage: the file is not a journal, or that of another command; refused: another process works on the run; io
 */
export async function resumeRun(
  folders: RunFolders,
  record: RunRecord & { journal: string },
  command: string,
  clock: Clock,
): Promise<RunLog> {
  const { run = record.run } = (await headOf(folders, record.journal)) ?? {}
  const folder = await folders.open(run)
  const resumed = { ...record, run }
  if (folder === undefined) return await beginRun(folders, resumed, command, clock)
  const log = await openLog(folder, resumed, command, clock)
  await writeRecord(folder, resumed)
  return log
}

/** Goes on with a run of a name. @param command what it does; undefined: that is not of interest @throws CbcError not_found; refused: another process works on it; io */
export async function continueRun(folders: RunFolders, name: string, command: string | undefined, clock: Clock): Promise<RunLog> {
  const { folder, record } = await openRun(folders, name)
  const { ended: _, stopped: __, ...going } = record
  const log = await openLog(folder, going, command, clock)
  await writeRecord(folder, going)
  return log
}

/** Returns the head of a journal; undefined where there is no such file. @throws CbcError usage: it is something else */
async function headOf(folders: RunFolders, journal: string): Promise<JournalHead | undefined> {
  const reading = new JournalReading()
  await reading.update(folders, journal)
  if (reading.head === undefined && !reading.isEmpty)
    throw usage(`--resume ${journal}: is not the journal of a run`, 'name a file that does not exist yet, or the journal of an earlier run')
  return reading.head
}

async function openLog(folder: RunFolder, record: RunRecord, command: string | undefined, clock: Clock): Promise<RunLog> {
  const file = journalOf(record)
  const unlock = await folder.lock(file)
  if (unlock === undefined)
    throw new CbcError('refused', `run ${record.run}: another process works on it`, {
      hint: `\`cbc run show ${record.run} --watch\` shows it, \`cbc run cancel ${record.run}\` ends it`,
    })
  try {
    if (((await folder.read(CANCEL)) ?? '') !== '') await folder.write(CANCEL, '')
    const reading = new JournalReading()
    await reading.update(folder, file)
    if (reading.head !== undefined && command !== undefined && reading.head.command !== command)
      throw usage(
        `run ${record.run}: ${file} is the journal of another command`,
        `it is that of another \`${reading.head.verb}\`; \`cbc run retry ${record.run}\` goes on with it`,
      )
    const states = new Map(record.devices.map(({ id }: Target) => [id, reading.of(id, record.queue !== undefined)] as const))
    const journal = new Journal(await folder.append(file))
    if (reading.head === undefined && command !== undefined) await journal.head({ run: record.run, verb: record.verb, command })
    return new RunLog(record, states, clock, { folder, journal, lines: await folder.append(LINES), unlock }, reading.sequence)
  } catch (error) {
    await unlock()
    throw error
  }
}
