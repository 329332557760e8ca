import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalLine } from '../../src/cases/journal-line.ts'

/** Reads a case's journal, and fails where its chain is broken or a line is no JSON. */
export function chainOf(folder: string): JournalLine[] {
  const text = readFileSync(join(folder, 'journal.jsonl'), 'utf8')
  if (!text.endsWith('\n')) throw new Error('the last line was cut off')
  let previous = '0'.repeat(64)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index) => {
      const read = JSON.parse(line) as JournalLine
      if (read.sequence !== index + 1 || read.previous !== previous) throw new Error(`the chain is broken at line ${index + 1}`)
      previous = createHash('sha256').update(line).digest('hex')
      return read
    })
}
