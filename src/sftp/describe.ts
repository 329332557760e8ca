import { parseTime } from '../core/time.ts'
import { isDirectory, isLink, type Entry } from '../remote/normalize.ts'
import type { NamedEntry } from './protocol/answers.ts'
import type { Attributes } from './protocol/attributes.ts'
import { KIND } from './protocol/constants.ts'

const KIND_BITS = 0o170000
const PERMISSIONS: Readonly<Record<number, { letter: string; read: number; write: number }>> = {
  [KIND.DIRECTORY]: { letter: 'd', read: 0o555, write: 0o755 },
  [KIND.FILE]: { letter: '-', read: 0o444, write: 0o644 },
  [KIND.LINK]: { letter: 'l', read: 0o777, write: 0o777 },
}

/** How far back `ls -l` shows the time of day, milliseconds. */
const RECENT_MS = 180 * 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export interface Shown {
  /** Whether the client may write. */
  writable: boolean
  /** What the entry is, where its attributes don't say it. */
  kind?: number
}

/** Returns what clients are told about an entry of the endpoint. Its owner and permissions are not known: read, and write where that is allowed. */
export function attributesOf(entry: Entry, windows: boolean, { writable, kind = kindOf(entry, windows) }: Shown): Attributes {
  const { read, write } = PERMISSIONS[kind] ?? { read: 0, write: 0 }
  const modified = secondsOf(entry['last_write_time'])
  // On a directory it doesn't keep anybody from writing: Windows marks those with it that look different in its Explorer.
  const isReadOnly = entry.attributes.includes('READONLY') && kind !== KIND.DIRECTORY
  return {
    ...(entry.size === null || kind === KIND.DIRECTORY ? {} : { size: entry.size }),
    mode: kind | (writable && !isReadOnly ? write : read),
    ...(modified === undefined ? {} : { times: { accessed: secondsOf(entry['last_access_time']) ?? modified, modified } }),
  }
}

/** Returns the attributes of a directory that the endpoint has no entry for: a drive, and `/` above them. */
export function directoryAttributes(writable: boolean): Attributes {
  return { mode: KIND.DIRECTORY | (writable ? 0o755 : 0o555) }
}

export function kindOf(entry: Entry, windows: boolean): number {
  return isLink(entry, windows) ? KIND.LINK : isDirectory(entry) ? KIND.DIRECTORY : KIND.FILE
}

/** Returns an entry of a directory with its line in `ls -l`. @param now milliseconds since 1970 */
export function named(name: string, attributes: Attributes, now: number): NamedEntry {
  const { size, mode = 0, times } = attributes
  const letters = [...(mode & 0o777).toString(2).padStart(9, '0')].map((bit, at) => (bit === '1' ? ('rwx'[at % 3] ?? '') : '-')).join('')
  const kind = PERMISSIONS[mode & KIND_BITS]?.letter ?? '?'
  const longName = `${kind}${letters}    1 -        -        ${String(size ?? 0).padStart(12)} ${dateOf(times?.modified ?? 0, now)} ${name}`
  return { name, longName, attributes }
}

/** Writes a time as `ls -l` does in English, in UTC. */
function dateOf(seconds: number, now: number): string {
  const date = new Date(seconds * 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  const isRecent = Math.abs(now - date.getTime()) < RECENT_MS
  const end = isRecent ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : String(date.getUTCFullYear()).padStart(5)
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2)} ${end}`
}

function secondsOf(time: unknown): number | undefined {
  const ms = parseTime(time)
  return ms === undefined ? undefined : Math.floor(ms / 1000)
}
