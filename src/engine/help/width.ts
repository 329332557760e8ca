import type { Output } from '../../core/ports.ts'

/** Characters of a line of help, at most: longer lines are hard to read. */
export const MAX_HELP_WIDTH = 100
/** Narrower than this nothing can be laid out. */
const MIN_HELP_WIDTH = 40

/** Characters of a line of help on an output: what a terminal has, as far as that is easy to read. */
export function helpWidth({ isTerminal, columns }: Output): number {
  return isTerminal ? Math.min(MAX_HELP_WIDTH, Math.max(MIN_HELP_WIDTH, columns())) : MAX_HELP_WIDTH
}
