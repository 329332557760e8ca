import { CbcError } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import type { CaseFolder } from '../../core/case-folder.ts'
import { readJournal } from '../../cases/read-journal.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { CASE } from './folder.ts'

const COLUMNS: Column[] = [
  { key: 'sequence', title: 'line', align: 'right' },
  { key: 'time', kind: 'time' },
  { key: 'event' },
  { key: 'user', text: row => text(row, 'who', 'user'), priority: 1 },
  { key: 'device', text: row => text(row, 'device', 'name') || text(row, 'device', 'id'), priority: 3 },
  { key: 'outcome', text: row => text(row, 'error', 'code') || String(row['outcome'] ?? ''), priority: 2 },
  { key: 'command', text: commandOf, evidence: true },
]

/** Fields of lines that no column shows. */
const FIELDS = [
  ...[
    'previous',
    'operation',
    'who',
    'profile',
    'organization',
    'session_id',
    'run',
    'verb',
    'arguments',
    'effect',
    'change',
    'step',
    'undo',
    'undoes',
    'failed_steps',
    'unknown_steps',
    'exit_code',
  ],
  ...['error', 'duration_ms', 'commands', 'result', 'files', 'service_time', 'clock_difference_ms', 'line'],
]

/** `cbc case log`. */
export const log = defineProgramVerb({
  summary: 'show the journal of a case: what was done, when, by whom, on which device',
  details: 'JSON has the lines as they are in the journal. Whether they are as they were written, `cbc case verify` checks.',
  examples: [
    { line: 'cbc case log /evidence/2026-114', does: 'a line an event' },
    { line: 'cbc case log /evidence/2026-114 -o ndjson', does: 'all fields, a line an event' },
  ],
  example: line => line,
  fields: fieldsOf(COLUMNS, ...FIELDS),
  arguments: { case: CASE },
  options: {},
  run: async ({ case: path }, { host }) => list(rows(await host.caseFolder(path)), COLUMNS),
})

async function* rows(folder: CaseFolder): AsyncGenerator<Row> {
  let number = 0
  for await (const { line, complete } of readJournal(folder)) {
    number += 1
    if (line !== undefined && complete) yield line
    else yield { sequence: number, error: new CbcError('io', `line ${number}: ${complete ? 'is not a JSON object' : 'was cut off'}`) }
  }
}

/** The command, or what else the line tells of. */
function commandOf({ line, change, verb, run }: Row): string {
  return String(line ?? change ?? verb ?? run ?? '')
}

function text(row: Row, key: string, field: string): string {
  const value = (row[key] as Record<string, unknown> | null | undefined)?.[field]
  return value === undefined || value === null ? '' : String(value)
}
