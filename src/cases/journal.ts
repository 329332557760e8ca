import { createHash } from 'node:crypto'
import type { CaseEnd, CaseFolder, CaseHead } from '../core/case-folder.ts'
import type { Clock } from '../core/ports.ts'
import type { JournalLine } from './journal-line.ts'

/** A line before it has its place in the chain. */
export type NewLine = Omit<JournalLine, 'sequence' | 'previous' | 'time'> & Pick<JournalLine, 'event'>

/**
 * Appends lines to the journal of a case, each with the hash of the one before. Where the end of the journal was damaged, a line says so
 * first; where there is none yet, a line begins it.
 * @param who whom those lines name
 * @returns the head, once the lines are on the disk
 * @throws CbcError io: they may not be there
 */
export async function appendLines(
  folder: CaseFolder,
  clock: Pick<Clock, 'now'>,
  lines: readonly NewLine[],
  who = lines[0]?.who,
): Promise<CaseHead> {
  return await folder.append(end => {
    const time = new Date(clock.now()).toISOString()
    let { lines: sequence, sha256: previous } = end
    return [...mendings(end, who), ...lines].map(line => {
      sequence += 1
      const text = JSON.stringify({ sequence, previous, time, ...line })
      previous = createHash('sha256').update(text).digest('hex')
      return text
    })
  })
}

/** The lines that tell what was wrong with the journal's end. */
function mendings({ lines, torn, lost }: CaseEnd, who: NewLine['who']): NewLine[] {
  const by = who === undefined ? {} : { who }
  return [
    ...(lines === 0 && lost === undefined ? [{ event: 'created' as const, ...by }] : []),
    ...(torn === undefined ? [] : [{ event: 'mended' as const, ...by, ...torn }]),
    ...(lost === undefined ? [] : [{ event: 'mended' as const, ...by, lost }]),
  ]
}
