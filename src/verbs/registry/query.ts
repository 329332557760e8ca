import { usage } from '../../core/errors.ts'
import { fieldsOf, list as listResult, object, type Column, type Row } from '../../core/result.ts'
import { enumKey, isMissing, queryValue, valueAt, type Key } from '../../remote/registry.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { dataText, REGISTRY_VALUE } from '../columns.ts'
import { defineVerb, flag, required, value } from '../define.ts'
import { search } from './search.ts'

const VALUE_LINES: Column[] = [{ key: 'path' }, ...REGISTRY_VALUE.map(column => ({ ...column, title: column.key.replace('registry_', '') }))]
const KEYS: Column[] = [{ key: 'path' }, { key: 'values', text: row => (row['values'] as Row[]).map(oneLine).join('; '), flexible: true }]
const FOUND: Column[] = [...KEYS, { key: 'sub_keys', title: 'sub keys' }]
const KEY_ROWS: Column[] = [{ key: 'kind' }, { key: 'name' }, { key: 'type' }, { key: 'data', flexible: true }]

export const regQuery = defineVerb({
  name: 'reg query',
  summary: 'show a registry key with its values and sub keys, or one value',
  details: 'With --recursive a key that can\'t be read does not stop the others, and the exit code is 7; with a value\'s name, only the keys that have it are shown. '
    + 'A walk ends after 100,000 keys, and says so.',
  examples: [
    { line: 'reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run', does: 'a key' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI -v Start', does: 'a value' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI /s', does: 'a key and all below it' },
    { line: 'reg query HKLM\\SOFTWARE\\Microsoft\\Windows /s /f powershell /d', does: 'all below it whose data holds a text' },
  ],
  effect: 'read',
  fields: fieldsOf([...FOUND, ...KEY_ROWS, ...VALUE_LINES]),
  needs: ['reg enum key'],
  arguments: { key: required('registry-key', 'key, or key\\value') },
  options: {
    recursive: flag('-s, --recursive', 'with all keys below'),
    value: value('-v, --value <name>', 'one value of the key', { kind: 'registry-value' }),
    default: flag('--default', 'the key\'s default value'),
    find: value('-f, --find <text>', 'only what holds this: names of keys, names of values, data; * and ? stand for characters'),
    inKeys: flag('-k, --in-keys', 'with --find: in names of keys'),
    inNames: flag('--in-names', 'with --find: in names of values'),
    inData: flag('-d, --in-data', 'with --find: in data'),
    exactCase: flag('-c, --exact-case', 'with --find: upper and lower case differ'),
    whole: flag('-e, --whole', 'with --find: the whole name or data'),
  },
  slashes: { '/v': '--value', '/ve': '--default', '/s': '--recursive', '/f': '--find', '/k': '--in-keys', '/d': '--in-data', '/c': '--exact-case', '/e': '--whole' },
  bareSlashes: { '/v': '--in-names' },
  check({ value: name, default: byDefault, find, inKeys, inNames, inData, exactCase, whole }) {
    if (byDefault && name !== undefined) throw usage('reg query: --default and --value exclude each other')
    if (find !== undefined && (byDefault || name !== undefined)) throw usage(`reg query: --find and ${byDefault ? '--default' : '--value'} exclude each other`)
    if (find === undefined && (inKeys || inNames || inData || exactCase || whole)) throw usage('reg query: --in-keys, --in-names, --in-data, --exact-case and --whole go with --find')
  },
  async run({ key: path, recursive, value: named, default: byDefault, find, inKeys, inNames, inData, exactCase, whole }, { session, signal }) {
    const name = byDefault ? '' : named
    if (find !== undefined) {
      const wanted = { text: find, keys: inKeys, names: inNames, data: inData, exactCase, whole }
      return listResult(await started(search(session, path, wanted, recursive, signal)), FOUND, 'nothing found')
    }
    if (recursive) return { kind: 'list', rows: await started(below(session, path, name, signal)), columns: KEYS }
    if (name !== undefined) return object(valueRow(path, await queryValue(session, path, name, { signal })), VALUE_LINES)
    try {
      return keyResult(await enumKey(session, path, { signal }))
    } catch (error) {
      // Not a key: then perhaps its last part names a value.
      const found = isMissing(error) ? await valueAt(session, path, { signal }) : undefined
      if (found === undefined) throw error
      return object(valueRow(found.key, found.value), VALUE_LINES)
    }
  },
})

function valueRow(path: string, found: Row): Row {
  return { path, ...found }
}

/** One document in JSON; on a terminal sub keys and values as lines of one table. */
function keyResult(key: Key): ReturnType<typeof object> {
  const rows = [
    ...key.sub_keys.map(name => ({ kind: 'key', name, type: '', data: '' })),
    ...key.values.map(item => ({ kind: 'value', name: item.registry_name === '' ? '(Default)' : item.registry_name, type: item.registry_type, data: dataText(item.registry_data) })),
  ]
  return { kind: 'object', value: { ...key }, columns: KEY_ROWS, rows }
}

function oneLine(item: Row): string {
  return `${item['registry_name'] === '' ? '(Default)' : String(item['registry_name'])}=${dataText(item['registry_data'])}`
}

/** The key and all below it; with a name only those that have a value of that name, and nothing else of them. */
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

/** The same rows, once the first is known: that the key itself can't be read is then all there is to see. */
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
