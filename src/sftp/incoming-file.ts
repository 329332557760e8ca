import type { Entry } from '../remote/normalize.ts'
import type { Content } from './contents.ts'
import { attributesOf, type Shown } from './describe.ts'
import type { Attributes } from './protocol/attributes.ts'
import { STATUS } from './protocol/constants.ts'
import type { OpenFile } from './protocol/file-system.ts'
import { Refusal } from './protocol/refusal.ts'

/** A file of the endpoint that a client has opened for reading. */
export class IncomingFile implements OpenFile {
  readonly writes = false
  readonly #entry: Entry
  readonly #content: Content
  readonly #windows: boolean
  readonly #shown: Shown
  readonly #leave: () => void

  constructor(entry: Entry, content: Content, windows: boolean, shown: Shown) {
    this.#entry = entry
    this.#content = content
    this.#windows = windows
    this.#shown = shown
    this.#leave = content.use()
  }

  async attributes(): Promise<Attributes> {
    return attributesOf({ ...this.#entry, size: this.#content.size ?? null }, this.#windows, this.#shown)
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return await this.#content.read(offset, length, signal)
  }

  async write(): Promise<void> {
    throw readOnly()
  }

  async setAttributes(): Promise<void> {
    throw readOnly()
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    this.#leave()
  }

  abandon(): void {
    this.#leave()
  }
}

function readOnly(): Refusal {
  return new Refusal(STATUS.PERMISSION_DENIED, 'the file was opened for reading only')
}
