import type { WriteStream } from 'node:tty'

/** Receives what is written. @param stream tells the streams apart */
export type Tap = (chunk: string | Uint8Array, stream: unknown) => void

/**
 * Calls back with everything that is written to streams of this process, in that order, until the returned function is called.
 * @param streams which are the same terminal, where they are terminals
 */
export function tapStreams(streams: readonly Pick<WriteStream, 'write'>[], tap: Tap): () => void {
  const undo = streams.map(stream => {
    const own = stream.write
    const tapped = function (this: unknown, ...given: Parameters<typeof own>): boolean {
      const [chunk] = given
      tap(chunk, stream)
      return own.apply(stream, given)
    }
    stream.write = tapped as typeof own
    return () => {
      stream.write = own
    }
  })
  return () => {
    for (const put of undo) put()
  }
}
