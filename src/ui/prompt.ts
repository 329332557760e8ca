import { styleText } from 'node:util'
import inquirer from 'inquirer'
import { interrupted } from '../core/errors.ts'
import { discardPending } from './pending-input.ts'

export interface PromptStreams {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

/** One entry of a list to choose from. */
export interface Choice<T> {
  value: T
  /** Its line in the list. */
  name: string
  /** What stays on the screen after it was chosen. */
  short: string
}

/** Asks a yes-or-no question on the terminal. @param usual the answer when only Enter is pressed @throws CbcError interrupted */
export async function confirm(message: string, { input, output }: PromptStreams, signal: AbortSignal, usual = false): Promise<boolean> {
  const prompt = await fresh({ input, output }, signal)
  const { yes } = await ended(prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: usual }]), signal)
  return yes
}

/**
 * Lets the person choose from a list that is updated as they type; Enter takes the marked line.
 * @param source returns the entries for what is typed; its signal is aborted when more is typed
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
          theme: { style: { keysHelpTip: keysWithEscape } },
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

/** The line below a list that says which keys do what: inquirer's own, and the one that leaves the list. */
function keysWithEscape(keys: readonly (readonly [key: string, action: string])[]): string {
  return [...keys, ['Esc', 'leave'] as const]
    .map(([key, action]) => `${styleText('bold', key)} ${styleText('dim', action)}`)
    .join(styleText('dim', ' • '))
}

/** Lets the person choose one of a few entries. @param usual the one that is marked first @throws CbcError interrupted */
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

/** Options for a line that is asked for. */
export interface LineOptions {
  /** The value if nothing is typed. */
  usual?: string
  /** Returns what is wrong with a line, or undefined. */
  validate?(line: string): Promise<string | undefined>
}

/** Asks for a line of text on the terminal. @throws CbcError interrupted */
export async function promptLine(
  message: string,
  { input, output }: PromptStreams,
  signal: AbortSignal,
  { usual, validate }: LineOptions = {},
): Promise<string> {
  const prompt = await fresh({ input, output }, signal)
  const { line } = await ended(
    prompt<{ line: string }>([
      { type: 'input', name: 'line', message, validate: asInquirerValidator(validate), ...(usual === undefined ? {} : { default: usual }) },
    ]),
    signal,
  )
  return line
}

function asInquirerValidator(validate: LineOptions['validate']): (line: string) => Promise<true | string> {
  return async line => (await validate?.(line)) ?? true
}

/** Returns inquirer's prompts, after discarding what was typed before: it can't be an answer. */
async function fresh({ input, output }: PromptStreams, signal: AbortSignal): Promise<ReturnType<typeof inquirer.createPromptModule>> {
  await discardPending(input, signal)
  return inquirer.createPromptModule({ input, output, signal })
}

/** Awaits answers. @throws CbcError interrupted: Ctrl-C was pressed, or the signal was aborted */
async function ended<T>(answers: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answers
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && /^(ExitPrompt|AbortPrompt|Abort)Error$/.test(error.name)) throw interrupted()
    throw error
  }
}
