import type { Output } from '../core/ports.ts'
import { wrapped } from '../core/text/wrap.ts'
import { escapeLine } from './escape.ts'

/**
 * Returns a message for a person: one line, escaped, which on a terminal is broken between words rather than at the terminal's edge (its
 * width is counted in characters: measuring wide ones would have to be loaded for every message). Where
 * it is read in our shell, command lines of the program in it begin with the shell's `!`, as they have to be typed there.
 */
export function message(text: string, { isTerminal, columns, inShell }: Pick<Output, 'isTerminal' | 'columns' | 'inShell'>): string {
  const line = escapeLine(inShell ? text.replaceAll('`cbc ', '`!cbc ') : text)
  return isTerminal
    ? wrapped(line, columns())
        .map(part => `${part}\n`)
        .join('')
    : `${line}\n`
}
