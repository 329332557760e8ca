import type { Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { isDirectory, isLink, type Entry } from '../../remote/normalize.ts'

/**
 * Returns an entry as a line of the Sleuth Kit's body file, format 3: MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime.
 * Times are in epoch seconds, and 0 stands for what a directory listing doesn't provide. Characters that would end a field or a line are
 * written as `\xHH`.
 */
export function bodyLine(row: Row, windows: boolean): string {
  const entry = row as Entry
  const [atime, mtime, crtime] = [entry['last_access_time'], entry['last_write_time'], entry['create_time']].map(seconds)
  return [0, name(entry.path, windows), 0, mode(entry, windows), 0, 0, entry.size ?? 0, atime, mtime, 0, crtime].join('|')
}

/**
 * Escapes a path. On Windows a backslash separates the parts of a path and never occurs in a name. Elsewhere it is escaped too, so that a
 * name can't be mistaken for an escape.
 */
function name(path: string, windows: boolean): string {
  return path.replace(
    windows ? /[|\p{Cc}]/gu : /[|\\\p{Cc}]/gu,
    character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  )
}

/** Returns the mode as `fls` writes it. The write permission is the only one that is known. */
function mode(entry: Entry, windows: boolean): string {
  const type = isLink(entry, windows) ? 'l' : isDirectory(entry) ? 'd' : 'r'
  return `${type}/${type}${(entry.attributes.includes('READONLY') ? 'r-x' : 'rwx').repeat(3)}`
}

function seconds(time: unknown): number {
  return Math.floor((parseTime(time) ?? 0) / 1000)
}
