import { CbcError } from '../../core/errors.ts'
import { workThrough } from '../../core/work-list.ts'
import { Cursor } from '../../artifacts/cursor.ts'
import { isJunctionPath } from '../../artifacts/junctions.ts'
import type { Part } from '../../artifacts/pattern.ts'
import { contents, isNamed, statIfThere, type Work } from '../../remote/files.ts'
import { ACCESS_DENIED, NOT_A_DIRECTORY, resultCode } from '../../remote/hresult.ts'
import { isDirectory, isLink, isReparsePoint, type Entry } from '../../remote/normalize.ts'
import type { RemoteSession } from '../../remote/session.ts'

/** What patterns match on an endpoint. */
export interface FoundFiles {
  /** Each once, in the order of their paths, with the positions of the patterns that match it. */
  entries: { entry: Entry; patterns: number[] }[]
  /** Directories that could not be read, with the patterns that lead there. */
  unread: { path: string; error: CbcError; patterns: number[] }[]
  /** Links to directories that only a wildcard led to, with the patterns that lead there: they were not followed, because they may lead in circles. */
  links: { path: string; patterns: number[] }[]
}

interface Visit {
  path: string
  cursor: Cursor
  /** The entry of a reparse point that no pattern names: it is followed unless it turns out to be a link. */
  reparse?: Entry
}

/** The most directories that are read on an endpoint, and the most entries that are found: beyond these a pattern has no end. */
const MAX_DIRECTORIES = 50_000
const MAX_FOUND = 200_000

/**
 * Finds everything that patterns match ("directory list"): each directory is listed once, however many patterns lead there, and one of which a single name is wanted is not listed at all.
 * @throws CbcError network, timeout, interrupted
 */
export async function findFiles(session: RemoteSession, patterns: readonly (readonly Part[])[], work: Work): Promise<FoundFiles> {
  const search = new FileSearch(session, work)
  await workThrough(search.start(patterns), visit => search.visit(visit))
  const entries = [...search.entries.values()].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1))
  return { entries, unread: search.unread, links: search.links.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

class FileSearch {
  readonly entries = new Map<string, { entry: Entry; patterns: number[] }>()
  readonly unread: FoundFiles['unread'] = []
  readonly links: FoundFiles['links'] = []
  readonly #session: RemoteSession
  readonly #work: Work
  #directoriesLeft = MAX_DIRECTORIES

  constructor(session: RemoteSession, work: Work) {
    this.#session = session
    this.#work = work
  }

  /** On Windows patterns begin with a drive, elsewhere at the root. */
  start(patterns: readonly (readonly Part[])[]): Visit[] {
    const { windows } = this.#session.paths
    const cursor = Cursor.start(patterns, windows)
    if (!windows) return [{ path: '/', cursor }]
    return (cursor.names ?? []).map(({ name }) => ({ path: `${name}\\`, cursor: cursor.step(name).next }))
  }

  async visit(visit: Visit): Promise<Visit[]> {
    const { path, cursor } = visit
    if (cursor.isEmpty) return []
    const { names } = cursor
    const ends = names?.filter(one => one.ends) ?? []
    try {
      // Only its listing says whether a reparse point is a link, and whether what is usually a junction is one.
      if (names === undefined || ends.length > 1 || visit.reparse !== undefined || names.some(({ name }) => this.#isJunction(path, name)))
        return await this.#list(visit)
      const [only] = ends
      if (only !== undefined) await this.#look(path, only.name, cursor)
      return names.map(({ name }) => ({ path: this.#session.paths.join(path, name), cursor: cursor.step(name).next }))
    } catch (error) {
      if (!(error instanceof CbcError) || !['remote', 'not_found', 'usage'].includes(error.code)) throw error
      const code = resultCode(error)
      if (visit.reparse !== undefined && code === ACCESS_DENIED) this.links.push({ path, patterns: cursor.patterns })
      else if (error.code !== 'not_found' && code !== NOT_A_DIRECTORY) this.unread.push({ path, error, patterns: cursor.patterns })
      return []
    }
  }

  #isJunction(directory: string, name: string): boolean {
    const { paths } = this.#session
    return paths.windows && isJunctionPath(paths.join(directory, name))
  }

  /** Looks for the one entry of a directory that is wanted. */
  async #look(path: string, name: string, cursor: Cursor): Promise<void> {
    const { paths } = this.#session
    const entry = await statIfThere(this.#session, paths.join(path, name), this.#work)
    // Only an entry of this very name is meant: an endpoint may answer with that of something else.
    if (entry !== undefined && isNamed(entry, name, paths.windows)) this.#found(entry, cursor.step(name).matched)
  }

  async #list({ path, cursor, reparse }: Visit): Promise<Visit[]> {
    if (this.#directoriesLeft-- <= 0 || this.entries.size > MAX_FOUND) throw this.#endless(path)
    const { self, entries } = await contents(this.#session, path, this.#work)
    // A folder that a sync program fills is a reparse point and no link: its own entry says so too.
    if (reparse !== undefined && !(self !== undefined && isReparsePoint(self))) {
      this.links.push({ path, patterns: cursor.patterns })
      return []
    }
    const below: Visit[] = []
    for (const entry of entries) {
      if (entry.error !== undefined) this.unread.push({ path: entry.path, error: entry.error, patterns: cursor.patterns })
      else this.#enter(entry, cursor, below)
    }
    return below
  }

  #enter(entry: Entry, cursor: Cursor, below: Visit[]): void {
    const { windows } = this.#session.paths
    const { matched, next, named } = cursor.step(entry.filename)
    if (matched.length > 0) this.#found(entry, matched)
    if (next.isEmpty || !isDirectory(entry)) return
    // Patterns that lead through a junction of Windows' own lead past it too.
    if (windows && named && isReparsePoint(entry) && isJunctionPath(entry.path)) return
    if (named || !isReparsePoint(entry)) below.push({ path: entry.path, cursor: next })
    else if (isLink(entry, windows)) this.links.push({ path: entry.path, patterns: next.patterns })
    else below.push({ path: entry.path, cursor: next, reparse: entry })
  }

  #found(entry: Entry, patterns: number[]): void {
    const { windows } = this.#session.paths
    const key = windows ? entry.path.toLowerCase() : entry.path
    const known = this.entries.get(key)
    if (known === undefined) this.entries.set(key, { entry, patterns })
    else known.patterns = [...new Set([...known.patterns, ...patterns])]
  }

  #endless(path: string): CbcError {
    const limit =
      this.entries.size > MAX_FOUND ? `${MAX_FOUND.toLocaleString('en')} files` : `${MAX_DIRECTORIES.toLocaleString('en')} directories`
    return new CbcError('remote', `${path}: not read, after ${limit}`, {
      hint: 'name fewer artifacts at a time',
      device_id: this.#session.device.id,
    })
  }
}
