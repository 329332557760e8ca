import type { Output } from '../core/ports.ts'

/** How many characters are buffered before a write waits until they are taken. */
const MAX_BUFFERED_CHARS = 64 * 1024

/**
 * An output that joins all writes within one turn of the event loop: a long list takes only a few writes, and a row that arrives alone is
 * still shown at once.
 */
export interface BufferedOutput extends Output {
  /** Writes what is buffered. @throws what the output throws, such as ClosedPipe */
  flush(): Promise<void>
}

/** Buffers text for an output. Bytes are passed on at once, after the text before them. */
export function bufferOutput(output: Output): BufferedOutput {
  let buffered = ''
  let scheduled: NodeJS.Immediate | undefined
  let writing: Promise<void> = Promise.resolve()
  let failed: { error: unknown } | undefined

  const flush = async (): Promise<void> => {
    clearImmediate(scheduled)
    scheduled = undefined
    if (buffered !== '') {
      const text = buffered
      buffered = ''
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
      buffered += data
      if (buffered.length >= MAX_BUFFERED_CHARS) return await flush()
      // Nobody awaits this flush, so the next write reports its failure.
      scheduled ??= setImmediate(() => void flush().catch(() => {}))
    },
  }
}

/** Writes a text for each item. They are joined up to the size at which the buffer waits, however many or large they are. */
export async function writeEach<T>(output: Output, items: readonly T[], textOf: (item: T) => string): Promise<void> {
  let joined = ''
  for (const item of items) {
    joined += textOf(item)
    if (joined.length < MAX_BUFFERED_CHARS) continue
    await output.write(joined)
    joined = ''
  }
  if (joined !== '') await output.write(joined)
}

/** Returns an output that flushes `first` before each write, since on a terminal both end up in the same place. */
export function flushingFirst(first: BufferedOutput, output: Output): Output {
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
