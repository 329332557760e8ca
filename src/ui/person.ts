import type { Host } from '../core/host.ts'
import type { PromptStreams } from './prompt.ts'

/**
 * The person at the terminal, if there is one who may be asked: whoever asks, asks here. A question is seen whatever is redirected, and
 * never part of that:
 * it goes to stdout or stderr, whichever is the terminal.
 * @param noInput `--no-input`
 */
export function personAt(
  { stdin, stdout, stderr, terminal }: Pick<Host, 'stdin' | 'stdout' | 'stderr' | 'terminal'>,
  { noInput }: { noInput?: boolean },
): PromptStreams | undefined {
  if (noInput || !stdin.isTerminal || (!stdout.isTerminal && !stderr.isTerminal)) return undefined
  return { input: stdin.stream, output: terminal.output }
}
