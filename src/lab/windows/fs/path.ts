import { trimEnd } from '../../../core/text/trim.ts'
import { win32 } from '../win32.ts'
import { hasWildcards } from './wildcards.ts'

/** A split and normalized path, without `.`, `..`, empty parts, and dots at the end of parts. */
export interface WindowsPath {
  /** Upper case, such as `C:`. */
  drive: string
  parts: string[]
  /** Whether it was written with a separator at the end. */
  trailing: boolean
  /** The name of an alternate data stream, from `file.txt:name`. */
  stream?: string
}

const MAX_PATH = 259
const MAX_LONG_PATH = 32_766
const MAX_PART = 255
const RESERVED = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(\..*)?$/i

/**
 * Parses a path as Windows does: `/` and `\`, `.` and `..`, blanks and dots at the end of a part, `\\?\`, relative to `directory`.
 * @param directory an absolute path; absent when relative paths aren't allowed
 * @param wildcards whether the last part may contain `*` and `?`
 * @throws SensorError INVALID_NAME, FILENAME_EXCED_RANGE, BAD_NETPATH
 */
export function parsePath(text: string, directory = 'C:\\Windows\\system32', wildcards = false): WindowsPath {
  const long = /^[\\/]{2}[?.][\\/]/.test(text)
  const absolute = anchor(long ? text.slice(4) : text, directory)
  const drive = absolute.slice(0, 2).toUpperCase()
  const raw = absolute.slice(2).split(/[\\/]+/)
  const trailing = raw.length > 1 && raw[raw.length - 1] === ''
  const parts = collapse(raw)
  const stream = takeStream(parts)
  for (const [at, part] of parts.entries()) checkPart(part, wildcards && at === parts.length - 1)
  const path = { drive, parts, trailing, ...(stream === undefined ? {} : { stream }) }
  if (formatPath(path).length > (long ? MAX_LONG_PATH : MAX_PATH)) throw win32('FILENAME_EXCED_RANGE')
  return path
}

/** Formats a path as text, such as `C:\Users`; a root is `C:\`. */
export function formatPath(path: Pick<WindowsPath, 'drive' | 'parts'>): string {
  return `${path.drive}\\${path.parts.join('\\')}`
}

/** Returns the path of `name` in `directory`. */
export function join(directory: string, name: string): string {
  return directory.endsWith('\\') ? directory + name : `${directory}\\${name}`
}

function anchor(text: string, directory: string): string {
  if (text === '') throw win32('PATH_NOT_FOUND')
  if (/^[\\/]{2}/.test(text)) throw win32('BAD_NETPATH')
  if (/^[a-z]:[\\/]/i.test(text)) return text
  if (/^[a-z]:/i.test(text)) {
    const sameDrive = text.slice(0, 2).toUpperCase() === directory.slice(0, 2).toUpperCase()
    if (text.length === 2) return text
    if (!sameDrive) return join(text.slice(0, 2), text.slice(2))
    return join(directory, text.slice(2))
  }
  if (/^[\\/]/.test(text)) return directory.slice(0, 2) + text
  return join(directory, text)
}

function collapse(raw: string[]): string[] {
  const parts: string[] = []
  for (const part of raw) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(hasWildcards(part) ? part : trimEnd(part, '. ') || part)
  }
  return parts
}

/** Splits `:stream` (or `:stream:$DATA`) off the last part. */
function takeStream(parts: string[]): string | undefined {
  const last = parts[parts.length - 1]
  const colon = last?.indexOf(':') ?? -1
  if (last === undefined || colon <= 0) return undefined
  const [stream, type = '$DATA', ...more] = last.slice(colon + 1).split(':')
  if (more.length > 0 || type.toUpperCase() !== '$DATA') throw win32('INVALID_NAME')
  parts[parts.length - 1] = last.slice(0, colon)
  return stream === '' ? undefined : stream
}

function checkPart(part: string, wildcards: boolean): void {
  const wrong = /[<>"|:\x00-\x1f]/.test(part) || (!wildcards && hasWildcards(part)) || /^[. ]+$/.test(part)
  if (wrong || part.length > MAX_PART || RESERVED.test(part)) throw win32('INVALID_NAME')
}
