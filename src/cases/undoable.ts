import type { CaseFolder } from '../core/case-folder.ts'
import type { UndoRecord } from '../core/case-record.ts'
import { isRecord } from '../core/is-record.ts'
import type { JournalLine } from './journal-line.ts'
import { readJournal } from './read-journal.ts'

/** A command that changed something, or may have, and what is known of the state before. */
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
  /** In the order in which they were made; what failed changed nothing. */
  changes: Change[]
  outcome: JournalLine['outcome']
  /** Whether it was put back; `partly` also where the undo came to no end. */
  undone: Undone
}

type Undone = 'no' | 'partly' | 'yes'

/** A change of a command. */
interface Change {
  /** Its number among the command's. */
  step: unknown
  /** The state before. */
  undo: UndoRecord
  /** Whether it is known that it was made: a program that was killed leaves that open. */
  isCertain: boolean
}

/** While the journal is read. */
interface Found extends Undoable {
  /** What it undoes, and how far that was undone before. */
  undoes?: { what: Found; before: Undone }
}

/** Returns what the commands of a case changed, or may have, as far as the state before is known. @throws CbcError io */
export async function undoables(folder: Pick<CaseFolder, 'lines'>): Promise<Undoable[]> {
  const found = new Map<string, Found>()
  for await (const { line } of readJournal(folder)) {
    if (line?.event === 'started') begin(found, line)
    else if (line?.event === 'finished') finish(found, line)
  }
  return [...found.values()].filter(({ changes }) => changes.length > 0)
}

function begin(found: Map<string, Found>, line: JournalLine): void {
  const { undo, device, step } = line
  if (!isUndo(undo) || !isDevice(device)) return
  const operation = String(line.operation)
  let known = found.get(operation)
  if (known === undefined) {
    known = begun(line, device, found.size + 1)
    const undoes = found.get(String(line.undoes))
    if (undoes !== undefined) {
      known.undoes = { what: undoes, before: undoes.undone }
      setUndone(undoes, 'partly')
    }
    found.set(operation, known)
  }
  known.changes.push({ step, undo, isCertain: false })
}

function finish(found: Map<string, Found>, line: JournalLine): void {
  const known = found.get(String(line.operation))
  if (known !== undefined) {
    const [failed, unknown] = [listed(line.failed_steps), listed(line.unknown_steps)]
    known.outcome = line.outcome
    known.changes = known.changes
      .filter(({ step }) => !failed.has(step))
      .map(change => ({ ...change, isCertain: !unknown.has(change.step) }))
  }
  const undone = found.get(String(line.undoes))
  if (undone === undefined) return
  // What was as before already needed no change.
  if (line.outcome === 'done') setUndone(undone, 'yes')
  else if (known?.undoes !== undefined && known.changes.length === 0) setUndone(undone, known.undoes.before)
}

/** What undid something else is no longer in effect once it is undone. */
function setUndone(first: Found, how: Undone): void {
  let undone = how
  for (let one: Found | undefined = first; one !== undefined; one = one.undoes?.what) {
    one.undone = undone
    undone = OPPOSITE[undone]
  }
}

const OPPOSITE: Record<Undone, Undone> = { no: 'yes', partly: 'partly', yes: 'no' }

function begun(line: JournalLine, device: Undoable['device'], number: number): Found {
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
    changes: [],
    outcome: undefined,
    undone: 'no',
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

function listed(numbers: unknown): ReadonlySet<unknown> {
  return new Set(Array.isArray(numbers) ? numbers : [])
}
