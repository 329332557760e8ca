import { posixWord } from '../core/quote.ts'
import { quoteWord, words } from './tokenize.ts'

/** Writes an example line for a POSIX shell: `cbc lr ls WIN-FIN-01 'C:\Users'`. */
export function posixExample(path: string, line: string, device = 'WIN-FIN-01'): string {
  const depth = path.split(' ').length - 2
  const rest = words(line).slice(depth)
  return [path, posixWord(device), ...rest.map(posixWord)].join(' ')
}

/** Writes an example line for our own shell. */
export function shellExample(_path: string, line: string): string {
  return words(line).map(quoteWord).join(' ')
}
