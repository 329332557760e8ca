import type { Output } from '../../core/ports.ts'

/** The widest line of help, characters: longer lines are hard to read. */
export const MAX_HELP_WIDTH = 100
/** The narrowest width for which help can be laid out. */
const MIN_HELP_WIDTH = 40

/** Returns the width of help on an output: that of the terminal, as far as it is easy to read. */
export function helpWidth({ isTerminal, columns }: Output): number {
  return isTerminal ? Math.min(MAX_HELP_WIDTH, Math.max(MIN_HELP_WIDTH, columns())) : MAX_HELP_WIDTH
}
