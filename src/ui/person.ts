import type { Host } from '../core/host.ts'
import type { PromptStreams } from './prompt.ts'

/**
 * Returns the streams for questions if there is a person at the terminal who may be asked. A question goes to stdout or stderr, whichever
 * is the terminal, so that it is visible and never part of redirected output.
 * @param noInput `--no-input`
 */
export function personAt(
  { stdin, stdout, stderr, terminal }: Pick<Host, 'stdin' | 'stdout' | 'stderr' | 'terminal'>,
  { noInput }: { noInput?: boolean },
): PromptStreams | undefined {
  if (noInput || !stdin.isTerminal || (!stdout.isTerminal && !stderr.isTerminal)) return undefined
  return { input: stdin.stream, output: terminal.output }
}
