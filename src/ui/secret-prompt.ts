import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { interrupted } from '../core/errors.ts'
import { discardPending } from './pending-input.ts'
import type { Asking, PromptStreams } from './prompt.ts'

/**
 * Has a secret typed: nothing of it is shown, nor how long it is. inquirer's own prompt for that redraws itself at every key, and moves the
 * cursor by as much: whoever sees what went to the terminal, a recording of it, could count.
 * @throws CbcError interrupted
 */
export async function hidden(
  message: string,
  { input, output }: PromptStreams,
  signal: AbortSignal,
  { wrong }: Pick<Asking, 'wrong'> = {},
): Promise<string> {
  for (;;) {
    await discardPending(input, signal)
    output.write(`? ${message} (not shown) `)
    const line = await lineOf(input, signal).finally(() => output.write('\n'))
    const why = await wrong?.(line)
    if (why === undefined) return line
    output.write(`> ${why}\n`)
  }
}

/** A line with the usual keys of editing, of which nothing is written anywhere. */
function lineOf(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  return new Promise<string>((resolve, reject) => {
    const leave = () => reject(interrupted())
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    lines.once('line', resolve)
    lines.once('SIGINT', leave)
    // Ctrl-D: there is no more.
    lines.once('close', leave)
  }).finally(() => lines.close())
}
