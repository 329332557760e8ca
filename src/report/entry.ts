import type { JournalLine } from '../cases/journal-line.ts'
import { isRecord } from '../core/is-record.ts'
import { shortened } from '../core/text/shorten.ts'
import { parseTime } from '../core/time.ts'

/** The longest text of a field in the page, characters: a command line on Windows has at most 32,767. */
const LONGEST = 4000
/** The most files of one line of the journal that the page lists. */
const MOST_FILES = 5000
/** The most further fields of a line that the page shows. */
const MOST_FIELDS = 40

/**
 * A line of the journal as the page gets it: every field has the type that it says, whatever the line held. What a line doesn't have, or has
 * in another form, is absent.
 */
export interface Entry {
  /** The line's number in the file, from 1. */
  n: number
  /** Milliseconds since 1970. */
  at?: number
  /** `unreadable` where the line is no JSON object. */
  event: string
  operation?: string
  /** `user@host`. */
  who?: string
  key_id?: string
  profile?: string
  organization?: string
  device_id?: number
  device?: string
  os?: string
  session_id?: string
  run?: string
  verb?: string
  line?: string
  effect?: 'read' | 'change' | 'destroy'
  /** The command of the API that was about to be sent. */
  change?: string
  /** Its number among those of the operation. */
  step?: number
  /** Of `finished`: the numbers of the changes that were not made. */
  failed_steps?: number[]
  /** Whether the state before was kept, and how it could be put back, or why it could not. */
  undo?: { possible: boolean; text: string }
  /** The operation whose change is, or was, put back. */
  undoes?: string
  outcome?: string
  exit_code?: number
  error?: string
  duration_ms?: number
  commands?: string[]
  result?: EntryResult
  files?: EntryFile[]
  /** How many files the line has, where the page does not get all of them. */
  files_in_all?: number
  /** The service's clock at that time, milliseconds since 1970. */
  service_time?: number
  clock_difference_ms?: number
  /** All further fields, as text. */
  more?: [name: string, text: string][]
}

export interface EntryResult {
  file: string
  sha256: string
  bytes?: number
  rows?: number
}

export interface EntryFile {
  path: string
  /** Below the case folder. */
  file?: string
  /** Elsewhere on the machine of the analyst. */
  local_path?: string
  size?: number
  sha256?: string
  /** What the endpoint said about it: `create_time`, `last_write_time`, `last_access_time`, `attributes`. */
  facts?: [name: string, text: string][]
}

/** Fields of a line that an entry has in a form of its own, or that say nothing in a report. */
const KNOWN = new Set(
  [
    'sequence previous time event operation who profile organization device session_id run verb line effect change step failed_steps undo undoes outcome exit_code error',
    'duration_ms commands result files service_time clock_difference_ms',
  ].flatMap(names => names.split(' ')),
)

const EFFECTS = ['read', 'change', 'destroy'] as const

/** Makes an entry of a line. @param n its number in the file, from 1 */
export function entryOf(line: JournalLine | undefined, n: number): Entry {
  if (line === undefined) return { n, event: 'unreadable' }
  const { who, device, error, undo } = line as Record<string, unknown>
  const [user, host] = [text(field(who, 'user')), text(field(who, 'host'))]
  const id = number(field(device, 'id'))
  return trimmed({
    n,
    at: parseTime(line.time),
    event: text(line.event) ?? 'unknown',
    operation: text(line.operation),
    who: user === undefined ? host : host === undefined ? user : `${user}@${host}`,
    key_id: text(field(who, 'key_id')),
    profile: text(line.profile),
    organization: text(line.organization),
    device_id: id,
    device: text(field(device, 'name')) ?? (id === undefined ? undefined : String(id)),
    os: text(field(device, 'os')),
    session_id: text(line.session_id),
    run: text(line.run),
    verb: text(line.verb),
    line: text(line.line),
    effect: EFFECTS.find(effect => effect === line.effect),
    change: text(line.change),
    step: number(line.step),
    failed_steps: numbers(line.failed_steps),
    undo: undoOf(undo),
    undoes: text(line.undoes),
    outcome: text(line.outcome),
    exit_code: number(line.exit_code),
    error: errorText(error),
    duration_ms: number(line.duration_ms),
    commands: commandsOf(line.commands),
    result: resultOf(line.result),
    ...filesOf(line.files),
    service_time: parseTime(line.service_time),
    clock_difference_ms: number(line.clock_difference_ms),
    more: further(line),
  })
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? shortened(value, LONGEST) : typeof value === 'number' ? String(value) : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) ? value.flatMap(item => number(item) ?? []) : undefined
}

/** Any value as text: texts as they are, all else as JSON. */
function anyText(value: unknown): string {
  const isList = Array.isArray(value) && value.every(item => typeof item === 'string')
  return text(value) ?? shortened(isList ? value.join(', ') : (JSON.stringify(value) ?? ''), LONGEST)
}

/** Leaves out fields without a value: a page with ten thousand entries has many. */
function trimmed(entry: { [Name in keyof Entry]: Entry[Name] | undefined }): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as Entry
}

function errorText(error: unknown): string | undefined {
  if (!isRecord(error)) return text(error)
  const [code, message, result] = [text(error['code']), text(error['message']), text(error['result_code'])]
  return [message ?? code ?? anyText(error), result === undefined ? undefined : `result code ${result}`]
    .filter(part => part !== undefined)
    .join(', ')
}

function undoOf(undo: unknown): Entry['undo'] {
  if (!isRecord(undo)) return undefined
  const { possible, kind, reason, ...rest } = undo
  const facts = Object.entries(rest).map(([name, value]) => `${name}: ${anyText(value)}`)
  return {
    possible: possible === true,
    text: shortened([text(kind) ?? text(reason) ?? '', ...facts].filter(part => part !== '').join('; '), LONGEST),
  }
}

function commandsOf(commands: unknown): string[] | undefined {
  if (!Array.isArray(commands) || commands.length === 0) return undefined
  return commands.slice(0, MOST_FIELDS).map(command => {
    const [id, name, code] = [field(command, 'id'), field(command, 'name'), field(command, 'result_code')].map(text)
    return `${id ?? '?'} ${name ?? '?'}${code === undefined || code === '0' ? '' : ` (result code ${code})`}`
  })
}

function resultOf(result: unknown): EntryResult | undefined {
  const [file, sha256] = [text(field(result, 'file')), text(field(result, 'sha256'))]
  if (file === undefined || sha256 === undefined) return undefined
  const [bytes, rows] = [number(field(result, 'bytes')), number(field(result, 'rows'))]
  return { file, sha256, ...(bytes === undefined ? {} : { bytes }), ...(rows === undefined ? {} : { rows }) }
}

function filesOf(files: unknown): Pick<Entry, 'files' | 'files_in_all'> {
  if (!Array.isArray(files) || files.length === 0) return {}
  const shown = files.slice(0, MOST_FILES).map(fileOf)
  return { files: shown, ...(files.length > MOST_FILES ? { files_in_all: files.length } : {}) }
}

function fileOf(given: unknown): EntryFile {
  const known: Record<string, unknown> = isRecord(given) ? given : {}
  const { path, file, local_path, size, sha256, ...rest } = known
  const facts = factsOf(rest)
  const made = {
    path: text(path) ?? '?',
    file: text(file),
    local_path: text(local_path),
    size: number(size),
    sha256: text(sha256),
    facts: facts.length > 0 ? facts : undefined,
  }
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as unknown as EntryFile
}

function factsOf(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields)
    .filter(([, value]) => value != null)
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => [shortened(name, LONGEST), anyText(value)])
}

function further(line: JournalLine): Entry['more'] {
  // The command line has the arguments already.
  const isKnown = (name: string) => KNOWN.has(name) || (name === 'arguments' && line.line !== undefined)
  const fields = factsOf(Object.fromEntries(Object.entries(line).filter(([name]) => !isKnown(name))))
  return fields.length > 0 ? fields : undefined
}
