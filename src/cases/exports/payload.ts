import type { CaseFolder } from '../../core/case-folder.ts'
import { HEAD, isExport, isLock, isUnfinished, JOURNAL } from '../folder-parts.ts'
import type { ExportOptions } from './options.ts'

/** A file of a case that goes elsewhere with it. */
export interface PayloadFile {
  /** Below the case's folder, with `/`. */
  file: string
  /** ISO 8601. */
  modified: string
  /** @throws CbcError not_found, io */
  bytes(): AsyncIterable<Uint8Array>
}

/**
 * Yields the files of a case as they were then: of the journal what it had, and the head that was kept apart. What was exported before,
 * and the lock, are left out.
 */
export async function* payloadOf(
  folder: CaseFolder,
  { moment, left }: Pick<ExportOptions, 'moment' | 'left'>,
): AsyncGenerator<PayloadFile> {
  for await (const { file, kind, modified } of folder.list()) {
    if (file === HEAD || isLock(file) || isUnfinished(file) || isExport(file)) continue
    if (kind !== 'file') {
      left(`${file}: is neither a file nor a folder: it was left out`)
      continue
    }
    const bytes = () => (file === JOURNAL ? firstBytes(folder.read(file), moment.bytes) : folder.read(file))
    yield { file, modified, bytes }
    if (file === JOURNAL && moment.kept !== undefined) {
      const head = Buffer.from(moment.kept)
      yield { file: HEAD, modified, bytes: () => once(head) }
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
