import type { Output } from '../core/ports.ts'

/** Characters that are gathered before the writer has to wait for them to be taken. */
const MAX_BUFFERED_CHARS = 64 * 1024

/**
 * An output that writes at once what comes within one turn of the program: a long list is a few writes, and a row that is waited for is
 * still shown as soon as it is there.
 */
export interface Gathered extends Output {
  /** Writes what is held back. @throws what the output throws, ClosedPipe for one */
  flush(): Promise<void>
}

/** @param output takes the text; bytes go through as they are, in their order */
export function gather(output: Output): Gathered {
  let held = ''
  let turn: NodeJS.Immediate | undefined
  let writing: Promise<void> = Promise.resolve()
  let failed: { error: unknown } | undefined

  const flush = async (): Promise<void> => {
    clearImmediate(turn)
    turn = undefined
    if (held !== '') {
      const text = held
      held = ''
      writing = writing
        .then(() => (failed === undefined ? output.write(text) : undefined))
        .catch((error: unknown) => {
          failed ??= { error }
        })
    }
    await writing
    if (failed !== undefined) throw failed.error
  }
  return {
    isTerminal: output.isTerminal,
    color: output.color,
    columns: () => output.columns(),
    flush,
    async write(data) {
      if (failed !== undefined) throw failed.error
      if (typeof data !== 'string') {
        await flush()
        return await output.write(data)
      }
      held += data
      if (held.length >= MAX_BUFFERED_CHARS) return await flush()
      // Who is not waited for can't be told of a failure: the next write is.
      turn ??= setImmediate(() => void flush().catch(() => {}))
    },
  }
}

/** An output before which what `first` holds back is written: on a terminal both are one. */
export function after(first: Gathered, output: Output): Output {
  return {
    isTerminal: output.isTerminal,
    color: output.color,
    columns: () => output.columns(),
    async write(data) {
      await first.flush()
      await output.write(data)
    },
  }
}
