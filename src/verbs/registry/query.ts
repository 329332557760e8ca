import { object, type Column, type Row } from '../../core/result.ts'
import { enumKey, isMissing, queryValue, queryValueIfThere, type Key } from '../../remote/registry.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { dataText, REGISTRY_VALUE } from '../columns.ts'
import { defineVerb, flag, required, value } from '../define.ts'

const VALUE_LINES: Column[] = [{ key: 'path' }, ...REGISTRY_VALUE.map(column => ({ ...column, title: column.key.replace('registry_', '') }))]
const KEY_ROWS: Column[] = [{ key: 'kind' }, { key: 'name' }, { key: 'type' }, { key: 'data', flexible: true }]

export const regQuery = defineVerb({
  name: 'reg query',
  summary: 'show a registry key with its values and sub keys, or one value',
  examples: [
    { line: 'reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run', does: 'a key' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI -v Start', does: 'a value' },
    { line: 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI /s', does: 'a key and all below it' },
  ],
  effect: 'read',
  needs: ['reg enum key'],
  arguments: { key: required('registry-key', 'key, or key\\value') },
  options: {
    recursive: flag('-s, --recursive', 'with all keys below'),
    value: value('-v, --value <name>', 'one value of the key'),
    default: flag('--default', 'the key\'s default value'),
  },
  slashes: { '/v': '--value', '/ve': '--default', '/s': '--recursive' },
  async run({ key: path, recursive, value: name, default: byDefault }, { session, signal }) {
    if (byDefault || name !== undefined) return object(valueRow(path, await queryValue(session, path, name ?? '', { signal })), VALUE_LINES)
    if (recursive) {
      const first = await enumKey(session, path, { signal })
      return { kind: 'list', rows: walk(session, first, signal), columns: [{ key: 'path' }, { key: 'values', text: row => (row['values'] as Row[]).map(oneLine).join('; '), flexible: true }] }
    }
    try {
      return keyResult(await enumKey(session, path, { signal }))
    } catch (error) {
      // Not a key: then perhaps its last part names a value.
      const cut = path.lastIndexOf('\\')
      const found = isMissing(error) && cut > 0 ? await queryValueIfThere(session, path.slice(0, cut), path.slice(cut + 1), { signal }) : undefined
      if (found === undefined) throw error
      return object(valueRow(path.slice(0, cut), found), VALUE_LINES)
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

async function* walk(session: RemoteSession, key: Key, signal: AbortSignal): AsyncIterable<Row> {
  yield { ...key }
  for (const name of key.sub_keys) {
    let below: Key
    try {
      below = await enumKey(session, `${key.path}\\${name}`, { signal })
    } catch (error) {
      signal.throwIfAborted()
      yield { path: `${key.path}\\${name}`, sub_keys: [], values: [], error }
      continue
    }
    yield* walk(session, below, signal)
  }
}

