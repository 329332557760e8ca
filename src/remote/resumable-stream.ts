import type { Attempts } from '../core/attempts.ts'
import { CbcError } from '../core/errors.ts'

/** How often a broken line is taken up again here: whoever wants the rest may have a better way, and needs attempts for it. */
const MAX_RESUMPTIONS = 2
/** Bytes that may come twice; beyond that whoever wants the rest asks for it in another way, or it is an error. */
const MAX_REREAD_BYTES = 16 * 1024 * 1024

/**
 * Content that doesn't change, as it comes. A line that breaks early is taken up again where it broke.
 * @param open     asks for it from its beginning
 * @param what     in words, for messages
 * @param attempts how often it goes on; those of `open` are the same
 * @param least    bytes that there have to be: fewer are an answer that was cut short, unless they are known to be all (`isWhole`)
 * @throws CbcError network: it broke late, or again and again; whatever else `open` throws
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

/** Less came than there is. */
export function cutShort(what: string): CbcError {
  return new CbcError('network', `${what}: the answer was cut short`, { hint: 'try again' })
}

/** A gateway's sign-in page came instead of content, with status 200. */
export function webPage(what: string): CbcError {
  return new CbcError('network', `${what}: a web page came instead of the file`, {
    hint: 'a proxy or login page may be in between: check the URL of the profile',
  })
}
