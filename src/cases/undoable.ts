import type { CaseFolder } from '../core/case-folder.ts'
import type { UndoRecord } from '../core/case-record.ts'
import { isRecord } from '../core/is-record.ts'
import type { JournalLine } from './journal-line.ts'
import { readJournal } from './read-journal.ts'

/** A command that changed something, and what is known of the state before. */
export interface Undoable {
  /** Its number among those of the case, which never changes: the first is 1. */
  number: number
  operation: string
  time: string
  /** As a person typed it. */
  line: string
  who: JournalLine['who']
  device: { id: number; name?: string }
  organization: string | undefined
  /** In the order in which it was changed. */
  records: UndoRecord[]
  outcome: JournalLine['outcome']
  /** It was put back. */
  undone: boolean
}

/** Returns what the commands of a case changed, as far as the state before is known. @throws CbcError io */
export async function undoables(folder: Pick<CaseFolder, 'lines'>): Promise<Undoable[]> {
  const found = new Map<string, Undoable>()
  for await (const { line } of readJournal(folder)) {
    if (line === undefined) continue
    const known = found.get(String(line.operation))
    if (line.event === 'undone' && line.outcome === 'done') {
      const undone = found.get(String(line['undoes']))
      if (undone !== undefined) undone.undone = true
    } else if (line.event === 'finished' && known !== undefined) known.outcome = line.outcome
    else if (line.event === 'started' && isUndo(line.undo) && isDevice(line.device)) {
      if (known === undefined) found.set(String(line.operation), begun(line, line.undo, line.device, found.size + 1))
      else known.records.push(line.undo)
    }
  }
  return [...found.values()]
}

function begun(line: JournalLine, undo: UndoRecord, device: Undoable['device'], number: number): Undoable {
  const { operation, time, who, organization } = line
  const typed = String(line.line ?? line.verb ?? '')
  return {
    number,
    operation: String(operation),
    time,
    line: typed,
    who,
    device,
    organization,
    records: [undo],
    outcome: undefined,
    undone: false,
  }
}

/** A journal is a file that somebody may have changed. */
function isUndo(value: unknown): value is UndoRecord {
  return (
    isRecord(value) &&
    (value['possible'] === true
      ? typeof value['kind'] === 'string' && typeof value['path'] === 'string'
      : typeof value['reason'] === 'string')
  )
}

function isDevice(value: unknown): value is Undoable['device'] {
  return isRecord(value) && Number.isSafeInteger(value['id'])
}
