import {
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
import { join } from 'node:path'
import type { Ledger, LedgerEntry, Trace } from '../core/ledger.ts'
import type { Clock, Random } from '../core/ports.ts'
import { ownerOf, type Owner, type Processes } from '../core/owner.ts'
import { syncFolderNow } from './sync-folder.ts'

export interface LedgerOptions {
  /** Where the files of all runs lie. */
  directory: string
  /** The organization whose traces are asked for: `https://defense-xxx.conferdeploy.net ABCD1234`. */
  place: string
  clock: Clock
  random: Random
  processes: Processes
  /** Told once that traces can't be noted. */
  warn(line: string): void
}

const SUFFIX = '.jsonl'

/** One line of a file: a trace, what became known of it, or its end. */
type Line = Kept | { id: string; know: Partial<Trace> } | { id: string; left: true } | { id: string; gone: true }

/** A trace that is not struck out. */
interface Kept {
  id: string
  place: string
  since: number
  trace: Trace
  left: boolean
}

/** Lines of which nothing is left to tell, after which a run's file is written anew. */
const MAX_SPENT_LINES = 500

/**
 * The ledger as a folder with one file of JSON lines a run, which only its run adds to while it lives: so several runs need no lock, and a
 * line that
 * was cut off is the last one. A file is named after machine, process and the kernel's start time of that, and goes when all in it is
 * struck out. Runs
 * on other machines that share the folder are never taken for dead.
 */
export function openLedger({ directory, place, clock, random, processes, warn }: LedgerOptions): Ledger {
  const owner = ownerOf(processes)
  const own = join(directory, `${[machine(), owner.self, random.uuid()].join('_')}${SUFFIX}`)
  const open = new Map<string, Kept>()
  let spent = 0
  let troubled = false
  /** Whether the last line may have been cut off, as on a disk that is full: what comes next begins a line of its own. */
  let cut = false
  /** Whether the folder is known to have the file, also after the power fails. */
  let there = false

  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!troubled)
        warn(`what this run leaves behind can't be noted for \`cbc lr gc\`: ${error instanceof Error ? error.message : String(error)}`)
      troubled = true
    }
  }
  const append = (line: Line) =>
    attempt(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const text = `${cut ? '\n' : ''}${JSON.stringify(line)}\n`
      cut = true
      writeSafely(own, 'a', text)
      cut = false
      if (!there) syncFolderNow(directory)
      there = true
    })
  /** A shell that is held open for days notes thousands of things. */
  const compact = () =>
    attempt(() => {
      spent = 0
      writeSafely(`${own}.new`, 'w', [...open.values()].map(kept => `${JSON.stringify(kept)}\n`).join(''))
      renameSync(`${own}.new`, own)
      syncFolderNow(directory)
      cut = false
    })

  return {
    note(trace) {
      const kept: Kept = { id: random.uuid(), place, since: clock.now(), trace, left: false }
      const { id } = kept
      open.set(id, kept)
      append(kept)
      return {
        know(facts) {
          if (Object.entries(facts).every(([name, fact]) => kept.trace[name as keyof Trace] === fact)) return
          kept.trace = { ...kept.trace, ...facts } as Trace
          append({ id, know: facts as Partial<Trace> })
        },
        leave() {
          kept.left = true
          append({ id, left: true })
        },
        strike() {
          if (!open.delete(id)) return
          // Nothing is left to tell: the file goes instead of growing.
          if (open.size === 0) {
            attempt(() => rmSync(own, { force: true }))
            there = cut = false
          } else if (++spent >= MAX_SPENT_LINES) compact()
          else append({ id, gone: true })
        },
      }
    },
    entries: () =>
      filesIn(directory)
        .flatMap(name => entriesOf(join(directory, name), place, isAlive(name, owner)))
        .sort((a, b) => a.since - b.since),
  }
}

/** What a file still holds. That of a dead run which holds nothing any more goes. */
function entriesOf(file: string, place: string, alive: boolean): LedgerEntry[] {
  const all = keptIn(file)
  if (all.size === 0 && !alive) rmSync(file, { force: true })
  return [...all.values()]
    .filter(kept => kept.place === place)
    .map(({ id, trace, since, left }) => ({
      trace,
      since,
      used: alive && !left,
      strike() {
        mark(file, { id, gone: true })
        if (!alive && keptIn(file).size === 0) rmSync(file, { force: true })
      },
    }))
}

function keptIn(file: string): Map<string, Kept> {
  const all = new Map<string, Kept>()
  for (const line of linesOf(file)) {
    const kept = all.get(line.id)
    if ('trace' in line) all.set(line.id, line)
    else if ('gone' in line) all.delete(line.id)
    else if (kept !== undefined && 'left' in line) kept.left = true
    else if (kept !== undefined && 'know' in line) {
      const known = { ...kept, trace: { ...kept.trace, ...line.know } as Trace }
      if (isKept(known)) all.set(line.id, known)
    }
  }
  return all
}

/** The lines that are whole: a run that was killed may have cut off its last. */
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
      return typeof read?.id === 'string' && (!('trace' in read) || isKept(read)) ? [read] : []
    } catch {
      return []
    }
  })
}

/** Whether what a file has is a trace: somebody else may have written to it, or the disk. */
function isKept({ place, since, trace }: Kept): boolean {
  if (typeof place !== 'string' || typeof since !== 'number' || typeof trace !== 'object' || trace === null) return false
  const { kind, device_id, session_id, file_id, path, pid } = trace as Partial<Record<string, unknown>>
  const areTexts = [session_id, file_id, path].every(text => text === undefined || typeof text === 'string')
  const isWhole =
    kind === 'session' ||
    (kind === 'file' && path !== undefined) ||
    (kind === 'staged' && session_id !== undefined) ||
    (kind === 'program' && path !== undefined && ['number', 'undefined'].includes(typeof pid))
  return areTexts && isWhole && (typeof device_id === 'number' || (kind === 'staged' && device_id === undefined))
}

/** Adds a line to a file that is there; one that has gone meanwhile has nothing to strike. */
function mark(file: string, line: Line): void {
  let handle: number
  try {
    handle = openSync(file, constants.O_WRONLY | constants.O_APPEND)
  } catch {
    return
  }
  try {
    // A line of its own, also after one that was cut off.
    writeSync(handle, `\n${JSON.stringify(line)}\n`)
  } finally {
    closeSync(handle)
  }
}

/** Returns when what was written is on the disk, and not only on its way there. */
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

/** Whether the run of a file lives, or can't be told from here. */
function isAlive(name: string, owner: Owner): boolean {
  const [host, who = ''] = name.split('_')
  return host !== machine() || owner.alive(who)
}

/** This machine's name as a part of a file's. */
function machine(): string {
  return hostname().replace(/[^A-Za-z0-9.-]/g, '-')
}
