import {
  appendFileSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import type { Ledger, LedgerEntry, Trace } from '../core/ledger.ts'
import type { Clock, Random } from '../core/ports.ts'
import { ownerOf, type Owner, type Processes } from '../core/owner.ts'
import { syncFolderNow } from './sync-folder.ts'

export interface LedgerOptions {
  /** The folder with the files of all runs. */
  directory: string
  /** The organization whose traces are listed: `https://defense-xxx.conferdeploy.net ABCD1234`. */
  place: string
  clock: Clock
  random: Random
  processes: Processes
  /** Called once when traces can't be noted. */
  warn(line: string): void
}

const SUFFIX = '.jsonl'

/** One line of a file: a trace, facts that became known of it, or its end. */
type Line = OpenTrace | { id: string; know: Partial<Trace> } | { id: string; left: true } | { id: string; gone: true }

/** A trace that has not been struck out. */
interface OpenTrace {
  id: string
  place: string
  since: number
  trace: Trace
  left: boolean
}

/** How many lines about traces that are struck out a file may hold before it is rewritten. */
const MAX_STRUCK_LINES = 500

/**
 * Opens the ledger, a folder with one file of JSON lines per run. Only the run itself appends to its file while it lives, so several runs
 * need no lock, and only the last line can be cut off. A file is named after the machine, the process and the kernel's start time of that
 * process, and is removed once everything in it is struck out. Runs on other machines that share the folder are never taken for dead.
 */
export function openLedger({ directory, place, clock, random, processes, warn }: LedgerOptions): Ledger {
  const owner = ownerOf(processes)
  const own = join(directory, `${[machine(), owner.self, random.uuid()].join('_')}${SUFFIX}`)
  const open = new Map<string, OpenTrace>()
  let struckLines = 0
  let hasWarned = false
  /** Whether the last line may have been cut off, as on a full disk, so that the next one needs a line break first. */
  let isCutOff = false
  /** Whether the folder is known to exist. */
  let isMade = false
  /** Whether the folder's entry for the file is on the disk, so that it survives a power failure. */
  let isSynced = false

  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!hasWarned)
        warn(`what this run leaves behind can't be noted for \`cbc lr gc\`: ${error instanceof Error ? error.message : String(error)}`)
      hasWarned = true
    }
  }
  const append = (line: Line) =>
    attempt(() => {
      if (!isMade) mkdirSync(directory, { recursive: true, mode: 0o700 })
      isMade = true
      const text = `${isCutOff ? '\n' : ''}${JSON.stringify(line)}\n`
      isCutOff = true
      if (needsSync(line)) {
        writeSafely(own, 'a', text)
        if (!isSynced) syncFolderNow(directory)
        isSynced = true
      } else appendFileSync(own, text, { mode: 0o600 })
      isCutOff = false
    })
  /** Rewrites the file without what is struck out: a shell that is open for days notes thousands of things. */
  const compact = () =>
    attempt(() => {
      struckLines = 0
      writeSafely(`${own}.new`, 'w', [...open.values()].map(record => `${JSON.stringify(record)}\n`).join(''))
      renameSync(`${own}.new`, own)
      syncFolderNow(directory)
      isCutOff = false
    })

  return {
    note(trace) {
      const record: OpenTrace = { id: random.uuid(), place, since: clock.now(), trace, left: false }
      const { id } = record
      open.set(id, record)
      append(record)
      return {
        update(facts) {
          if (Object.entries(facts).every(([name, fact]) => record.trace[name as keyof Trace] === fact)) return
          record.trace = { ...record.trace, ...facts } as Trace
          append({ id, know: facts as Partial<Trace> })
        },
        release() {
          record.left = true
          append({ id, left: true })
        },
        strike() {
          if (!open.delete(id)) return
          // Everything is struck out: the file is removed instead of growing.
          if (open.size === 0) {
            attempt(() => rmSync(own, { force: true }))
            isSynced = isCutOff = false
          } else if (++struckLines >= MAX_STRUCK_LINES) compact()
          else append({ id, gone: true })
        },
      }
    },
    entries: () =>
      filesIn(directory)
        // What this run has noted is known without reading it: a run over many devices asks for each of them.
        .flatMap(name =>
          name === basename(own)
            ? entriesOf(own, open, place, true)
            : entriesOf(join(directory, name), undefined, place, isAlive(name, owner)),
        )
        .sort((a, b) => a.since - b.since),
  }
}

/**
 * Whether a line has to be on the disk before its trace is made, even if the power fails then. A session ends by itself, and what is staged
 * ends with it: waiting for the disk would hold up all transfers for each file. A line that tells more of a trace, or its end, only saves
 * `lr gc` from looking for it, except what a shadow copy is known by.
 */
function needsSync(line: Line): boolean {
  if ('know' in line) return 'output_file' in line.know || 'shadow_id' in line.know
  return 'trace' in line && line.trace.kind !== 'session' && line.trace.kind !== 'staged'
}

/**
 * Returns the open entries of a file, and removes the file of a dead run that has none left.
 * @param known the traces in it, where they are known without reading it
 */
function entriesOf(file: string, known: Map<string, OpenTrace> | undefined, place: string, alive: boolean): LedgerEntry[] {
  const all = known ?? openTracesIn(file)
  if (all.size === 0 && !alive) rmSync(file, { force: true })
  return [...all.values()]
    .filter(record => record.place === place)
    .map(({ id, trace, since, left }) => ({
      trace,
      since,
      used: alive && !left,
      strike() {
        known?.delete(id)
        appendTo(file, { id, gone: true })
        if (!alive && openTracesIn(file).size === 0) rmSync(file, { force: true })
      },
    }))
}

function openTracesIn(file: string): Map<string, OpenTrace> {
  const all = new Map<string, OpenTrace>()
  for (const line of linesOf(file)) {
    const record = all.get(line.id)
    if ('trace' in line) all.set(line.id, line)
    else if ('gone' in line) all.delete(line.id)
    else if (record !== undefined && 'left' in line) record.left = true
    else if (record !== undefined && 'know' in line) {
      const known = { ...record, trace: { ...record.trace, ...line.know } as Trace }
      if (isValidTrace(known)) all.set(line.id, known)
    }
  }
  return all
}

/** Reads the complete lines of a file: a run that was killed may have cut off its last one. */
function linesOf(file: string): Line[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap(line => {
    try {
      const read = JSON.parse(line) as Line | null
      return typeof read?.id === 'string' && (!('trace' in read) || isValidTrace(read)) ? [read] : []
    } catch {
      return []
    }
  })
}

/** Whether a line holds a valid trace: the file may be damaged, or written by somebody else. */
function isValidTrace({ place, since, trace }: OpenTrace): boolean {
  if (typeof place !== 'string' || typeof since !== 'number' || typeof trace !== 'object' || trace === null) return false
  const { kind, device_id, session_id, file_id, shadow_id, output_file, path, pid } = trace as Partial<Record<string, unknown>>
  const areTexts = [session_id, file_id, output_file, path].every(text => text === undefined || typeof text === 'string')
  const isWhole =
    kind === 'session' ||
    (kind === 'file' && path !== undefined) ||
    (kind === 'shadow' && path !== undefined && (shadow_id === undefined || isGuid(shadow_id))) ||
    (kind === 'staged' && session_id !== undefined) ||
    (kind === 'program' && path !== undefined && ['number', 'undefined'].includes(typeof pid))
  return areTexts && isWhole && (typeof device_id === 'number' || (kind === 'staged' && device_id === undefined))
}

/** Whether something is a GUID in braces: it becomes part of a command line. */
function isGuid(value: unknown): boolean {
  return typeof value === 'string' && /^\{[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}\}$/i.test(value)
}

/** Appends a line to an existing file; when it has gone meanwhile, there is nothing to strike out. */
function appendTo(file: string, line: Line): void {
  let handle: number
  try {
    handle = openSync(file, constants.O_WRONLY | constants.O_APPEND)
  } catch {
    return
  }
  try {
    // Starts a line of its own even after one that was cut off.
    writeSync(handle, `\n${JSON.stringify(line)}\n`)
  } finally {
    closeSync(handle)
  }
}

/** Writes to a file, and returns only when the bytes are on the disk. */
function writeSafely(file: string, flags: 'a' | 'w', text: string): void {
  const handle = openSync(file, flags, 0o600)
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter(name => name.endsWith(SUFFIX))
  } catch {
    return []
  }
}

/** Whether the run of a file is alive, or may be: on another machine that can't be checked. */
function isAlive(name: string, owner: Owner): boolean {
  const [host, who = ''] = name.split('_')
  return host !== machine() || owner.alive(who)
}

/** Returns this machine's name as part of a file name. */
function machine(): string {
  return hostname().replace(/[^A-Za-z0-9.-]/g, '-')
}
