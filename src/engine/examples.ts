import { posixWord } from '../core/quote.ts'
import { quoteWord, words } from './tokenize.ts'

/**
 * Writes an example line for a POSIX shell: `cbc lr ls WIN-FIN-01 'C:\Users'`.
 * @param deviceLast whether the device is the last of the arguments, not the first
 */
export function posixExample(path: string, line: string, device = 'WIN-FIN-01', deviceLast = false): string {
  const depth = path.split(' ').length - 2
  return [path, ...withDevice(words(line).slice(depth), device, deviceLast).map(posixWord)].join(' ')
}

/** Adds the device to the words of an example: before its arguments, or after them and before its options. */
export function withDevice(rest: readonly string[], device: string, deviceLast = false): string[] {
  const option = rest.findIndex(word => word.startsWith('-'))
  return rest.toSpliced(deviceLast ? (option < 0 ? rest.length : option) : 0, 0, device)
}

/** Writes an example line for our own shell. */
export function shellExample(_path: string, line: string): string {
  return words(line).map(quoteWord).join(' ')
}
