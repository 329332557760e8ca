import { HRESULT } from '../endpoint.ts'
import { refuse } from './errors.ts'

/** A piece of a command line: blanks, a backslash with the character it escapes, single quotes, double quotes, or plain letters. */
const PIECE = /([ \t\n]+)|\\\n|\\([^])|'([^']*)'|"((?:[^"\\]|\\[^])*)"|([^ \t\n\\'"]+)/gy

/**
 * Splits a command line into words as a POSIX shell does, with quotes and backslashes, but expands nothing: `$`, `*`, `~`, `;` and `|` are
 * ordinary letters. To get their meaning in a shell, run one: `sh -c '…'`.
 * @throws SensorError INVALID_PARAMETER for a quote that isn't closed, a backslash at the end, a NUL, or no word at all.
 */
export function splitWords(line: string): string[] {
  if (line.includes('\0')) refuse(HRESULT.INVALID_PARAMETER, 'a NUL in the command line')
  const words: string[] = []
  let word: string | undefined
  let at = 0
  for (const [piece, blanks, escaped, single, double, plain] of line.matchAll(PIECE)) {
    at += piece.length
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (piece !== '\\\n') {
      word = (word ?? '') + (escaped ?? single ?? plain ?? (double ?? '').replace(/\\(?:\n|([$`"\\]))/g, '$1'))
    }
  }
  if (at < line.length) refuse(HRESULT.INVALID_PARAMETER, 'a quote is not closed')
  if (word !== undefined) words.push(word)
  return words.length > 0 ? words : refuse(HRESULT.INVALID_PARAMETER, 'no program named')
}

/** Joins words into one line, quoted so that {@link splitWords} returns the same words. */
export function joinWords(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}
