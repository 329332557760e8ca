import { CbcError } from '../core/errors.ts'
import type { Clock, Random } from '../core/ports.ts'
import type { RunFolder, RunFolders } from '../core/run-folders.ts'
import { isoTime } from '../core/time.ts'
import type { Target } from '../engine/remote-job.ts'

/** `run.json`: what was asked, by whom. */
export interface RunRecord {
  run: string
  /** The name of the verb. */
  verb: string
  /** The words that were typed after `cbc`. */
  words: readonly string[]
  /** The directory that local paths among them start from. */
  directory: string
  /** The organization, and the profile by which it was reached. */
  place: string
  profile: string
  who: string
  /** ISO 8601. */
  begun: string
  /** When nothing more was to happen; absent while it goes on. */
  ended?: string
  /** Why it ended before all devices had their turn: `cancelled`, or what stopped it. */
  stopped?: string
  /** An absolute path, where the journal is not in the run's folder. */
  journal?: string
  /** The queue server whose workers do it, without password; absent where one process does. */
  queue?: string
  devices: readonly Target[]
}

const RECORD = 'run.json'
const JOURNAL = 'journal.jsonl'
/** The lines of all devices, as they came. */
export const LINES = 'lines.jsonl'
/** Its presence asks the process that works on the run to stop. */
export const CANCEL = 'cancel'
/** Why a run was stopped by `run cancel`. */
export const CANCELLED = 'cancelled'

/** The letters at the end of a name: none that are mistaken for another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const NAME_LETTERS = 4

export function journalOf({ journal }: Pick<RunRecord, 'journal'>): string {
  return journal ?? JOURNAL
}

/** Makes the name of a new run: `20261130-0415-ps-x7k2`, with the time in UTC. */
export function newName(verb: string, clock: Clock, random: Random): string {
  const [date = '', time = ''] = new Date(clock.now()).toISOString().split('T')
  const letters = Array.from({ length: NAME_LETTERS }, () => LETTERS.charAt(random.below(LETTERS.length))).join('')
  return [date.replaceAll('-', ''), time.slice(0, 5).replace(':', ''), verb.replaceAll(' ', '-'), letters].join('-')
}

/** @throws CbcError io */
export async function writeRecord(folder: RunFolder, record: RunRecord): Promise<void> {
  await folder.write(RECORD, `${JSON.stringify(record, undefined, 1)}\n`)
}

/** Reads the record of a run; undefined where it has none, or a damaged one. */
export async function readRecord(folder: RunFolder): Promise<RunRecord | undefined> {
  try {
    const record = JSON.parse((await folder.read(RECORD)) ?? '') as Partial<RunRecord>
    const { run, verb, words, devices, directory, place, profile, who, begun } = record
    const areTexts = [run, verb, directory, place, profile, who, begun].every(text => typeof text === 'string')
    return areTexts && Array.isArray(words) && Array.isArray(devices) ? (record as RunRecord) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Opens a run that was begun before.
 * @throws CbcError not_found: there is none of that name; io: its record can't be read
 */
export async function openRun(folders: RunFolders, name: string): Promise<{ folder: RunFolder; record: RunRecord }> {
  const folder = await folders.open(name)
  if (folder === undefined) throw new CbcError('not_found', `run ${name}: no such run`, { hint: '`cbc run list` shows the runs' })
  const record = await readRecord(folder)
  if (record === undefined) throw new CbcError('io', `run ${name}: ${RECORD} is missing or damaged`, { hint: `look into ${folder.path}` })
  return { folder, record }
}

/** The time now, as journals have it. */
export function now(clock: Pick<Clock, 'now'>): string {
  return String(isoTime(clock.now()))
}
