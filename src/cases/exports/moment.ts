import { createHash } from 'node:crypto'
import { EMPTY_HEAD, type CaseFolder, type CaseHead } from '../../core/case-folder.ts'
import { HEAD } from '../folder-parts.ts'
import { readJournal, type ReadLine } from '../read-journal.ts'

/** A case as it was when its export began: others may go on with it. */
export interface CaseMoment {
  /** Of the lines that are whole. */
  head: CaseHead
  /** Bytes of the journal, with a last line that was cut off. */
  bytes: number
  /** What `head.json` said; undefined where there was none. */
  kept: string | undefined
}

/** Finds out where the journal ends now. @throws CbcError io */
export async function momentOf(folder: CaseFolder): Promise<CaseMoment> {
  // First, so that it is never ahead of the journal.
  const kept = await folder.text(HEAD)
  let [lines, whole, bytes] = [0, 0, 0]
  let last: string | undefined
  for await (const { text, end, complete } of folder.lines()) {
    bytes = end
    if (!complete) continue
    lines += 1
    whole = end
    last = text
  }
  const sha256 = last === undefined ? EMPTY_HEAD.sha256 : createHash('sha256').update(last).digest('hex')
  return { head: { lines, bytes: whole, sha256 }, bytes, kept }
}

/** Reads the lines that the journal had then. */
export async function* linesThen(folder: CaseFolder, { head }: CaseMoment): AsyncGenerator<ReadLine> {
  if (head.bytes === 0) return
  for await (const line of readJournal(folder)) {
    yield line
    if (line.end >= head.bytes) return
  }
}
