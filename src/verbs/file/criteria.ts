import { usage } from '../../core/errors.ts'
import { glob } from '../../core/glob.ts'
import { parseDuration, readSize } from '../../core/quantity.ts'
import { parseTime } from '../../core/time.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'

/** A size to compare with: larger than (`+1M`), smaller than (`-10k`), or exactly (`100`), in bytes. */
export interface SizeTest {
  than: 'larger' | 'smaller' | 'equal'
  bytes: number
}

/** @throws CbcError usage */
export function parseSizeTest(text: string): SizeTest {
  const sign = /^[+-]?/.exec(text)?.[0] ?? ''
  const bytes = readSize(text.slice(sign.length))
  if (bytes === undefined)
    throw usage(`--size: "${text}" is not a size`, 'write +1M for larger, -10k for smaller, 100 for that exact number of bytes')
  return { than: sign === '+' ? 'larger' : sign === '-' ? 'smaller' : 'equal', bytes }
}

export type EntryType = 'f' | 'd'

/** @throws CbcError usage */
export function parseEntryType(text: string): EntryType {
  if (text !== 'f' && text !== 'd') throw usage(`--type: "${text}" is not a type`, 'use f for files, d for directories')
  return text
}

/** A point in time: `ago` before now, or `at` milliseconds since 1970. */
export type Since = { ago: number } | { at: number }

/** @throws CbcError usage */
export function parseSince(text: string): Since {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)/.test(text)) return { ago: parseDuration(text) }
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : /^\d{4}-\d\d-\d\dT/.test(text) ? parseTime(text) : undefined
  if (at === undefined || Number.isNaN(at))
    throw usage(`--newer: "${text}" is neither a duration nor a time`, 'write 2d, or 2024-05-01T12:00:00Z')
  return { at }
}

export interface Criteria {
  name?: string | undefined
  type?: EntryType | undefined
  size?: SizeTest | undefined
  newer?: Since | undefined
}

/** Returns a test for entries that meet all the criteria. @param now milliseconds since 1970 */
export function criterion({ name, type, size, newer }: Criteria, windows: boolean, now: number): (entry: Entry) => boolean {
  const fits = name === undefined ? () => true : glob(name, windows)
  const since = newer === undefined ? -Infinity : 'at' in newer ? newer.at : now - newer.ago
  const sized = (bytes: number) =>
    size === undefined ||
    (size.than === 'larger' ? bytes > size.bytes : size.than === 'smaller' ? bytes < size.bytes : bytes === size.bytes)
  return entry =>
    fits(entry.filename) &&
    (type === undefined || isDirectory(entry) === (type === 'd')) &&
    // Directories have no size, and an unknown size never fits.
    (size === undefined || (!isDirectory(entry) && entry.size !== null && sized(entry.size))) &&
    (newer === undefined || (parseTime(entry['last_write_time']) ?? -Infinity) > since)
}
