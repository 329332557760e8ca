import type { Column } from '../core/result.ts'

/** Columns that several verbs show. */
export const PATH: Column = { key: 'path' }
export const SIZE: Column = { key: 'size', align: 'right' }
export const SHA256: Column = { key: 'sha256' }
export const DURATION: Column = { key: 'duration_ms', align: 'right' }

export const ENTRY: Column[] = [{ key: 'last_write_time' }, SIZE, { key: 'attributes', text: row => (row['attributes'] as string[]).join(',') }, { key: 'filename' }]
export const ENTRY_LONG: Column[] = [{ key: 'create_time' }, { key: 'last_access_time' }, ...ENTRY, { key: 'alternate_name' }, PATH]

/** What `get` and `put` say of a file that arrived. */
export const TRANSFER: Column[] = [PATH, { key: 'local_path' }, { ...SIZE, text: row => (row['size'] === undefined ? '' : `${String(row['size'])}`) }, SHA256, DURATION]

export const REGISTRY_VALUE: Column[] = [
  { key: 'registry_name', text: row => (row['registry_name'] === '' ? '(Default)' : String(row['registry_name'])) },
  { key: 'registry_type' },
  { key: 'registry_data', text: row => dataText(row['registry_data']), flexible: true },
]

/** Registry data in one line; the parts of REG_MULTI_SZ joined as reg.exe joins them. */
export function dataText(data: unknown): string {
  return Array.isArray(data) ? data.map(String).join('\\0') : String(data ?? '')
}
