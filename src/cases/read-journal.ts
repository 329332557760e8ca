import type { CaseFolder } from '../core/case-folder.ts'
import { isRecord } from '../core/is-record.ts'
import type { JournalLine } from './journal-line.ts'

/** A line of the journal as it was read. */
export interface ReadLine {
  /** Exactly as it is in the file, without its line break. */
  text: string
  /** The same; only these are what the hash is of: bytes that are no UTF-8 look alike as text. */
  bytes: Uint8Array
  /** Where the next line begins, bytes. */
  end: number
  /** Undefined where the text is no JSON object. */
  line: JournalLine | undefined
  /** Whether its line break is there: if not, the line was cut off. */
  complete: boolean
}

/**
 * Reads the journal of a case, line by line, in constant memory. What is in a line is as the file has it: only `text` can be relied upon.
 * @param from the byte where a line begins
 * @throws CbcError io
 */
export async function* readJournal(folder: Pick<CaseFolder, 'lines'>, from = 0): AsyncGenerator<ReadLine> {
  for await (const { text, bytes, end, complete } of folder.lines(from)) yield { text, bytes, end, complete, line: parsed(text) }
}

function parsed(text: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? (value as JournalLine) : undefined
  } catch {
    return undefined
  }
}
