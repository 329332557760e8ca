import { usage } from '../../core/errors.ts'
import { fieldsOf, list as listResult, type Column, type Result, type Row } from '../../core/result.ts'
import { enumKey, isMissing, queryValue, valueAt, type Key } from '../../remote/registry.ts'
import type { RegistryValue } from '../../remote/normalize.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { dataText, REGISTRY_VALUE } from '../columns.ts'
import { defineVerb, flag, required, value } from '../define.ts'
import { AS_REG_EXE, drawnKey, nameText } from './as-reg-exe.ts'
import { search } from './search.ts'

/** Keys are as long as they like, and wrap where a terminal is narrow. */
const KEY: Column = { key: 'path', evidence: true }
/** What makes room for a value's key and data in a narrow terminal. */
const NARROWED: Partial<Record<string, Partial<Column>>> = { registry_name: { flexible: true }, registry_type: { priority: 1 } }
const VALUE_LINES: Column[] = [
  KEY,
  ...REGISTRY_VALUE.map(column => ({ ...column, ...NARROWED[column.key], title: column.key.replace('registry_', '') })),
]
const KEYS: Column[] = [KEY, { key: 'values', text: row => (row['values'] as RegistryValue[]).map(oneLine).join('; '), evidence: true }]
const FOUND: Column[] = [...KEYS, { key: 'sub_keys', title: 'sub keys' }]
const KEY_ROWS: Column[] = [{ key: 'kind' }, { key: 'name' }, { key: 'type' }, { key: 'data', evidence: true }]

export const regQuery = defineVerb({
  name: 'reg query',
  summary: 'show a registry key with its values and sub keys, or one value',
  details:
    "With --recursive, a key that can't be read does not stop the others, and the exit code is 7. Together with a value's name, only the keys that have this value are shown. " +
    'The search stops after 100,000 keys, and says so.',
  examples: [
    { line: 'reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run', does: 'a key' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI -v Start', does: 'a value' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI /s', does: 'a key and everything below it' },
    { line: 'reg query HKLM\\SOFTWARE\\Microsoft\\Windows /s /f powershell /d', does: 'everything below a key with this text in its data' },
  ],
  effect: 'read',
  fields: fieldsOf([...FOUND, ...KEY_ROWS, ...VALUE_LINES]),
  needs: ['reg enum key'],
  identity: { key: ['path', 'registry_name'], things: keyThings, columns: VALUE_LINES },
  arguments: { key: required('registry-key', 'key, or key\\value') },
  options: {
    recursive: flag('-s, --recursive', 'include all keys below'),
    value: value('-v, --value <name>', 'show one value of the key', { kind: 'registry-value' }),
    default: flag('--default', "show the key's default value"),
    find: value('-f, --find <text>', 'search for this text in key names, value names and data; * and ? are wildcards'),
    inKeys: flag('-k, --in-keys', 'with --find: search key names'),
    inNames: flag('--in-names', 'with --find: search value names'),
    inData: flag('-d, --in-data', 'with --find: search data'),
    exactCase: flag('-c, --exact-case', 'with --find: match case'),
    whole: flag('-e, --whole', 'with --find: match the whole name or data'),
  },
  slashes: {
    '/v': '--value',
    '/ve': '--default',
    '/s': '--recursive',
    '/f': '--find',
    '/k': '--in-keys',
    '/d': '--in-data',
    '/c': '--exact-case',
    '/e': '--whole',
  },
  bareSlashes: { '/v': '--in-names' },
  check({ value: name, default: byDefault, find, inKeys, inNames, inData, exactCase, whole }) {
    if (byDefault && name !== undefined) throw usage('reg query: --default and --value exclude each other')
    if (find !== undefined && (byDefault || name !== undefined))
      throw usage(`reg query: --find and ${byDefault ? '--default' : '--value'} exclude each other`)
    if (find === undefined && (inKeys || inNames || inData || exactCase || whole))
      throw usage('reg query: --in-keys, --in-names, --in-data, --exact-case and --whole need --find')
  },
  async run(
    { key: path, recursive, value: named, default: byDefault, find, inKeys, inNames, inData, exactCase, whole },
    { session, signal },
  ) {
    const name = byDefault ? '' : named
    if (find !== undefined) {
      const wanted = { text: find, keys: inKeys, names: inNames, data: inData, exactCase, whole }
      return { ...listResult(await started(search(session, path, wanted, recursive, signal)), FOUND, 'nothing found'), drawn: AS_REG_EXE }
    }
    if (recursive) {
      // Each sub key is listed separately, so it is not repeated below its parent.
      const line = ({ sub_keys: _, ...key }: Row, width: number) => AS_REG_EXE.line(key, width)
      return {
        ...listResult(await started(below(session, path, name, signal)), KEYS, 'no key has this value'),
        drawn: { ...AS_REG_EXE, line },
      }
    }
    if (name !== undefined) return valueResult(path, await queryValue(session, path, name, { signal }))
    try {
      return keyResult(await enumKey(session, path, { signal }))
    } catch (error) {
      // If it is not a key, its last part may name a value.
      const found = isMissing(error) ? await valueAt(session, path, { signal }) : undefined
      if (found === undefined) throw error
      return valueResult(found.key, found.value)
    }
  },
})

/** Returns a value as lines of facts. On a terminal it is drawn as reg.exe shows it. */
function valueResult(path: string, found: RegistryValue): Result {
  return { kind: 'object', value: { path, ...found }, columns: VALUE_LINES, drawn: drawnKey({ path, values: [found] }) }
}

/** Returns a key as one JSON document, or its sub keys and values as one table. On a terminal it is drawn as reg.exe shows it. */
function keyResult(key: Key): Result {
  const rows = [
    ...key.sub_keys.map(name => ({ kind: 'key', name, type: '', data: '' })),
    ...key.values.map(item => ({ kind: 'value', name: nameText(item), type: item.registry_type, data: dataText(item.registry_data) })),
  ]
  return { kind: 'object', value: { ...key }, columns: KEY_ROWS, rows, drawn: drawnKey({ ...key }) }
}

/** Returns a key, its values and its sub keys as things of their own; the row of one value is a thing itself. */
function keyThings({ path, values, sub_keys, ...more }: Row): Row[] {
  if (!Array.isArray(values)) return [{ path, ...more }]
  const below = ((sub_keys as string[] | undefined) ?? []).map(name => ({ path: `${String(path)}\\${name}` }))
  return [{ path, ...more }, ...(values as RegistryValue[]).map(item => ({ path, ...item })), ...below]
}

function oneLine(item: RegistryValue): string {
  return `${nameText(item)}=${dataText(item.registry_data)}`
}

/** Yields the key and all keys below it. With a name, only the keys that have this value, and only that value. */
async function* below(session: RemoteSession, path: string, name: string | undefined, signal: AbortSignal): AsyncGenerator<Row> {
  for await (const key of walkKeys(session, path, { signal })) {
    if (isUnread(key)) yield { ...key, sub_keys: [], values: [] }
    else if (name === undefined) yield { ...key }
    else {
      const values = key.values.filter(({ registry_name: own }) => own.toLowerCase() === name.toLowerCase())
      if (values.length > 0) yield { ...key, values }
    }
  }
}

/** Returns the same rows after fetching the first, so that an unreadable key is an error and not a list. */
async function started(rows: AsyncGenerator<Row>): Promise<AsyncIterable<Row>> {
  const first = await rows.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* rows
    } finally {
      await rows.return(undefined)
    }
  })()
}
