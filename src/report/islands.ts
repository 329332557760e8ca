import type { CaseFolder } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import { html, island } from './html.ts'
import type { EntryResult } from './entry.ts'

/** What the page holds of one result, and of all of them; bytes. The rest is in the case. */
const RESULT_BYTES = 128 * 1024
const RESULTS_BYTES = 32 * 1024 * 1024
/** The same of terminal recordings. */
const RECORDING_BYTES = 8 * 1024 * 1024
const RECORDINGS_BYTES = 32 * 1024 * 1024

/** A text of the case that the page holds, or its beginning. */
interface Held {
  text: string
  /** Of the whole. */
  bytes: number
  cut: boolean
}

/** The results and recordings that the page holds, within its limits. */
export class Islands {
  readonly #folder: CaseFolder
  readonly #results = new Set<string>()
  #resultBytes = 0
  /** How many recordings were found. */
  recorded = 0

  constructor(folder: CaseFolder) {
    this.#folder = folder
  }

  /** Returns the element of a result; empty where it is there already, or there is no room, or no such file. @throws CbcError io */
  async result({ file, sha256, bytes }: EntryResult): Promise<string> {
    // What the journal says is a path is only that where it was not tampered with.
    if (this.#results.has(sha256) || this.#resultBytes >= RESULTS_BYTES || !file.startsWith('results/')) return ''
    this.#results.add(sha256)
    const held = await this.#beginning(file, RESULT_BYTES, bytes)
    if (held === undefined) return ''
    this.#resultBytes += Buffer.byteLength(held.text)
    return island(`data-result="${html(sha256)}"`, held)
  }

  /** Yields the elements of the recordings. @throws CbcError io */
  async *recordings(): AsyncGenerator<string> {
    let bytes = 0
    for await (const { file, kind, size } of this.#folder.list('recordings')) {
      if (kind !== 'file' || !file.endsWith('.cast')) continue
      const held = await this.#beginning(file, bytes < RECORDINGS_BYTES ? RECORDING_BYTES : 0, size)
      if (held === undefined) continue
      this.recorded += 1
      bytes += Buffer.byteLength(held.text)
      yield island('data-recording', { file, ...held })
    }
  }

  /**
   * Reads the beginning of a text file, cut behind a line where there is one; undefined where there is no such file.
   * @param size bytes of the whole file, as far as they are known
   */
  async #beginning(file: string, most: number, size: number | undefined): Promise<Held | undefined> {
    const chunks: Uint8Array[] = []
    let [kept, cut] = [0, false]
    try {
      for await (const chunk of this.#folder.read(file)) {
        cut = kept + chunk.length > most
        chunks.push(Buffer.from(chunk.subarray(0, most - kept)))
        kept += Math.min(chunk.length, most - kept)
        if (cut) break
      }
    } catch (error) {
      // Without the file, the report still tells all else; what is wrong with the file, checking the case says.
      if (error instanceof CbcError && (error.code === 'not_found' || error.code === 'io')) return undefined
      throw error
    }
    const whole = new TextDecoder().decode(Buffer.concat(chunks))
    const end = cut ? whole.lastIndexOf('\n') + 1 : 0
    return { text: end > 0 ? whole.slice(0, end) : whole, bytes: cut ? Math.max(size ?? 0, kept) : kept, cut }
  }
}
