import { CbcError } from '../core/errors.ts'
import { SILENT, type LocalTarget } from '../core/ports.ts'
import { orAborted } from '../core/read-write-lock.ts'
import { download, type Listed } from '../remote/download.ts'
import type { RemoteSession } from '../remote/session.ts'
import type { Acting } from './acts.ts'
import type { BlockFile, BlockStore } from './block-store.ts'
import type { Turns } from './turns.ts'

/** What files are fetched with. */
export interface Fetching {
  session: RemoteSession
  store: BlockStore
  /** Milliseconds that the command on the endpoint may take. */
  timeoutMs: number
  turns: Turns
  act: Acting
}

/**
 * A file of the endpoint on its way here. Its beginning can be read while the rest is still coming; its last byte is given out only when
 * `download` has checked the whole, so that nobody gets a complete file that is not the endpoint's.
 */
export class FetchedFile {
  readonly #file: BlockFile
  readonly #listed: Listed
  #isWhole = false
  #failure: { error: unknown } | undefined
  #wasRead = false
  #wake = () => {}
  /** Settles when more of it has come, or it has ended. */
  #change = Promise.resolve()
  readonly #ended: Promise<void>

  constructor(path: string, listed: Listed, { store, timeoutMs, turns, act }: Fetching, signal: AbortSignal) {
    this.#file = store.create()
    this.#listed = listed
    this.#changed()
    const work = { signal, timeoutMs, progress: SILENT }
    this.#ended = turns
      .take(signal, async () => {
        await act({ verb: 'get', path }, async session => {
          const transferred = await download(session, path, this.#target(path), listed, work)
          return { ...transferred, modified: listed.modified, bytes: () => this.#file.bytes() }
        })
        this.#isWhole = true
      })
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .finally(() => this.#changed())
  }

  /** Bytes; undefined as long as that isn't certain. */
  get size(): number | undefined {
    return this.#isWhole ? this.#file.size : undefined
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Resolves when all of it is here. @throws what ended the download */
  async whole(signal: AbortSignal): Promise<void> {
    await this.#until(() => false, signal)
  }

  /** Returns the bytes of a range as soon as they are here: fewer at the end of the file. @throws what ended the download */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const end = offset + length
    await this.#until(() => end <= this.#file.size && end < (this.#listed.size ?? 0), signal)
    this.#wasRead = true
    return await this.#file.read(offset, length)
  }

  /** Removes it, when nothing more of it can come. */
  async free(): Promise<void> {
    await this.#ended
    await this.#file.free()
  }

  async #until(isEnough: () => boolean, signal: AbortSignal): Promise<void> {
    while (!this.#isWhole) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (isEnough()) return
      await orAborted(this.#change, signal)
    }
  }

  #changed(): void {
    this.#wake()
    this.#change = new Promise(resolve => {
      this.#wake = resolve
    })
  }

  #target(path: string): LocalTarget {
    return {
      path,
      write: async chunk => {
        await this.#file.write(this.#file.size, chunk)
        this.#changed()
      },
      commit: async () => {},
      discard: async () => {},
      drop: async () => {
        if (this.#wasRead) throw new CbcError('network', `${path}: changed while it was read`, { hint: 'open it again' })
        await this.#file.resize(0)
      },
    }
  }
}
