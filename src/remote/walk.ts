import { linked } from '../core/abort.ts'
import { CbcError, interrupted } from '../core/errors.ts'
import { DEFAULT_CONCURRENCY } from '../core/concurrent-map.ts'
import { contents, type Work } from './files.ts'
import { ACCESS_DENIED, resultCode } from './hresult.ts'
import { isDirectory, isLink, isReparsePoint, type Entry } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** A directory that was listed, or could not be. */
export interface Visited {
  path: string
  /** 0 where the walk began. */
  depth: number
  /** Sorted. One with an `error` has a name that is none: it is shown, and nothing else can be done with it. */
  entries: Entry[]
  /**
   * Those of the entries that the walk goes into: no links, nothing below its depth. Their turn comes in this order, each with all below
   * it.
   */
  into: ReadonlySet<Entry>
  /** It leads to another place, and was not gone into. */
  link?: true
  /** Why it can't be read. */
  error?: CbcError
}

export interface WalkOptions {
  /** Directories below the beginning that are listed; 0: only that itself. */
  depth?: number
  /** The order of entries in their directory; default: by name. */
  compare?: (a: Entry, b: Entry) => number
  /**
   * The entry where the walk begins, one of several that were listed: a link is not followed there either, and that it can't be read is
   * told of, not thrown.
   */
  entry?: Entry
  /** Directories that are listed at most, so that a tree without end comes to one; default: a million. */
  most?: number
}

/** A directory that will be visited. */
interface Node {
  path: string
  depth: number
  entry?: Entry | undefined
  /** The next in the order of the walk. */
  next?: Node | undefined
  listing?: Promise<void>
  outcome?: { visited: Visited } | { failure: unknown }
}

/** Entries that may wait for whoever reads the walk. */
const MAX_WAITING_ENTRIES = 20_000
/** Directories ahead of the reader that may be listed. */
const MAX_DIRECTORIES_AHEAD = 64
/** No real tree is deeper: a server that goes on is going in circles. */
const MAX_DEPTH = 4000
const MAX_DIRECTORIES = 1_000_000

/**
 * Lists a directory and all below it ("directory list"), several at a time, in the order of the walk: a directory, then those in it one
 * after the other,
 * each with all below it. Links and junctions are never followed, except where the walk begins. What can't be read below that is told of,
 * and the walk goes on.
 * @param path absolute
 * @throws CbcError not_found, remote: the beginning can't be read; network, timeout, interrupted: nothing more can
 */
export async function* walk(session: RemoteSession, path: string, options: WalkOptions, work: Work): AsyncGenerator<Visited> {
  const over = linked(work.signal)
  const ahead = new Ahead(session, { path: session.paths.bare(path), depth: 0, entry: options.entry }, options, over.signal)
  try {
    for (let visited = await ahead.next(); visited !== undefined; visited = await ahead.next()) yield visited
  } finally {
    over.abort(interrupted())
    await ahead.settled()
    over.clear()
  }
}

/** The directories ahead in the order of the walk, the first of them being listed. */
class Ahead {
  readonly #session: RemoteSession
  readonly #options: WalkOptions
  readonly #signal: AbortSignal
  #first: Node | undefined
  readonly #listing = new Set<Promise<void>>()
  /** Entries that are known and not read yet. */
  #waiting = 0
  /** Directories that may still be listed. */
  #left: number
  #stopped = false

  constructor(session: RemoteSession, first: Node, options: WalkOptions, signal: AbortSignal) {
    this.#session = session
    this.#options = options
    this.#signal = signal
    this.#first = first
    this.#left = options.most ?? MAX_DIRECTORIES
  }

  async next(): Promise<Visited | undefined> {
    const first = this.#first
    if (first === undefined) return undefined
    this.#fill()
    while (first.listing === undefined && this.#left > 0) {
      this.#signal.throwIfAborted()
      await Promise.race(this.#listing)
    }
    await first.listing
    this.#first = first.next
    const { outcome = { visited: this.#unread(first) } } = first
    if ('failure' in outcome) throw outcome.failure
    const { visited } = outcome
    if (visited.error !== undefined && visited.depth === 0 && this.#options.entry === undefined) throw visited.error
    this.#waiting -= visited.entries.length
    return visited
  }

  async settled(): Promise<void> {
    await Promise.all(this.#listing)
  }

  /** Begins to list what comes next. */
  #fill(): void {
    let at = 0
    for (let node = this.#first; node !== undefined && at < MAX_DIRECTORIES_AHEAD; node = node.next, at += 1) {
      if (
        this.#signal.aborted ||
        this.#left === 0 ||
        this.#listing.size >= DEFAULT_CONCURRENCY ||
        (this.#waiting > MAX_WAITING_ENTRIES && at > 0)
      )
        return
      if (node.listing !== undefined) continue
      this.#left -= 1
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
      this.#waiting += visited.entries.length
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
      if (entry !== undefined && isReparsePoint(entry) && !(self !== undefined && isReparsePoint(self))) return elsewhere(path, depth)
      entries.sort(compare)
      const into =
        depth < deepest
          ? entries.filter(item => isDirectory(item) && item.error === undefined && !isLink(item, this.#session.paths.windows))
          : []
      return { path, depth, entries, into: new Set(into) }
    } catch (error) {
      if (!(error instanceof CbcError) || !OF_ONE_DIRECTORY.has(error.code)) throw error
      if (entry !== undefined && isOldJunction(entry) && resultCode(error) === ACCESS_DENIED) return elsewhere(path, depth)
      return { path, depth, entries: [], into: new Set(), error }
    }
  }

  /** A directory that is not listed any more. The first of them says why. */
  #unread({ path, depth }: Node): Visited {
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

/** Failures that are those of one directory: the walk goes on after them. A path can be too long to be asked for, which is `usage`. */
const OF_ONE_DIRECTORY: ReadonlySet<CbcError['code']> = new Set(['remote', 'not_found', 'usage'])

/**
 * A reparse point is a link where what is listed there is another directory: that one's own entry (`.`) is no reparse point, and a drive's
 * root has none.
 * Folders of OneDrive are themselves: their own entry is one.
 */
function elsewhere(path: string, depth: number): Visited {
  return { path, depth, entries: [], into: new Set(), link: true }
}

/** The junctions that Windows has in the place of folders of Windows XP are hidden system files that nobody may list. */
function isOldJunction(entry: Entry): boolean {
  return isReparsePoint(entry) && entry.attributes.includes('HIDDEN') && entry.attributes.includes('SYSTEM')
}

/** By name, as people sort: without regard to case. */
export function byName(a: Entry, b: Entry): number {
  const [left, right] = [a.filename.toLowerCase(), b.filename.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : a.filename < b.filename ? -1 : 1
}
