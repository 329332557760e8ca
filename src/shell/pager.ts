import type { Output } from '../core/ports.ts'
import { flag } from '../verbs/define.ts'
import { OUTPUT_OPTIONS } from '../engine/globals.ts'
import { toCommand } from './outputs.ts'

/** Options that every command takes in the shell. */
export const SHELL_OPTIONS = { ...OUTPUT_OPTIONS, pager: flag('--pager', 'show the result with $PAGER, else less') }

/**
 * Runs `work` with its output in a pager, drawn as for a terminal that is as wide as it needs to be: it has whole cells.
 * @returns what the work gave; 0 if the reader had enough before
 */
export async function toPager(
  stdout: Output,
  start: (input: AsyncIterable<Uint8Array>) => Promise<number>,
  work: (stdout: Output) => Promise<number>,
): Promise<number> {
  const { result } = await toCommand(start, page => work({ ...page, isTerminal: true, color: stdout.color, columns: () => Infinity }))
  return result ?? 0
}
