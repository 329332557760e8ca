import { parseTime } from '../time.ts'

/** An entry of a directory, as a line of the Sleuth Kit's body file has it. */
export interface BodyEntry {
  /** Escaped: nothing in it ends a field or a line. */
  name: string
  /** As `fls` writes it: a directory, a link, anything else. */
  type: 'd' | 'l' | 'r'
  readOnly: boolean
  /** Bytes; null: unknown. */
  size: number | null
  /** In a form that the API has times in. */
  times: { access?: unknown; write?: unknown; change?: unknown; create?: unknown }
}

/**
 * Returns a line of the body file, format 3: MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime, without its line break.
 * Times are in epoch seconds, and 0 stands for what is not known. The write permission is the only one that is known.
 */
export function bodyLine({ name, type, readOnly, size, times }: BodyEntry): string {
  const mode = `${type}/${type}${(readOnly ? 'r-x' : 'rwx').repeat(3)}`
  const { access, write, change, create } = times
  return [0, name, 0, mode, 0, 0, size ?? 0, ...[access, write, change, create].map(seconds)].join('|')
}

/** There is nothing before 1970 in a body file. */
function seconds(time: unknown): number {
  return Math.max(0, Math.floor((parseTime(time) ?? 0) / 1000))
}

/** Returns a character of a name in the one form that all readers of body files take. */
export function bodyEscape(character: string): string {
  return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`
}
