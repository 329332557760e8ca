import type { Row } from '../core/result.ts'
import { programOf } from './command-line.ts'

/** A short (8.3) name, which hides the real one: `EVILPR~1.EXE`. */
const SHORT_NAME = /^[^\\/. ]{1,6}~\d{1,6}(\.[^\\/. ]{1,3})?$/

/** Returns the last part of a path. */
export function fileName(path: string, windows: boolean): string {
  return path.split(windows ? /[\\/]/ : '/').pop() ?? ''
}

/**
 * Returns the paths that a user may know a process by, the best first: the path that the endpoint reports, without additions of the kernel,
 * then that path as it is, then the program of its command line if there is no path or only a short name.
 */
export function programPaths(row: Row, windows: boolean): string[] {
  const path = text(row['process_path'])
  const tidied = windows ? path.replace(/^\\\?\?\\/, '') : path.replace(/ \(deleted\)$/, '')
  const vague = path === '' || (windows && SHORT_NAME.test(fileName(path, windows)))
  const paths = [tidied, path, ...(vague ? [programOf(text(row['process_cmdline']), windows)] : [])]
  return [...new Set(paths.filter(one => one !== ''))]
}

/** Returns the file name of a process's program; empty when it isn't known. */
export function programName(row: Row, windows: boolean): string {
  return fileName(programPaths(row, windows)[0] ?? '', windows)
}

/** Whether a process runs the program `name`, which is a whole file name or a whole path; on Windows in any case. */
export function isProgram(row: Row, name: string, windows: boolean): boolean {
  const fold = (one: string) => (windows ? one.toLowerCase() : one)
  return programPaths(row, windows).some(path => fold(path) === fold(name) || fold(fileName(path, windows)) === fold(name))
}

/** Whether a process is listed under a short name that may stand for `name`. */
export function mayBeShortFor(row: Row, name: string): boolean {
  const short = fileName(text(row['process_path']), true).toUpperCase()
  if (!SHORT_NAME.test(short)) return false
  const letters = (one: string) => one.toUpperCase().replace(/[ .]/g, '').slice(0, 2)
  return letters(short) === letters(fileName(name, true))
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
