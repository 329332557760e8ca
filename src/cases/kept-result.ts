import { createHash } from 'node:crypto'
import type { CaseDraft, CaseFolder } from '../core/case-folder.ts'
import type { JournalLine } from './journal-line.ts'

/** Text that is gathered before it is written. */
const BATCH_CHARS = 64 * 1024

/** A result while it is written into the case, in constant memory. Equal results are kept once: the file is named after its hash. */
export class KeptResult {
  readonly #folder: CaseFolder
  readonly #extension: string
  readonly #hash = createHash('sha256')
  #draft: CaseDraft | undefined
  #text = ''
  #bytes = 0

  constructor(folder: CaseFolder, extension = 'json') {
    this.#folder = folder
    this.#extension = extension
  }

  async write(data: string | Uint8Array): Promise<void> {
    if (typeof data === 'string') this.#text += data
    else await this.#put(data)
    if (this.#text.length >= BATCH_CHARS) await this.#flush()
  }

  async end(): Promise<NonNullable<JournalLine['result']>> {
    await this.#flush()
    const sha256 = this.#hash.digest('hex')
    const file = `results/${sha256}.${this.#extension}`
    await this.#draft?.keep(file)
    return { file, sha256, bytes: this.#bytes }
  }

  async #flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '') await this.#put(Buffer.from(text))
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    this.#draft ??= await this.#folder.begin()
    await this.#draft.write(bytes)
  }
}
