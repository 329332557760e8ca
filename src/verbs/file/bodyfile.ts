import type { Row } from '../../core/result.ts'
import { bodyEscape, bodyLine as lineOf } from '../../core/text/body-line.ts'
import { isDirectory, isLink, type Entry } from '../../remote/normalize.ts'

/** Returns an entry as a line of the Sleuth Kit's body file. Characters that would end a field or a line are written as `\xHH`. */
export function bodyLine(row: Row, windows: boolean): string {
  const entry = row as Entry
  return lineOf({
    name: name(entry.path, windows),
    type: isLink(entry, windows) ? 'l' : isDirectory(entry) ? 'd' : 'r',
    readOnly: entry.attributes.includes('READONLY'),
    size: entry.size,
    times: { access: entry['last_access_time'], write: entry['last_write_time'], create: entry['create_time'] },
  })
}

/**
 * Escapes a path. On Windows a backslash separates the parts of a path and never occurs in a name. Elsewhere it is escaped too, so that a
 * name can't be mistaken for an escape.
 */
function name(path: string, windows: boolean): string {
  return path.replace(windows ? /[|\p{Cc}]/gu : /[|\\\p{Cc}]/gu, bodyEscape)
}
