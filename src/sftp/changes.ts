import { CbcError } from '../core/errors.ts'
import { SILENT, type LocalSource } from '../core/ports.ts'
import { ReadWriteLock } from '../core/read-write-lock.ts'
import { makeDirectory, remove } from '../remote/files.ts'
import { isDirectory, type Entry } from '../remote/normalize.ts'
import type { RemoteSession } from '../remote/session.ts'
import { upload } from '../remote/transfer.ts'
import type { Act, Acting, MovedBytes } from './acts.ts'
import type { BlockStore } from './block-store.ts'
import type { Contents } from './contents.ts'
import type { Entries } from './entries.ts'
import type { Listings } from './listings.ts'
import { OutgoingFile } from './outgoing-file.ts'
import { isStream } from './places.ts'
import { OPEN, STATUS } from './protocol/constants.ts'
import { Refusal, unsupported } from './protocol/refusal.ts'

export interface ChangesOptions {
  session: RemoteSession
  store: BlockStore
  entries: Entries
  listings: Listings
  contents: Contents
  /** Milliseconds that a command on the endpoint may take. */
  timeoutMs: number
  act: Acting
  /** Of the program: what a client has begun to change is not given up because it has gone. */
  signal: AbortSignal
  notice(line: string): void
}

/** What clients change on the endpoint, one change after the other. Paths are the endpoint's, absolute. */
export class Changes {
  readonly #options: ChangesOptions
  readonly #lock = new ReadWriteLock()
  /** The files that are open for writing; clients ask for them before they are on the endpoint. */
  readonly #outgoing = new Map<string, Promise<OutgoingFile>>()
  /** What was put here, of which clients set the times and permissions afterwards. */
  readonly #put = new Set<string>()

  constructor(options: ChangesOptions) {
    this.#options = options
  }

  /** Returns the file that is being written at a path; undefined where none is. */
  async outgoing(path: string): Promise<OutgoingFile | undefined> {
    return await this.#outgoing.get(this.#keyOf(path))?.catch(() => undefined)
  }

  wasPut(path: string): boolean {
    return this.#put.has(this.#keyOf(path))
  }

  /** Opens a file for writing. @param flags of `OPEN` */
  async open(path: string, flags: number, signal: AbortSignal): Promise<OutgoingFile> {
    const key = this.#keyOf(path)
    if (this.#outgoing.has(key)) throw failure(`${path}: is being written already`)
    const opening = this.#open(path, flags, signal)
    this.#outgoing.set(key, opening)
    return await opening.catch((error: unknown) => {
      this.#outgoing.delete(key)
      throw error
    })
  }

  async makeDirectory(path: string): Promise<void> {
    this.#checkName(path)
    this.#need('create directory')
    await this.#change({ verb: 'mkdir', path }, async (session, signal) => {
      await makeDirectory(session, path, { signal })
      return undefined
    })
  }

  async remove(path: string): Promise<void> {
    await this.#remove(path, entry => {
      if (isDirectory(entry) && entry.attributes.every(name => name !== 'REPARSE_POINT' && name !== 'SYMLINK'))
        throw failure(`${path}: is a directory`)
    })
  }

  async removeDirectory(path: string): Promise<void> {
    if (this.#options.session.paths.isRoot(path)) throw failure(`${path}: is a whole drive and is never deleted`)
    await this.#remove(path, entry => {
      if (!isDirectory(entry)) throw failure(`${path}: is not a directory`)
    })
  }

  async #remove(path: string, check: (entry: Entry) => void): Promise<void> {
    this.#need('delete file')
    await this.#change(
      { verb: 'rm', path },
      async (session, signal) => {
        await remove(session, path, { signal })
        return undefined
      },
      async signal => check(await this.#options.entries.at(path, signal)),
    )
  }

  async #open(path: string, flags: number, signal: AbortSignal): Promise<OutgoingFile> {
    const { session, store, listings, entries } = this.#options
    this.#checkName(path)
    this.#need('put file')
    // Whether there is something must be true now.
    listings.forget(session.paths.parent(path))
    const old = await entries.ifThere(path, signal)
    if (old !== undefined && isDirectory(old)) throw failure(`${path}: is a directory`)
    if (old !== undefined && flags & OPEN.CREATE && flags & OPEN.EXCLUSIVE) throw failure(`${path}: exists already`)
    if (old === undefined && !(flags & OPEN.CREATE))
      throw new CbcError('not_found', `${path}: no such file or directory`, { device_id: session.device.id })
    const file = store.create()
    const keeps = old !== undefined && !(flags & OPEN.TRUNCATE)
    if (keeps) await this.#fill(file, old, signal)
    return new OutgoingFile({
      path,
      name: session.paths.base(path),
      file,
      appends: (flags & OPEN.APPEND) !== 0,
      isChanged: !keeps,
      now: session.clock.now(),
      put: source => this.#change({ verb: 'put', path }, (recorded, stop) => this.#upload(recorded, path, source, stop)),
      ended: lost => {
        this.#outgoing.delete(this.#keyOf(path))
        if (lost) this.#options.notice(`${path}: not written, because the client went away before it closed the file`)
      },
    })
  }

  /** Begins with what the endpoint's file holds. */
  async #fill(file: ReturnType<BlockStore['create']>, old: Entry, signal: AbortSignal): Promise<void> {
    const content = this.#options.contents.of(old.path, this.#options.entries.listedOf(old))
    const leave = content.use()
    try {
      for await (const chunk of content.bytes(signal)) await file.write(file.size, chunk)
    } finally {
      leave()
    }
  }

  async #upload(session: RemoteSession, path: string, source: LocalSource, signal: AbortSignal): Promise<MovedBytes> {
    const { timeoutMs, notice } = this.#options
    const { unseen, size, sha256 } = await upload(session, source, path, { signal, timeoutMs, progress: SILENT })
    this.#put.add(this.#keyOf(path))
    if (unseen !== undefined) notice(`${path}: was written, but its size there could not be checked: ${unseen.message}`)
    return { size, sha256, bytes: () => source.bytes() }
  }

  /**
   * Does a change when its turn comes; what was known of the place before is forgotten.
   * @param check comes right before, and throws where the change is not to be made
   */
  async #change(
    what: Act,
    work: (session: RemoteSession, signal: AbortSignal) => Promise<MovedBytes | undefined>,
    check: (signal: AbortSignal) => Promise<void> = async () => {},
  ): Promise<void> {
    const { session, listings, signal, act } = this.#options
    try {
      await this.#lock.take(signal, async () => {
        await check(signal)
        await act(what, recorded => work(recorded, signal))
      })
    } finally {
      listings.forget(session.paths.parent(what.path))
      listings.forget(what.path)
    }
  }

  #checkName(path: string): void {
    const { paths } = this.#options.session
    if (paths.isRoot(path) || (paths.windows && isStream(path)) || !paths.canBeMade(paths.base(path)))
      throw failure(`${path}: can't be the name of a new file or directory there`)
  }

  #need(command: string): void {
    const { session } = this.#options
    if (!session.supports(command)) throw unsupported(`${session.label} does not have the command "${command}"`)
  }

  #keyOf(path: string): string {
    return this.#options.session.paths.windows ? path.toLowerCase() : path
  }
}

function failure(message: string): Refusal {
  return new Refusal(STATUS.FAILURE, message)
}
