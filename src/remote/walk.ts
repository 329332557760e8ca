import { CbcError, interrupted } from '../core/errors.ts'
import { IN_FLIGHT } from '../core/concurrent-map.ts'
import { contents, type Work } from './files.ts'
import { isDirectory, type Entry } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** A directory that was listed, or could not be. */
export interface Visited {
  path: string
  /** 0 where the walk began. */
  depth: number
  /** Sorted. */
  entries: Entry[]
  /** Those of the entries that the walk goes into: no links, nothing below its depth. Their turn comes in this order, each with all below it. */
  into: ReadonlySet<Entry>
  /** Why it can't be read; `entries` are what is known then. */
  error?: CbcError
}

export interface WalkOptions {
  /** Directories below the beginning that are listed; 0: only that itself. */
  depth?: number
  /** The order of entries in their directory; default: by name. */
  compare?: (a: Entry, b: Entry) => number
}

/** A directory that will be visited. */
interface Node {
  path: string
  depth: number
  listing?: Promise<void>
  visited?: Visited
  failure?: unknown
}

/** Entries that may wait for whoever reads the walk. */
const WAITING = 20_000

/**
 * Lists a directory and all below it ("directory list"), several at a time, in the order of the walk: a directory, then those in it one after the other,
 * each with all below it. Links and junctions are never followed, except where the walk begins. What can't be read below that is told of, and the walk goes on.
 * @param path absolute
 * @throws CbcError not_found, remote: the beginning can't be read; network, timeout, interrupted: nothing more can
 */
export async function* walk(session: RemoteSession, path: string, options: WalkOptions, work: Work): AsyncGenerator<Visited> {
  const over = new AbortController()
  const ahead = new Ahead(session, { path: session.paths.bare(path), depth: 0 }, options, AbortSignal.any([work.signal, over.signal]))
  try {
    for (let visited = await ahead.next(); visited !== undefined; visited = await ahead.next()) yield visited
  } finally {
    over.abort(interrupted())
    await ahead.settled()
  }
}

/** The directories ahead in the order of the walk, the first of them being listed. */
class Ahead {
  readonly #session: RemoteSession
  readonly #options: WalkOptions
  readonly #signal: AbortSignal
  readonly #nodes: Node[]
  readonly #listing = new Set<Promise<void>>()
  /** Entries that are known and not read yet. */
  #waiting = 0

  constructor(session: RemoteSession, first: Node, options: WalkOptions, signal: AbortSignal) {
    this.#session = session
    this.#options = options
    this.#signal = signal
    this.#nodes = [first]
  }

  async next(): Promise<Visited | undefined> {
    const first = this.#nodes[0]
    if (first === undefined) return undefined
    this.#fill()
    while (first.listing === undefined) {
      this.#signal.throwIfAborted()
      await Promise.race(this.#listing)
    }
    await first.listing
    this.#nodes.shift()
    const { visited } = first
    if (visited === undefined) throw first.failure
    if (visited.error !== undefined && visited.depth === 0 && visited.entries.length === 0) throw visited.error
    this.#waiting -= visited.entries.length
    return visited
  }

  async settled(): Promise<void> {
    await Promise.all(this.#listing)
  }

  /** Begins to list what comes next. */
  #fill(): void {
    for (const node of this.#nodes) {
      if (this.#signal.aborted) return
      if (this.#listing.size >= IN_FLIGHT || (this.#waiting > WAITING && node !== this.#nodes[0])) return
      if (node.listing !== undefined) continue
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
      node.visited = visited
      this.#waiting += visited.entries.length
      const children = [...visited.into].map(({ path }) => ({ path, depth: node.depth + 1 }))
      this.#nodes.splice(this.#nodes.indexOf(node) + 1, 0, ...children)
    } catch (failure) {
      node.failure = failure
    }
  }

  async #visit({ path, depth }: Node): Promise<Visited> {
    const { paths } = this.#session
    try {
      const found = await contents(this.#session, path, { signal: this.#signal })
      // A name is one part of a path; one that is more could lead anywhere.
      const entries = found.filter(({ filename }) => paths.isName(filename)).sort(this.#options.compare ?? byName)
      const into = depth < (this.#options.depth ?? Infinity) ? entries.filter(item => isDirectory(item) && !isLink(item)) : []
      const odd = found.length > entries.length ? { error: new CbcError('remote', `${path}: the endpoint lists names that are none`, { device_id: this.#session.device.id }) } : {}
      return { path, depth, entries, into: new Set(into), ...odd }
    } catch (error) {
      if (!(error instanceof CbcError) || (error.code !== 'remote' && error.code !== 'not_found')) throw error
      return { path, depth, entries: [], into: new Set(), error }
    }
  }
}

/** Whether an entry leads to another place: a junction or a symbolic link. */
export function isLink({ attributes }: Entry): boolean {
  return attributes.some(attribute => attribute === 'REPARSE_POINT' || attribute === 'SYMLINK')
}

/** By name, as people sort: without regard to case. */
export function byName(a: Entry, b: Entry): number {
  const [left, right] = [a.filename.toLowerCase(), b.filename.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : a.filename < b.filename ? -1 : 1
}

/** One entry on a walk, after the directory that it is in and before what is in itself. */
export interface Met {
  entry: Entry
  /** 1 for what is in the directory where the walk began. */
  depth: number
  /** Whether it is the last of its directory. */
  last: boolean
}

/** The entries of a walk, each directory followed by what is in it; failures where they happen. */
export async function* meet(walked: AsyncIterable<Visited>): AsyncGenerator<Met | Visited & { error: CbcError }> {
  const iterator = walked[Symbol.asyncIterator]()
  try {
    yield* below(iterator)
  } finally {
    await iterator.return?.()
  }
}

async function* below(walked: AsyncIterator<Visited>): AsyncGenerator<Met | Visited & { error: CbcError }> {
  const { value: visited, done } = await walked.next()
  if (done) return
  if (hasFailed(visited)) yield visited
  for (const [at, entry] of visited.entries.entries()) {
    yield { entry, depth: visited.depth + 1, last: at === visited.entries.length - 1 }
    if (visited.into.has(entry)) yield* below(walked)
  }
}

function hasFailed(visited: Visited): visited is Visited & { error: CbcError } {
  return visited.error !== undefined
}
