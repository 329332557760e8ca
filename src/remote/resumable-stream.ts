import type { Attempts } from '../core/attempts.ts'
import { CbcError } from '../core/errors.ts'

/** How often a broken connection is resumed here: the caller may have a better way to get the rest, and needs attempts for it. */
const MAX_RESUMPTIONS = 2
/** Bytes that may be downloaded twice; beyond that the caller gets the rest in another way, or it is an error. */
const MAX_REREAD_BYTES = 16 * 1024 * 1024

/**
 * Streams content that doesn't change. When the connection breaks early, the stream is resumed where it broke.
 * @param open     requests the content from its beginning
 * @param what     what it is, for messages
 * @param attempts limits how often it is resumed; `open` uses the same ones
 * @param least    bytes that are expected at least: fewer mean that the answer was cut short, unless `isWhole` accepts them
 * @throws CbcError network: it broke late or too often; whatever else `open` throws
 */
export async function* resumable(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  {
    what,
    signal,
    attempts,
    least = 0,
    isWhole = () => false,
  }: { what: string; signal: AbortSignal; attempts: Attempts; least?: number; isWhole?: (bytes: number) => boolean | Promise<boolean> },
): AsyncGenerator<Uint8Array> {
  let seen = 0
  for (let broken = 0; ;) {
    try {
      let at = 0
      for await (const chunk of await open()) {
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, seen - at)))
        at += chunk.length
        seen = Math.max(seen, at)
        if (fresh.length > 0) yield fresh
      }
      if (at < seen || (at < least && !(await isWhole(at)))) throw cutShort(what)
      return
    } catch (error) {
      const broke = error instanceof CbcError && error.code === 'network' && !signal.aborted
      if (!broke || seen > MAX_REREAD_BYTES || broken++ === MAX_RESUMPTIONS || !attempts.take({ signal })) throw error
    }
  }
}

/** The error for an answer that is shorter than the content. */
export function cutShort(what: string): CbcError {
  return new CbcError('network', `${what}: the answer was cut short`, { hint: 'try again' })
}

/** The error for a gateway's sign-in page that came with status 200 instead of the content. */
export function webPage(what: string): CbcError {
  return new CbcError('network', `${what}: a web page came instead of the file`, {
    hint: 'a proxy or login page may be in between: check the URL of the profile',
  })
}
