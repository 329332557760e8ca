import { sharedController, STOPPED } from '../core/abort.ts'
import { SILENT } from '../core/ports.ts'
import { SingleFlight } from '../core/single-flight.ts'
import type { Listed } from '../remote/download.ts'
import { fetchBytes } from '../remote/transfer.ts'
import { BLOCK_BYTES, type BlockFile } from './block-store.ts'
import { FetchedFile, type Fetching } from './fetched-file.ts'

/** Bytes at the beginning of a larger file that are fetched alone: `file` looks at 1 MiB, and a kernel reads some more ahead. */
const HEAD_BYTES = 1.5 * 1024 * 1024
/** How many bytes of files that nobody has open are kept. */
const MAX_KEPT_BYTES = 4 * 1024 ** 3

/** The content of a file of the endpoint as it was listed. It is fetched when it is read, and kept. */
export class Content {
  readonly path: string
  readonly listed: Listed
  readonly #fetching: Fetching
  #users = 0
  #isDropped = false
  #stop = sharedController()
  #head: BlockFile | undefined
  readonly #headFlight = new SingleFlight<BlockFile>()
  #whole: FetchedFile | undefined

  constructor(path: string, listed: Listed, fetching: Fetching) {
    this.path = path
    this.listed = listed
    this.#fetching = fetching
  }

  get isUsed(): boolean {
    return this.#users > 0
  }

  /** Bytes: those that came, or else those that are listed; undefined where neither is known. */
  get size(): number | undefined {
    return this.#whole?.size ?? this.listed.size
  }

  /** Whether it belongs to a file that is listed like this, and can be read. */
  fits({ size, modified }: Listed): boolean {
    return this.#whole?.hasFailed !== true && this.listed.size === size && this.listed.modified === modified
  }

  /** Says that the content is going to be read, until the returned function is called. Nothing is fetched for nobody. */
  use(): () => void {
    this.#users += 1
    let using = true
    return () => {
      if (!using) return
      using = false
      this.#users -= 1
      if (this.#users === 0 && (this.#isDropped || this.#whole?.size === undefined)) this.#free()
    }
  }

  /** Removes what was fetched as soon as nobody uses it. */
  drop(): void {
    this.#isDropped = true
    if (this.#users === 0) this.#free()
  }

  /** Fetches all of it. @throws what ended the download */
  async whole(signal: AbortSignal): Promise<void> {
    await this.#fetchWhole().whole(signal)
  }

  /** All of it, in order. @throws as `read` does */
  async *bytes(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await this.whole(signal)
    for (let at = 0; ;) {
      const block = await this.read(at, BLOCK_BYTES, signal)
      if (block.length === 0) return
      yield block
      at += block.length
    }
  }

  /** Returns the bytes of a range: fewer at the end of the file. @throws CbcError */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const { size } = this
    const { windows } = this.#fetching.session.paths
    // Elsewhere a file whose listed size is 0 may have content: /proc.
    if (length === 0 || (size !== undefined && offset >= size && (windows || size > 0))) return new Uint8Array()
    const head =
      this.#whole === undefined && size !== undefined && size > HEAD_BYTES && offset + length <= HEAD_BYTES
        ? (this.#head ??= await this.#headFlight.join(stop => this.#fetchHead(stop), signal))
        : undefined
    return head === undefined ? await this.#fetchWhole().read(offset, length, signal) : await head.read(offset, length)
  }

  /** Ends what is under way. A file on this disk that can't be removed is no trouble of the client: it goes with the program. */
  #free(): void {
    const [head, whole] = [this.#head, this.#whole]
    this.#head = undefined
    this.#whole = undefined
    this.#stop.abort(STOPPED)
    this.#stop = sharedController()
    void Promise.all([head?.free(), whole?.free()]).catch(() => {})
  }

  #fetchWhole(): FetchedFile {
    return (this.#whole ??= new FetchedFile(this.path, this.listed, this.#fetching, this.#stop.signal))
  }

  async #fetchHead(signal: AbortSignal): Promise<BlockFile> {
    const { store, timeoutMs, turns, act } = this.#fetching
    const head = store.create()
    const range = { offset: 0, length: HEAD_BYTES }
    const work = { signal, timeoutMs, progress: SILENT, least: HEAD_BYTES }
    await turns.take(signal, () =>
      act({ verb: 'cat', path: this.path }, async session => {
        for await (const chunk of fetchBytes(session, this.path, range, work)) await head.write(head.size, chunk)
        return undefined
      }),
    )
    return head
  }
}

/** The contents of files, kept for the session: one that is listed as before is not fetched again. */
export class Contents {
  readonly #fetching: Fetching
  /** Those that were used least recently first. */
  readonly #kept = new Map<string, Content>()

  constructor(fetching: Fetching) {
    this.#fetching = fetching
  }

  /** Returns the content of a file. @param listed what the endpoint lists now */
  of(path: string, listed: Listed): Content {
    const key = this.#fetching.session.paths.windows ? path.toLowerCase() : path
    const before = this.#kept.get(key)
    this.#kept.delete(key)
    const isSame = before?.fits(listed) === true
    if (!isSame) before?.drop()
    const content = before !== undefined && isSame ? before : new Content(path, listed, this.#fetching)
    this.#kept.set(key, content)
    this.#makeRoom()
    return content
  }

  #makeRoom(): void {
    let excess = this.#fetching.store.usedBytes - MAX_KEPT_BYTES
    for (const [key, content] of this.#kept) {
      if (excess <= 0) return
      if (content.isUsed) continue
      excess -= content.size ?? 0
      this.#kept.delete(key)
      content.drop()
    }
  }
}
