import type { CaseFolder } from '../../core/case-folder.ts'
import { CbcError } from '../../core/errors.ts'
import type { Row } from '../../core/result.ts'
import type { JournalLine } from '../journal-line.ts'
import { linesThen } from './moment.ts'
import type { ExportOptions } from './options.ts'
import { hasRows, resultRows } from './result-rows.ts'

/** Times of a file or key, in a form that the API has times in. */
export interface Times {
  create?: unknown
  write?: unknown
  access?: unknown
  change?: unknown
}

/** Something of an endpoint that has times. */
export type Seen =
  | { kind: 'file'; path: string; size: number | null; attributes: readonly string[]; sha256?: string; times: Times }
  | { kind: 'key'; path: string; times: Times }
  | { kind: 'process'; row: Row; started: unknown }
  | { kind: 'finding'; row: Row; time: unknown }

/** What a line of the journal tells: first the line, then what its command saw. */
export interface Observation {
  line: JournalLine
  /** Absent: the line itself. */
  seen?: Seen
}

/**
 * Yields everything in a case that has a time: the lines of its journal, the files that came home, and what is in results. A result that
 * several commands on one device had is read once.
 * @throws CbcError io
 */
export async function* observationsIn(folder: CaseFolder, { moment, left }: ExportOptions): AsyncGenerator<Observation> {
  const read = new Set<string>()
  for await (const { line } of linesThen(folder, moment)) {
    if (line === undefined) continue
    yield { line }
    for (const file of listIn(line, 'files')) yield* observed(line, fileIn(file))
    const { result } = line
    const known = `${line.device?.id}:${result?.sha256}`
    if (!hasRows(result) || read.has(known)) continue
    read.add(known)
    yield* inResult(folder, line, result.file, left)
  }
}

async function* inResult(folder: CaseFolder, line: JournalLine, file: string, left: ExportOptions['left']): AsyncGenerator<Observation> {
  try {
    for await (const row of resultRows(folder, file)) yield* observed(line, inRow(row))
  } catch (error) {
    const isBroken = !(error instanceof CbcError)
    if (!isBroken && error.code !== 'not_found') throw error
    left(`${file}: ${isBroken ? 'is no result: it was changed, or cut off' : 'is missing'}`)
  }
}

function* observed(line: JournalLine, seen: Seen | undefined): Generator<Observation> {
  if (seen !== undefined) yield { line, seen }
}

/** A row's shape says what it is about: an entry of a directory, a key, a process, or what triage found. */
function inRow(row: Row): Seen | undefined {
  if (row['process_pid'] != null && row['process_create_time'] != null) return { kind: 'process', row, started: row['process_create_time'] }
  if (row['time'] != null && typeof row['reason'] === 'string') return { kind: 'finding', row, time: row['time'] }
  return fileIn(row)
}

function fileIn(row: Row): Seen | undefined {
  const { path, size, attributes, sha256 } = row
  const times: Times = {
    create: row['create_time'],
    write: row['last_write_time'],
    access: row['last_access_time'],
    change: row['change_time'],
  }
  if (typeof path !== 'string' || Object.values(times).every(time => time == null)) return undefined
  if (/^(?:HKEY_|HK(?:LM|CU|CR|U|CC)\\)/i.test(path)) return { kind: 'key', path, times }
  return {
    kind: 'file',
    path,
    size: typeof size === 'number' ? size : null,
    attributes: Array.isArray(attributes) ? attributes.map(String) : [],
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    times,
  }
}

/** Returns the objects of a list in a line; a line is as the file has it. */
function listIn(line: JournalLine, name: string): Row[] {
  const list = line[name]
  return Array.isArray(list) ? list.filter((item): item is Row => typeof item === 'object' && item !== null) : []
}
