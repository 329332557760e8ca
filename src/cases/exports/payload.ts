import type { CaseFolder } from '../../core/case-folder.ts'
import type { CaseMoment } from './moment.ts'

/** A file of a case that goes elsewhere with it. */
export interface PayloadFile {
  /** Below the case's folder, with `/`. */
  file: string
  /** ISO 8601. */
  modified: string
  /** @throws CbcError not_found, io */
  bytes(): AsyncIterable<Uint8Array>
}

/** Made from the case, or of use only where it lies. */
const LEFT = /^(?:exports\/|tmp\/|journal\.lock|head\.json$)/
const JOURNAL = 'journal.jsonl'

/**
 * Yields the files of a case as they were then: of the journal what it had, and the head that was kept apart. What was exported before,
 * and the lock, are left out.
 * @param left is told what is neither file nor folder
 */
export async function* payloadOf(folder: CaseFolder, moment: CaseMoment, left: (file: string) => void): AsyncGenerator<PayloadFile> {
  for await (const { file, kind, modified } of folder.list()) {
    if (LEFT.test(file)) continue
    if (kind !== 'file') {
      left(file)
      continue
    }
    const bytes = () => (file === JOURNAL ? firstBytes(folder.read(file), moment.bytes) : folder.read(file))
    yield { file, modified, bytes }
    if (file === JOURNAL && moment.kept !== undefined) {
      const head = Buffer.from(moment.kept)
      yield { file: 'head.json', modified, bytes: () => once(head) }
    }
  }
}

async function* firstBytes(chunks: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length
  for await (const chunk of chunks) {
    if (chunk.length >= left) {
      yield chunk.subarray(0, left)
      return
    }
    left -= chunk.length
    yield chunk
  }
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}
