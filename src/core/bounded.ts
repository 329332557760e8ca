import { CbcError } from './errors.ts'
import { formatSize } from './quantity.ts'

/** The largest content that is held in memory as a whole, bytes. */
export const MAX_IN_MEMORY_BYTES = 64 * 1024 * 1024

/** The largest content that is accepted without an announced size, bytes: an endless answer must not fill a disk. */
export const MAX_UNANNOUNCED_BYTES = 1024 ** 3

/** More content came than was announced. It may be endless, so asking again does not help. */
export class EndlessContentError extends CbcError {
  /** @param what the content, for the message: `C:\x` @param most the largest size that was expected, bytes */
  constructor(what: string, most: number) {
    super(
      'network',
      `${what}: the service's answer does not end: it is longer than ${most === MAX_UNANNOUNCED_BYTES ? `the ${most} bytes that are accepted without an announced size` : `the ${most} bytes that were announced`}`,
      { hint: 'try again; if that does not help, a proxy or gateway in between may be changing the answer' },
    )
  }
}

/**
 * Passes content on as it comes, up to a limit.
 * @param most the limit, bytes; or a function of the bytes received so far, for a limit that is found out only when it is needed
 * @throws EndlessContentError as soon as more came; whatever `most` throws
 */
export async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
  most: number | ((count: number) => number | Promise<number>),
): AsyncGenerator<Uint8Array> {
  let count = 0
  for await (const chunk of bytes) {
    count += chunk.length
    const limit = typeof most === 'number' ? most : await most(count)
    if (count > limit) throw new EndlessContentError(what, limit)
    yield chunk
  }
}

/** Reads all content into memory. @throws CbcError io: it is too large */
export async function inMemory(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let count = 0
  for await (const part of bytes) {
    count += part.length
    if (count > MAX_IN_MEMORY_BYTES) {
      throw new CbcError('io', `it is larger than ${formatSize(MAX_IN_MEMORY_BYTES)}, which is too much for one JSON document`, {
        hint: 'leave JSON off and write it to a file: `> FILE`; `get` downloads a file, and --output-file of `exec` keeps the output on the endpoint',
      })
    }
    // Its memory may be used again for the next one.
    parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts, count)
}
