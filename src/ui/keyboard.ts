import { PassThrough } from 'node:stream'
import type { PromptStreams } from './prompt.ts'

/** A terminal that shows nothing of what is typed, between two questions either. */
export interface Keyboard {
  /** For the questions. */
  readonly streams: PromptStreams
  /** Does work during which Ctrl-C ends the program, as it does at other times. */
  rest<T>(work: () => Promise<T>): Promise<T>
  release(): void
}

/**
 * Takes hold of the terminal for a row of questions. Each question by itself lets go of it when it is answered, and what is typed or pasted
 * before the next one has it would be shown by the terminal: the first half of a secret. Here it waits for the next question instead.
 * @param raw switches the terminal's own editing and echo off and on
 */
export function holdKeyboard({ input, output }: PromptStreams, raw: (on: boolean) => void): Keyboard {
  const relay = new PassThrough()
  const take = () => {
    raw(true)
    input.pipe(relay)
  }
  const release = () => {
    input.unpipe(relay)
    input.pause()
    raw(false)
  }
  take()
  return {
    streams: { input: relay, output },
    release,
    async rest(work) {
      release()
      try {
        return await work()
      } finally {
        take()
      }
    },
  }
}
