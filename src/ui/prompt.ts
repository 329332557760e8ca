import inquirer from 'inquirer'
import { interrupted } from '../core/errors.ts'

export interface PromptStreams {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

/** One thing of a list. */
export interface Choice<T> {
  value: T
  /** Its line. */
  name: string
  /** What stays on the screen when it was chosen. */
  short: string
}

/** Asks a yes-or-no question on the terminal; no is the default. */
export async function confirm(message: string, streams: PromptStreams, signal: AbortSignal): Promise<boolean> {
  const prompt = inquirer.createPromptModule({ ...streams, signal })
  const { yes } = await prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: false }])
  return yes
}

/**
 * Lets the person choose from a list that is asked for anew as they type; Enter takes the marked line.
 * @param source the lines for what is typed; its signal is aborted when more is typed
 * @param rows lines that are shown at once
 * @throws CbcError interrupted: Esc, Ctrl-C, or the signal
 */
export async function chooseFrom<T>(message: string, source: (typed: string, signal: AbortSignal) => Promise<Choice<T>[]>, rows: number, { input, output }: PromptStreams, signal: AbortSignal): Promise<T> {
  const leave = new AbortController()
  const onKey = (_: unknown, key: { name?: string } | undefined) => { if (key?.name === 'escape') leave.abort() }
  const prompt = inquirer.createPromptModule({ input, output, signal: AbortSignal.any([signal, leave.signal]) })
  input.on('keypress', onKey)
  try {
    const { chosen } = await prompt<{ chosen: unknown }>([{
      type: 'search', name: 'chosen', message, pageSize: rows,
      source: (typed: string | undefined, { signal: outdated }: { signal: AbortSignal }) => source(typed ?? '', outdated),
    }])
    return chosen as T
  } catch (error) {
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt|Abort)Error$/.test(error.name)) throw interrupted()
    throw error
  } finally {
    input.off('keypress', onKey)
  }
}

/** Has a line typed on the terminal. */
export async function typed(message: string, streams: { input: NodeJS.ReadableStream, output: NodeJS.WritableStream }, signal: AbortSignal): Promise<string> {
  const prompt = inquirer.createPromptModule({ input: streams.input, output: streams.output, signal })
  const { line } = await prompt<{ line: string }>([{ type: 'input', name: 'line', message }])
  return line
}
