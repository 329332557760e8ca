import { firstOf } from '../../core/lists.ts'
import type { Column, Row } from '../../core/result.ts'
import type { Command } from '../../api/live-response.ts'
import { resultInWords } from '../../remote/hresult.ts'
import { commandForm } from '../../remote/normalize.ts'
import { crashOf } from '../../remote/result-codes.ts'
import { dataText } from '../columns.ts'

/** How many items of a result a line names. JSON has all of them. */
const MAX_NAMED_ITEMS = 20

/** Returns a command with its result as the API has it. `result_text` says why it failed; it is null if it did not fail. */
export function commandResult(raw: Command): Row {
  const form = commandForm(raw)
  const code = Number(form['result_code'] ?? 0)
  const hasFailed = code !== 0 || raw.status === 'ERROR'
  return { ...form, result_text: hasFailed ? resultInWords(raw.name, code, raw.result_desc) : null }
}

/** The parts of a command's result, each on a line of its own. Parts that a command lacks are left out. */
export const RESULT: Column[] = [
  { key: 'result_text' },
  { key: 'result_type' },
  { key: 'result_desc' },
  {
    key: 'process_details',
    title: 'process',
    text: of<Command>(({ process_details: made }) =>
      made == null ? '' : facts({ pid: made.pid, return_code: exitCode(made.return_code) }),
    ),
  },
  {
    key: 'mem_dump',
    title: 'memory dump',
    text: of<Command>(({ mem_dump: dump }) =>
      dump == null ? '' : facts({ percent: dump.percentdone, return_code: dump.return_code, ...stateOf(dump) }),
    ),
  },
  {
    key: 'file_details',
    title: 'staged file',
    text: of<Command>(({ file_details: file }) =>
      file == null ? '' : facts({ file_id: file.file_id, offset: file.offset, count: file.count }),
    ),
  },
  items('files', ({ filename, size }) => `${text(filename)}${size == null ? '' : ` (${text(size)} bytes)`}`),
  items('processes', ({ process_pid: pid, process_path: path }) => `${text(pid)} ${text(path)}`.trim()),
  { key: 'value', text: ({ value }) => (value == null ? '' : valueText(value as Row)) },
  items('values', valueText),
  items('sub_keys', text),
]

function of<T>(make: (from: T) => string): (row: Row) => string {
  return row => make(row as unknown as T)
}

/** A column that shows the number of items and names the first of them. */
function items(key: string, name: (item: Row) => string): Column {
  return {
    key,
    text: ({ [key]: found }) =>
      Array.isArray(found)
        ? [
            String(found.length),
            firstOf(
              found.map(item => name(item as Row)),
              MAX_NAMED_ITEMS,
            ).join(', '),
          ]
            .filter(part => part !== '')
            .join(': ')
        : '',
  }
}

/** Joins the facts that are known: `pid 4711, return_code 0`. */
function facts(known: Record<string, unknown>): string {
  return Object.entries(known)
    .filter(([, value]) => value != null && value !== '')
    .map(([name, value]) => `${name} ${text(value)}`)
    .join(', ')
}

/** Returns a program's exit code, with its meaning if the program crashed. */
function exitCode(code: number | undefined): string | undefined {
  if (code == null) return undefined
  const crash = crashOf(code)
  return crash === undefined ? String(code) : `${code} (${crash})`
}

function stateOf({ dumping, compressing, complete }: NonNullable<Command['mem_dump']>): Row {
  const state = complete ? 'complete' : compressing ? 'compressing' : dumping ? 'dumping' : undefined
  return { state }
}

function valueText({ registry_name: name, registry_type: type, registry_data: data }: Row): string {
  return [name === '' ? '(Default)' : name, type, dataText(data)]
    .filter(part => part != null && part !== '')
    .map(text)
    .join(' ')
}

function text(value: unknown): string {
  return value == null ? '' : String(value)
}
