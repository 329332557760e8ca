import type { LocalSource } from '../core/ports.ts'
import type { BlockFile } from './block-store.ts'
import type { Attributes } from './protocol/attributes.ts'
import { KIND, STATUS } from './protocol/constants.ts'
import type { OpenFile } from './protocol/file-system.ts'
import { Refusal, unsupported } from './protocol/refusal.ts'

/** The largest file that a client may write, bytes: an offset alone makes a file as large as it says. */
const MAX_BYTES = 64 * 1024 ** 3

export interface OutgoingOptions {
  /** The endpoint's path. */
  path: string
  /** Its last part. */
  name: string
  /** What the file begins with. */
  file: BlockFile
  /** Writes go to its end, whatever offset they name. */
  appends: boolean
  /** It is put even if nothing is written. */
  isChanged: boolean
  /** Milliseconds since 1970. */
  now: number
  /** Puts it on the endpoint. */
  put(source: LocalSource): Promise<void>
  /** Called when it has ended in any way. @param lost what was written was dropped */
  ended(lost: boolean): void
}

/** A file that a client writes: it is kept here, and put on the endpoint when the client closes it. */
export class OutgoingFile implements OpenFile {
  readonly writes = true
  readonly #options: OutgoingOptions
  #isChanged: boolean
  /** Closing it is not the first to put it. */
  #isPut = false
  #times: Attributes['times']

  constructor(options: OutgoingOptions) {
    this.#options = options
    this.#isChanged = options.isChanged
  }

  async attributes(): Promise<Attributes> {
    const { file, now } = this.#options
    const seconds = Math.floor(now / 1000)
    return { size: file.size, mode: KIND.FILE | 0o644, times: this.#times ?? { accessed: seconds, modified: seconds } }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return await this.#options.file.read(offset, length)
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    const { file, appends } = this.#options
    const at = appends ? file.size : offset
    this.#check(at + data.length)
    this.#isChanged = true
    await file.write(at, data)
  }

  /**
   * Clients set permissions and times of what they put as a courtesy: the service can't, and they go on. Where times are all that there is,
   * they are no courtesy: `touch` has to learn that nothing comes of it, because sshfs ignores what closing the file comes to.
   */
  async setAttributes({ size, times }: Attributes): Promise<void> {
    const { path, file } = this.#options
    if (times !== undefined && size === undefined) {
      if (!this.#isChanged && !this.#isPut) throw unsupported(`${path}: Live Response has no command for changing times`)
      if (file.size === 0) throw this.#empty()
    }
    this.#times = times ?? this.#times
    if (size === undefined || size === this.#options.file.size) return
    this.#check(size)
    this.#isChanged = true
    await this.#options.file.resize(size)
  }

  async sync(): Promise<void> {
    const { path, name, file, now, put } = this.#options
    if (!this.#isChanged) return
    if (file.size === 0) throw this.#empty()
    await put({ path, name, size: file.size, modified: now, bytes: () => file.bytes() })
    this.#isChanged = false
    this.#isPut = true
  }

  async close(): Promise<void> {
    const { file, ended } = this.#options
    try {
      await this.sync()
    } finally {
      ended(false)
      await file.free()
    }
  }

  abandon(): void {
    const { file, ended } = this.#options
    ended(this.#isChanged)
    void file.free().catch(() => {})
  }

  #empty(): Refusal {
    return new Refusal(
      STATUS.FAILURE,
      `${this.#options.path}: nothing was written, because it is empty and the service does not accept empty files`,
    )
  }

  #check(size: number): void {
    if (size > MAX_BYTES) throw new Refusal(STATUS.FAILURE, `${this.#options.path}: would be too large`)
  }
}
