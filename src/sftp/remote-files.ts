import type { LocalFiles } from '../core/ports.ts'
import { isDirectory, type Entry } from '../remote/normalize.ts'
import type { RemoteSession } from '../remote/session.ts'
import type { Acting } from './acts.ts'
import { BlockStore } from './block-store.ts'
import { Changes } from './changes.ts'
import { Contents } from './contents.ts'
import { attributesOf, directoryAttributes, named } from './describe.ts'
import { Entries } from './entries.ts'
import { IncomingFile } from './incoming-file.ts'
import { Listings } from './listings.ts'
import { escapeName } from './names.ts'
import { Places } from './places.ts'
import type { NamedEntry } from './protocol/answers.ts'
import type { Attributes } from './protocol/attributes.ts'
import { KIND, OPEN, STATUS } from './protocol/constants.ts'
import type { FileSystem, OpenFile } from './protocol/file-system.ts'
import { Refusal, unsupported } from './protocol/refusal.ts'
import { Turns } from './turns.ts'

/** How many files are fetched at a time. */
const FETCHES_AT_ONCE = 8
/** Any of these asks for more than reading. */
const WRITES = OPEN.WRITE | OPEN.APPEND | OPEN.CREATE | OPEN.TRUNCATE

export interface RemoteFilesOptions {
  session: RemoteSession
  local: Pick<LocalFiles, 'scratch'>
  /** Whether clients may change the endpoint. */
  writable: boolean
  /** Milliseconds that a command on the endpoint may take. */
  timeoutMs: number
  /** Ends everything. */
  signal: AbortSignal
  /** Shows the user one line. */
  notice(line: string): void
  /** Does what is done on the endpoint; what is only listed is not. */
  act: Acting
}

/** The files of an endpoint for SFTP clients, which may be several. */
export class RemoteFiles implements FileSystem {
  readonly #options: RemoteFilesOptions
  readonly #places: Places
  readonly #store: BlockStore
  readonly #listings: Listings
  readonly #contents: Contents
  readonly #entries: Entries
  readonly #changes: Changes

  constructor(options: RemoteFilesOptions) {
    const { session, local, timeoutMs, act } = options
    this.#options = options
    this.#places = new Places(session.paths)
    this.#store = new BlockStore(local)
    this.#listings = new Listings(session)
    this.#contents = new Contents({ session, store: this.#store, timeoutMs, turns: new Turns(FETCHES_AT_ONCE), act })
    this.#entries = new Entries(session, this.#listings, this.#contents)
    this.#changes = new Changes({
      ...options,
      store: this.#store,
      entries: this.#entries,
      listings: this.#listings,
      contents: this.#contents,
    })
  }

  realPath(path: string): string {
    return this.#places.absolute(path)
  }

  async attributes(path: string, follow: boolean, signal: AbortSignal): Promise<Attributes> {
    const place = this.#places.at(path)
    if (place.kind === 'drives') return directoryAttributes(this.#options.writable)
    const outgoing = await this.#changes.outgoing(place.path)
    if (outgoing !== undefined) return await outgoing.attributes()
    return await this.#describe(await this.#entries.at(place.path, signal), follow, signal)
  }

  async list(path: string, signal: AbortSignal): Promise<readonly NamedEntry[]> {
    const place = this.#places.at(path)
    const now = this.#options.session.clock.now()
    const here = directoryAttributes(this.#options.writable)
    const dots = [named('.', here, now), named('..', here, now)]
    if (place.kind === 'drives') return [...dots, ...this.#drives().map(drive => named(drive, here, now))]
    const { entries, self } = await this.#listings.of(place.path, signal)
    if (self !== undefined) dots[0] = named('.', this.#attributesOf(self, KIND.DIRECTORY), now)
    const valid = entries.filter(entry => entry.error === undefined)
    const kinds = await this.#entries.kindsOf(valid, signal)
    this.#tellOf(place.path, entries.length - valid.length)
    return [...dots, ...valid.map((entry, at) => named(escapeName(entry.filename), this.#attributesOf(entry, kinds[at]), now))]
  }

  async open(path: string, flags: number, signal: AbortSignal): Promise<OpenFile> {
    const place = this.#places.at(path)
    if (place.kind === 'drives') throw isADirectory(path)
    if (flags & WRITES) {
      this.#checkWritable()
      return await this.#changes.open(place.path, flags, signal)
    }
    const entry = await this.#entries.at(place.path, signal)
    const listed = this.#entries.listedOf(entry)
    // A link is opened for what it leads to, which the endpoint finds out.
    if (isDirectory(entry)) throw isADirectory(path)
    const content = this.#contents.of(entry.path, listed)
    return new IncomingFile({ ...entry, size: listed.size ?? null }, content, this.#options.session.paths.windows, {
      writable: this.#options.writable,
      kind: KIND.FILE,
    })
  }

  async setAttributes(path: string, attributes: Attributes): Promise<void> {
    const place = this.#changeable(path)
    const outgoing = await this.#changes.outgoing(place)
    if (outgoing !== undefined) return await outgoing.setAttributes(attributes)
    if (attributes.size === undefined && this.#changes.wasPut(place)) return
    throw unsupported(`${place}: Live Response has no command for changing times, permissions, or the size alone`)
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#changes.makeDirectory(this.#changeable(path))
  }

  async remove(path: string): Promise<void> {
    await this.#changes.remove(this.#changeable(path))
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#changes.removeDirectory(this.#changeable(path))
  }

  /** Removes what is kept on this machine. */
  async close(): Promise<void> {
    await this.#store.close()
  }

  async #describe(entry: Entry, follow: boolean, signal: AbortSignal): Promise<Attributes> {
    const kind = await this.#entries.kindOf(entry, signal)
    if (kind !== KIND.LINK || !follow) return this.#attributesOf(entry, kind)
    // What a link leads to is not listed: it is a directory or not, and no more is known.
    return this.#attributesOf({ ...entry, size: null, last_write_time: null }, isDirectory(entry) ? KIND.DIRECTORY : KIND.FILE)
  }

  #attributesOf(entry: Entry, kind: number | undefined): Attributes {
    const { writable, session } = this.#options
    return attributesOf(entry, session.paths.windows, { writable, ...(kind === undefined ? {} : { kind }) })
  }

  #drives(): string[] {
    return [...new Set((this.#options.session.info.drives ?? []).map(drive => this.#places.driveName(drive)))]
  }

  #tellOf(directory: string, count: number): void {
    if (count > 0) this.#options.notice(`${directory}: ${count} of its entries have names that can't be those of files; they are left out`)
  }

  /** Returns the endpoint's path of something that is to be changed. @throws Refusal */
  #changeable(path: string): string {
    const place = this.#places.at(path)
    this.#checkWritable()
    if (place.kind === 'drives') throw new Refusal(STATUS.PERMISSION_DENIED, `${path}: there are only drives`)
    return place.path
  }

  #checkWritable(): void {
    if (!this.#options.writable) throw new Refusal(STATUS.PERMISSION_DENIED, 'this server only reads: it was started without --write')
  }
}

function isADirectory(path: string): Refusal {
  return new Refusal(STATUS.FAILURE, `${path}: is a directory`)
}
