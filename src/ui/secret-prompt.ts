import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { interrupted } from '../core/errors.ts'
import { discardPending } from './pending-input.ts'
import type { LineOptions, PromptStreams } from './prompt.ts'

/**
 * Asks for a secret: neither the secret nor its length is shown. inquirer's password prompt redraws itself at every key and moves the
 * cursor, so that a recording of the terminal would reveal the length.
 * @throws CbcError interrupted
 */
export async function promptSecret(
  message: string,
  { input, output }: PromptStreams,
  signal: AbortSignal,
  { validate }: Pick<LineOptions, 'validate'> = {},
): Promise<string> {
  let complaint = ''
  for (;;) {
    // The complaint waits until the terminal no longer echoes: a person who reads it may type at once.
    await discardPending(input, signal)
    output.write(`${complaint}? ${message} (not shown) `)
    const line = await readHiddenLine(input, signal).finally(() => output.write('\n'))
    const problem = await validate?.(line)
    if (problem === undefined) return line
    complaint = `> ${problem}\n`
  }
}

/** Reads a line with the usual editing keys, without writing anything. */
function readHiddenLine(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  return new Promise<string>((resolve, reject) => {
    const leave = () => reject(interrupted())
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    lines.once('line', resolve)
    lines.once('SIGINT', leave)
    // Ctrl-D: the input ends.
    lines.once('close', leave)
  }).finally(() => lines.close())
}
