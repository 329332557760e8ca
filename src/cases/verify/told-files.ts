import { isRecord } from '../../core/is-record.ts'
import type { JournalLine } from '../journal-line.ts'

/** What a line of the journal tells of a file in the case. */
export interface ToldFile {
  /** Below the case's folder. */
  file: string
  sha256: string
  /** Bytes, where the line has them. */
  size: number | undefined
}

/** How deep a field of a line may hold what tells of files. Nothing that cbc writes is as deep. */
const MAX_DEPTH = 8

/**
 * Finds the files in the case that a line tells of: whatever has a `file` and its `sha256`, in any field. The arguments of a command are the
 * user's own words, and tell of nothing.
 */
export function* toldFiles({ arguments: _, ...line }: JournalLine): Generator<ToldFile> {
  yield* filesIn(line, 0)
}

function* filesIn(value: unknown, depth: number): Generator<ToldFile> {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
  if (isRecord(value)) {
    const { file, sha256, size, bytes } = value
    const length = size ?? bytes
    if (typeof file === 'string' && typeof sha256 === 'string')
      yield { file, sha256, size: typeof length === 'number' ? length : undefined }
  }
  for (const one of Object.values(value)) yield* filesIn(one, depth + 1)
}
