import { CbcError } from '../core/errors.ts'
import { parseTime } from '../core/time.ts'
import type { Listed } from '../remote/download.ts'
import { stat } from '../remote/files.ts'
import { ACCESS_DENIED, resultCode } from '../remote/hresult.ts'
import { entry as entryFor, isDirectory, isLink, isReparsePoint, type Entry } from '../remote/normalize.ts'
import type { RemoteSession } from '../remote/session.ts'
import type { Contents } from './contents.ts'
import { kindOf } from './describe.ts'
import type { Listing, Listings } from './listings.ts'
import { fileOfStream, isStream } from './places.ts'
import { KIND } from './protocol/constants.ts'
import { Turns } from './turns.ts'

/** How many reparse points of one directory are looked into: each takes a command. */
const MAX_LOOKED_INTO = 100
/** How many at a time. */
const LOOKED_INTO_AT_ONCE = 8

/** What is where on the endpoint, out of listings as far as possible. */
export class Entries {
  readonly #session: RemoteSession
  readonly #listings: Listings
  readonly #contents: Contents

  constructor(session: RemoteSession, listings: Listings, contents: Contents) {
    this.#session = session
    this.#listings = listings
    this.#contents = contents
  }

  /**
   * Returns the entry of a path, by the listing of its directory.
   * @param path absolute
   * @throws CbcError not_found; remote
   */
  async at(path: string, signal: AbortSignal): Promise<Entry> {
    const { paths } = this.#session
    if (paths.isRoot(path)) return await this.#root(path, signal)
    if (paths.windows && isStream(path)) return await this.#stream(path, signal)
    const listing = await this.#listingAbove(path, signal)
    if (listing === undefined) return await stat(this.#session, path, { signal })
    const found = listing.find(paths.base(path))
    if (found === undefined) throw this.#missing(path)
    return found
  }

  /** Returns the entry of a path; undefined where there is none, though its directory is there. @throws CbcError */
  async ifThere(path: string, signal: AbortSignal): Promise<Entry | undefined> {
    const listing = await this.#listingAbove(path, signal)
    if (listing !== undefined) return listing.find(this.#session.paths.base(path))
    return await stat(this.#session, path, { signal }).catch((error: unknown) => {
      if (error instanceof CbcError && (error.code === 'not_found' || error.code === 'remote')) return undefined
      throw error
    })
  }

  /** Says what an entry is. On Windows a directory with a reparse point is looked into: it may be a link or not. @throws CbcError */
  async kindOf(entry: Entry, signal: AbortSignal): Promise<number> {
    const { windows } = this.#session.paths
    return (await this.#leadsElsewhere(entry, signal)) ? KIND.LINK : kindOf(entry, windows)
  }

  /** Says what the entries of a directory are. @throws CbcError */
  async kindsOf(entries: readonly Entry[], signal: AbortSignal): Promise<number[]> {
    const turns = new Turns(LOOKED_INTO_AT_ONCE)
    let lookedInto = 0
    const { windows } = this.#session.paths
    return await Promise.all(
      entries.map(async entry => {
        if (!isPerhapsLink(entry, windows) || ++lookedInto > MAX_LOOKED_INTO) return kindOf(entry, windows)
        return await turns.take(signal, () => this.kindOf(entry, signal))
      }),
    )
  }

  /** What is listed of a file: nothing of a link, whose entry is not that of the file, and no size of a stream. */
  listedOf(entry: Entry): Listed {
    const { windows } = this.#session.paths
    if (isLink(entry, windows)) return {}
    if (windows && isStream(entry.path)) return { modified: parseTime(entry['last_write_time']) }
    return { size: entry.size ?? undefined, modified: parseTime(entry['last_write_time']) }
  }

  async #root(path: string, signal: AbortSignal): Promise<Entry> {
    const { paths, info } = this.#session
    const isKnown = !paths.windows || info.drives?.some(drive => paths.bare(drive).toLowerCase() === paths.bare(path).toLowerCase())
    if (isKnown !== true) await this.#listings.of(path, signal)
    return entryFor({ filename: path, attributes: ['DIRECTORY'] }, path)
  }

  /** A stream is not listed. Its size is known when it is here. */
  async #stream(path: string, signal: AbortSignal): Promise<Entry> {
    const file = await this.at(fileOfStream(path), signal)
    const content = this.#contents.of(path, { modified: parseTime(file['last_write_time']) })
    const leave = content.use()
    try {
      await content.whole(signal)
    } finally {
      leave()
    }
    return { ...file, path, filename: this.#session.paths.base(path), size: content.size ?? null, attributes: [] }
  }

  /** Returns the listing of the directory that holds a path; undefined where it can't be listed, though something in it may be read. */
  async #listingAbove(path: string, signal: AbortSignal): Promise<Listing | undefined> {
    try {
      return await this.#listings.of(this.#session.paths.parent(path), signal)
    } catch (error) {
      if (error instanceof CbcError && error.code === 'remote') return undefined
      throw error
    }
  }

  /** Whether a reparse point leads to another directory, by the rule of `walk`: that one's own entry is no reparse point. */
  async #leadsElsewhere(entry: Entry, signal: AbortSignal): Promise<boolean> {
    if (!isPerhapsLink(entry, this.#session.paths.windows)) return false
    try {
      const { self } = await this.#listings.of(entry.path, signal)
      return self === undefined || !isReparsePoint(self)
    } catch (error) {
      if (!(error instanceof CbcError) || (error.code !== 'remote' && error.code !== 'not_found')) throw error
      return resultCode(error) === ACCESS_DENIED && entry.attributes.includes('HIDDEN') && entry.attributes.includes('SYSTEM')
    }
  }

  #missing(path: string): CbcError {
    return new CbcError('not_found', `${path}: no such file or directory`, { device_id: this.#session.device.id })
  }
}

function isPerhapsLink(entry: Entry, windows: boolean): boolean {
  return windows && isReparsePoint(entry) && isDirectory(entry) && !isLink(entry, windows)
}
