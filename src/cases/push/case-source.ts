import { createHash } from 'node:crypto'
import type { CaseFolder } from '../../core/case-folder.ts'
import type { StoredSource } from '../../core/case-store.ts'
import { CbcError } from '../../core/errors.ts'

/** A file of a case on its way. */
export class CaseSource implements StoredSource {
  readonly size: number
  /** Hex; known once all of it was read. */
  sha256 = ''
  readonly #chunks: () => AsyncIterable<Uint8Array>
  readonly #name: string

  /** @param size so many bytes of it, from the beginning */
  constructor(name: string, size: number, chunks: () => AsyncIterable<Uint8Array>) {
    this.#name = name
    this.size = size
    this.#chunks = chunks
  }

  /** @throws CbcError io: it is shorter by now; not_found */
  readonly bytes = (length: number): AsyncIterable<Uint8Array> => this.#first(length)

  async *#first(length: number): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    let left = length
    if (left > 0)
      for await (const chunk of this.#chunks()) {
        const piece = chunk.subarray(0, left)
        left -= piece.length
        hash.update(piece)
        yield piece
        if (left === 0) break
      }
    if (left > 0) throw new CbcError('io', `${this.#name}: became shorter while it was read`)
    if (length === this.size) this.sha256 = hash.digest('hex')
  }
}

/** @param size bytes */
export function sourceIn(folder: CaseFolder, file: string, size: number): CaseSource {
  return new CaseSource(file, size, () => folder.read(file))
}

export function sourceOf(name: string, bytes: Uint8Array): CaseSource {
  return new CaseSource(name, bytes.length, async function* () {
    yield bytes
  })
}
