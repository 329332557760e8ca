import { posixWord } from '../core/quote.ts'
import { quoteWord, words } from './tokenize.ts'

/**
 * Writes an example line for a POSIX shell: `cbc lr ls WIN-FIN-01 'C:\Users'`.
 * @param deviceAt how many words stand before the device
 */
export function posixExample(path: string, line: string, device = 'WIN-FIN-01', deviceAt = 0): string {
  const depth = path.split(' ').length - 2
  const rest = words(line).slice(depth)
  return [path, ...[...rest.slice(0, deviceAt), device, ...rest.slice(deviceAt)].map(posixWord)].join(' ')
}

/** Writes an example line for our own shell. */
export function shellExample(_path: string, line: string): string {
  return words(line).map(quoteWord).join(' ')
}
