import type { Identity } from '../core/difference.ts'
import type { Column, Row, Tone } from '../core/result.ts'
import { attributeLetters } from './attribute-letters.ts'

/** File extensions that Windows, or an interpreter on it, runs. */
const EXECUTABLE = /\.(?:exe|dll|sys|com|scr|cpl|ocx|msi|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|lnk|jar|py|sh)$/i

/** Columns that several verbs show. */
export const PATH: Column = { key: 'path', flexible: 'middle' }
export const LOCAL_PATH: Column = { key: 'local_path', flexible: 'middle' }
export const SIZE: Column = { key: 'size', align: 'right', kind: 'size', priority: 5 }
export const SHA256: Column = { key: 'sha256', priority: 6 }
export const DURATION: Column = { key: 'duration_ms', align: 'right', priority: 1 }

const MODIFIED: Column = { key: 'last_write_time', brief: 'modified', kind: 'time', priority: 4 }
const ATTRIBUTES: Column = {
  key: 'attributes',
  brief: 'attr',
  text: row => attributesOf(row).join(','),
  shorter: row => attributeLetters(attributesOf(row)),
}
const NAME: Column = { key: 'filename', tone: toneOf }

/** Columns of a list of entries besides their names or paths. */
const FACTS: Column[] = [MODIFIED, SIZE, ATTRIBUTES]
export const ENTRY: Column[] = [...FACTS, { ...NAME, evidence: true }]
/** The same for entries of several directories, which need their paths. */
export const ENTRY_PATH: Column[] = [...FACTS, { key: 'path', evidence: true, tone: toneOf }]
export const ENTRY_LONG: Column[] = [
  { key: 'create_time', brief: 'created', kind: 'time', priority: 3 },
  { key: 'last_access_time', brief: 'accessed', kind: 'time', priority: 2 },
  ...FACTS,
  { ...NAME, flexible: true, priority: 1 },
  { key: 'alternate_name', brief: 'short', priority: 0 },
  { key: 'path', evidence: true, tone: toneOf },
]

/** What makes an entry the same one later. Looking at a file may set the time of its last access; on another device all times differ. */
export const ENTRY_IDENTITY: Identity = {
  key: ['path'],
  ignored: ['last_access_time'],
  across: { key: ['path'], fields: ['size', 'attributes'] },
}

/** Columns that `get` and `put` show for a transferred file. */
export const TRANSFER: Column[] = [
  PATH,
  LOCAL_PATH,
  { ...SIZE, text: row => (row['size'] === undefined ? '' : `${String(row['size'])}`) },
  SHA256,
  DURATION,
]

export const REGISTRY_VALUE: Column[] = [
  { key: 'registry_name', text: row => (row['registry_name'] === '' ? '(Default)' : String(row['registry_name'] ?? '')) },
  { key: 'registry_type' },
  { key: 'registry_data', text: row => dataText(row['registry_data']), evidence: true },
]

/** Returns registry data as one line. The parts of a REG_MULTI_SZ are joined as reg.exe joins them. */
export function dataText(data: unknown): string {
  return Array.isArray(data) ? data.map(String).join('\\0') : String(data ?? '')
}

function attributesOf({ attributes }: Row): string[] {
  return (attributes as string[] | undefined) ?? []
}

/** Tells directories and executables apart from other files. The extension decides what is executable. */
function toneOf(row: Row): Tone | undefined {
  if (attributesOf(row).includes('DIRECTORY')) return 'directory'
  return EXECUTABLE.test(String(row['filename'])) ? 'executable' : undefined
}
