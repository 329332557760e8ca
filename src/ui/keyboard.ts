import { PassThrough } from 'node:stream'
import type { PromptStreams } from './prompt.ts'

/** A terminal that never echoes what is typed, not even between two questions. */
export interface Keyboard {
  /** The streams for the questions. */
  readonly streams: PromptStreams
  /** Does work with the terminal in its normal mode, so that Ctrl-C ends the program. */
  rest<T>(work: () => Promise<T>): Promise<T>
  release(): void
}

/**
 * Takes over the terminal for a series of questions. Each question alone releases it once answered, and the terminal would echo what is
 * typed or pasted before the next one begins: the first half of a secret. Here that input waits for the next question instead.
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
