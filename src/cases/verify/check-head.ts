import type { CaseHead } from '../../core/case-folder.ts'
import type { Finding } from './problem.ts'

/** Where a journal ends, and what the head that was kept apart is compared with. */
export interface JournalEnd {
  end: CaseHead
  /** The end of as many lines as the head tells of; undefined where there are not so many. */
  at: CaseHead | undefined
  /** Bytes of a last line that was cut off. */
  torn: number
  /** The chain is broken, so that other counts follow from that. */
  broken: boolean
}

/** Compares the journal's end with the head that was kept apart. A process that died may have left that behind, never ahead. */
export function checkHead(head: CaseHead, { end, at, torn, broken }: JournalEnd): Finding | undefined {
  if (at?.sha256 === head.sha256 && at.bytes === head.bytes) return head.lines < end.lines ? behind(end.lines - head.lines) : undefined
  if (head.sha256 === end.sha256) return broken ? undefined : changed('it has the hash of the last line, but not its place')
  if (head.lines > end.lines) return cutOff(head.lines, end.lines, torn)
  if (head.lines < end.lines) return broken ? undefined : changed(`it has another hash for line ${head.lines} than the line after that`)
  const message = 'was changed, or head.json was, which has another hash for it'
  return { kind: 'changed_line', line: end.lines, file: 'head.json', message }
}

function changed(why: string): Finding {
  return { kind: 'head', file: 'head.json', message: `was changed: ${why}` }
}

function behind(lines: number): Finding {
  const message = `is ${lines} ${lines === 1 ? 'line' : 'lines'} behind the journal: a process is writing, or died before it was done; the next one mends it`
  return { kind: 'head_behind', file: 'head.json', message }
}

function cutOff(before: number, now: number, torn: number): Finding {
  if (now === 0) return { kind: 'cut_off', file: 'journal.jsonl', message: `is missing or empty: it had ${before} lines` }
  const rest = torn > 0 ? `, of one of them ${torn} bytes are left` : ''
  return {
    kind: 'cut_off',
    line: now,
    message: `is the last one: the journal had ${before} lines, so its last ${before - now} are missing${rest}`,
  }
}
