import { linked } from '../core/abort.ts'
import { CbcError, interrupted } from '../core/errors.ts'
import { DEFAULT_CONCURRENCY } from '../core/concurrent-map.ts'
import { contents, type Work } from './files.ts'
import { ACCESS_DENIED, resultCode } from './hresult.ts'
import { isDirectory, isLink, isReparsePoint, type Entry } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** A directory of a walk, listed or not. */
export interface Visited {
  path: string
  /** 0 for the directory where the walk began. */
  depth: number
  /** Sorted. An entry with an `error` doesn't have a valid name: it is shown, and nothing else can be done with it. */
  entries: Entry[]
  /**
   * The entries that the walk goes into: no links, nothing below its depth. They are visited in this order, each with everything below it.
   */
  into: ReadonlySet<Entry>
  /** It is a link to another place, and was not followed. */
  link?: true
  /** Why it can't be read. */
  error?: CbcError
}

export interface WalkOptions {
  /** How many levels below the beginning are listed; 0: only the beginning. */
  depth?: number
  /** The order of the entries of a directory; default: by name. */
  compare?: (a: Entry, b: Entry) => number
  /**
   * The entry where the walk begins, if it is one of several that were listed: then a link is not followed there either, and a failure to
   * read it is reported, not thrown.
   */
  entry?: Entry
  /** The most directories that are listed, so that a walk through an endless tree ends; default: a million. */
  most?: number
}

/** A directory that is going to be visited. */
interface Node {
  path: string
  depth: number
  entry?: Entry | undefined
  /** The next one in the order of the walk. */
  next?: Node | undefined
  listing?: Promise<void>
  outcome?: { visited: Visited } | { failure: unknown }
}

/** How many listed entries may wait for the reader of the walk. */
const MAX_WAITING_ENTRIES = 20_000
/** How many directories may be listed ahead of the reader. */
const MAX_DIRECTORIES_AHEAD = 64
/** No real tree is deeper: beyond this the server is going in circles. */
const MAX_DEPTH = 4000
const MAX_DIRECTORIES = 1_000_000

/**
 * Lists a directory and everything below it ("directory list"), several directories at a time, in the order of the walk: a directory, then
 * those in it one after the other, each with everything below it. Links and junctions are never followed, except where the walk begins. A
 * directory below that can't be read is reported, and the walk goes on.
 * @param path absolute
 * @throws CbcError not_found, remote: the beginning can't be read; network, timeout, interrupted: nothing more can be read
 */
export async function* walk(session: RemoteSession, path: string, options: WalkOptions, work: Work): AsyncGenerator<Visited> {
  const over = linked(work.signal)
  const ahead = new DirectoriesAhead(session, { path: session.paths.bare(path), depth: 0, entry: options.entry }, options, over.signal)
  try {
    for (let visited = await ahead.next(); visited !== undefined; visited = await ahead.next()) yield visited
  } finally {
    over.abort(interrupted())
    await ahead.settled()
    over.clear()
  }
}

/** The directories ahead in the order of the walk, of which the first ones are being listed. */
class DirectoriesAhead {
  readonly #session: RemoteSession
  readonly #options: WalkOptions
  readonly #signal: AbortSignal
  #first: Node | undefined
  readonly #listing = new Set<Promise<void>>()
  /** How many listed entries wait for the reader. */
  #waitingEntries = 0
  /** How many directories may still be listed. */
  #directoriesLeft: number
  #stopped = false

  constructor(session: RemoteSession, first: Node, options: WalkOptions, signal: AbortSignal) {
    this.#session = session
    this.#options = options
    this.#signal = signal
    this.#first = first
    this.#directoriesLeft = options.most ?? MAX_DIRECTORIES
  }

  async next(): Promise<Visited | undefined> {
    const first = this.#first
    if (first === undefined) return undefined
    this.#fill()
    while (first.listing === undefined && this.#directoriesLeft > 0) {
      this.#signal.throwIfAborted()
      await Promise.race(this.#listing)
    }
    await first.listing
    this.#first = first.next
    const { outcome = { visited: this.#leftOut(first) } } = first
    if ('failure' in outcome) throw outcome.failure
    const { visited } = outcome
    if (visited.error !== undefined && visited.depth === 0 && this.#options.entry === undefined) throw visited.error
    this.#waitingEntries -= visited.entries.length
    return visited
  }

  async settled(): Promise<void> {
    await Promise.all(this.#listing)
  }

  /** Starts listing the directories that come next. */
  #fill(): void {
    let at = 0
    for (let node = this.#first; node !== undefined && at < MAX_DIRECTORIES_AHEAD; node = node.next, at += 1) {
      if (
        this.#signal.aborted ||
        this.#directoriesLeft === 0 ||
        this.#listing.size >= DEFAULT_CONCURRENCY ||
        (this.#waitingEntries > MAX_WAITING_ENTRIES && at > 0)
      )
        return
      if (node.listing !== undefined) continue
      this.#directoriesLeft -= 1
      const listing: Promise<void> = this.#list(node).finally(() => {
        this.#listing.delete(listing)
        this.#fill()
      })
      node.listing = listing
      this.#listing.add(listing)
    }
  }

  async #list(node: Node): Promise<void> {
    try {
      const visited = await this.#visit(node)
      this.#waitingEntries += visited.entries.length
      const after = node.next
      let last = node
      for (const entry of visited.into) last = last.next = { path: entry.path, depth: node.depth + 1, entry }
      last.next = after
      node.outcome = { visited }
    } catch (failure) {
      node.outcome = { failure }
    }
  }

  async #visit({ path, depth, entry }: Node): Promise<Visited> {
    const { compare = byName, depth: deepest = Infinity } = this.#options
    try {
      if (depth > MAX_DEPTH)
        throw new CbcError('remote', `${path}: deeper than ${MAX_DEPTH} directories, and not read: the tree seems to have no end`, {
          device_id: this.#session.device.id,
        })
      const { self, entries } = await contents(this.#session, path, { signal: this.#signal })
      if (entry !== undefined && isReparsePoint(entry) && !(self !== undefined && isReparsePoint(self))) return linkAt(path, depth)
      entries.sort(compare)
      const into =
        depth < deepest
          ? entries.filter(item => isDirectory(item) && item.error === undefined && !isLink(item, this.#session.paths.windows))
          : []
      return { path, depth, entries, into: new Set(into) }
    } catch (error) {
      if (!(error instanceof CbcError) || !SINGLE_DIRECTORY_ERRORS.has(error.code)) throw error
      if (entry !== undefined && isCompatibilityJunction(entry) && resultCode(error) === ACCESS_DENIED) return linkAt(path, depth)
      return { path, depth, entries: [], into: new Set(), error }
    }
  }

  /** A directory that is no longer listed. The first of them says why. */
  #leftOut({ path, depth }: Node): Visited {
    const told = this.#stopped
    this.#stopped = true
    const visited = { path, depth, entries: [], into: new Set<Entry>() }
    if (told) return visited
    const most = this.#options.most ?? MAX_DIRECTORIES
    return {
      ...visited,
      error: new CbcError('remote', `${path}: stopped after ${most} directories: neither this one nor any after it is read`, {
        hint: 'begin further down',
        device_id: this.#session.device.id,
      }),
    }
  }
}

/** Failures that concern one directory only, after which the walk goes on. A path that is too long for a request is `usage`. */
const SINGLE_DIRECTORY_ERRORS: ReadonlySet<CbcError['code']> = new Set(['remote', 'not_found', 'usage'])

/**
 * The result for a link. A reparse point is a link when listing it lists another directory, whose own entry (`.`) is not a reparse point; a
 * drive's root has no such entry at all. OneDrive folders are not links: their own entry is a reparse point.
 */
function linkAt(path: string, depth: number): Visited {
  return { path, depth, entries: [], into: new Set(), link: true }
}

/** Whether an entry is one of the junctions that replace folders of Windows XP: hidden system files that nobody may list. */
function isCompatibilityJunction(entry: Entry): boolean {
  return isReparsePoint(entry) && entry.attributes.includes('HIDDEN') && entry.attributes.includes('SYSTEM')
}

/** Compares entries by name, ignoring case. */
export function byName({ filename: a }: Entry, { filename: b }: Entry): number {
  const shorter = Math.min(a.length, b.length)
  // A long listing is sorted with some millions of comparisons, and nearly all names are ASCII.
  for (let at = 0; at < shorter; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left >= 0x80 || right >= 0x80) return byLowerCase(a, b)
    const difference = left === right ? 0 : lowerCase(left) - lowerCase(right)
    if (difference !== 0) return difference
  }
  return byLowerCase(a, b)
}

function lowerCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

function byLowerCase(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1
}
