import { pipeline, Readable } from 'node:stream'
import { createDeflateRaw } from 'node:zlib'

/** The fastest: what is packed is as large as a dump of memory, and is waited for. */
const LEVEL = 1

/** Yields bytes deflated. @throws what `chunks` throws */
export async function* deflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw({ level: LEVEL })
  // Its error ends the reading below, too.
  pipeline(Readable.from(chunks, { objectMode: false }), deflate, () => {})
  for await (const chunk of deflate) yield chunk as Uint8Array
}
