import inquirer from 'inquirer'
import { interrupted } from '../core/errors.ts'
import { discardPending } from './pending-input.ts'

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

/** Asks a yes-or-no question on the terminal. @param usual the answer of who just presses Enter @throws CbcError interrupted */
export async function confirm(message: string, { input, output }: PromptStreams, signal: AbortSignal, usual = false): Promise<boolean> {
  const prompt = await fresh({ input, output }, signal)
  const { yes } = await ended(prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: usual }]), signal)
  return yes
}

/**
 * Lets the person choose from a list that is asked for anew as they type; Enter takes the marked line.
 * @param source the lines for what is typed; its signal is aborted when more is typed
 * @param rows lines that are shown at once
 * @throws CbcError interrupted: Esc, Ctrl-C, or the signal
 */
export async function chooseFrom<T>(
  message: string,
  source: (typed: string, signal: AbortSignal) => Promise<Choice<T>[]>,
  rows: number,
  { input, output }: PromptStreams,
  signal: AbortSignal,
): Promise<T> {
  const leave = new AbortController()
  const prompt = await fresh({ input, output }, AbortSignal.any([signal, leave.signal]))
  const onKey = (_: unknown, key: { name?: string } | undefined) => {
    if (key?.name === 'escape') leave.abort()
  }
  input.on('keypress', onKey)
  try {
    const { chosen } = await ended(
      prompt<{ chosen: unknown }>([
        {
          type: 'search',
          name: 'chosen',
          message,
          pageSize: rows,
          source: (typed: string | undefined, { signal: outdated }: { signal: AbortSignal }) => source(typed ?? '', outdated),
        },
      ]),
      signal,
    )
    return chosen as T
  } finally {
    input.off('keypress', onKey)
  }
}

/** Lets the person choose one of a few. @param usual the one that is marked first @throws CbcError interrupted */
export async function select<T extends string>(
  message: string,
  choices: readonly Choice<T>[],
  { input, output }: PromptStreams,
  signal: AbortSignal,
  usual?: T,
): Promise<T> {
  const prompt = await fresh({ input, output }, signal)
  const { chosen } = await ended(
    prompt<{ chosen: string }>([
      {
        type: 'select',
        name: 'chosen',
        message,
        choices,
        pageSize: choices.length,
        loop: false,
        ...(usual === undefined ? {} : { default: usual }),
      },
    ]),
    signal,
  )
  return chosen as T
}

/** How a line is asked for. */
export interface Asking {
  /** What is taken when nothing is typed. */
  usual?: string
  /** What is wrong with a line; undefined: nothing. */
  wrong?(line: string): Promise<string | undefined>
}

/** Has a line typed on the terminal. @throws CbcError interrupted */
export async function typed(
  message: string,
  { input, output }: PromptStreams,
  signal: AbortSignal,
  { usual, wrong }: Asking = {},
): Promise<string> {
  const prompt = await fresh({ input, output }, signal)
  const { line } = await ended(
    prompt<{ line: string }>([
      { type: 'input', name: 'line', message, validate: validator(wrong), ...(usual === undefined ? {} : { default: usual }) },
    ]),
    signal,
  )
  return line
}

function validator(wrong: Asking['wrong']): (line: string) => Promise<true | string> {
  return async line => (await wrong?.(line)) ?? true
}

/** Questions that are not answered by what was typed before them. */
async function fresh({ input, output }: PromptStreams, signal: AbortSignal): Promise<ReturnType<typeof inquirer.createPromptModule>> {
  await discardPending(input, signal)
  return inquirer.createPromptModule({ input, output, signal })
}

/** Answers, or that there are none: Ctrl-C, or the signal. */
async function ended<T>(answers: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answers
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt|Abort)Error$/.test(error.name)) throw interrupted()
    throw error
  }
}
