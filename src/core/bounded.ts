import { CbcError } from './errors.ts'
import { formatSize } from './quantity.ts'

/** Content that is held in memory as a whole has no more than this, bytes. */
export const MOST_IN_MEMORY_BYTES = 64 * 1024 * 1024

/** Content of which nobody says how much there is may have so many bytes: a disk should not be filled by an answer without end. */
export const MOST_UNANNOUNCED_BYTES = 1024 ** 3

/** More content came than was announced. It may have no end, so that asking again is no help. */
export class Endless extends CbcError {
  /** @param what in words: `C:\x` @param most bytes that there should be at most */
  constructor(what: string, most: number) {
    super(
      'network',
      `${what}: the service's answer does not end: more than the ${most} bytes came that ${most === MOST_UNANNOUNCED_BYTES ? 'are taken where no size is announced' : 'were announced'}`,
      { hint: 'try again; if that does not help, what stands between may be changing the answer' },
    )
  }
}

/**
 * Content as it comes, up to a limit.
 * @param most bytes; or how many there may be now that so many came, where that is found out only when it is needed
 * @throws Endless as soon as more came; whatever `most` throws
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
    if (count > limit) throw new Endless(what, limit)
    yield chunk
  }
}

/** Content as a whole, held in memory. @throws CbcError io: there is too much of it */
export async function inMemory(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let count = 0
  for await (const part of bytes) {
    count += part.length
    if (count > MOST_IN_MEMORY_BYTES) {
      throw new CbcError('io', `there are more than ${formatSize(MOST_IN_MEMORY_BYTES)} of it, which is too much for one text of JSON`, {
        hint: 'leave JSON off and write it to a file: `> FILE`; `get` downloads a file, and --output-file of `exec` keeps the output on the endpoint',
      })
    }
    parts.push(part)
  }
  return Buffer.concat(parts, count)
}
