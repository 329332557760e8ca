import { CbcError } from '../core/errors.ts'
import type { RemoteSession } from './session.ts'

/** How often the content is asked for, while it is early enough to skip what came already. */
const ATTEMPTS = 3
/** Bytes that may come twice; beyond that the endpoint is asked for the rest (`download`), or it is an error. */
const EARLY = 16 * 1024 * 1024

export interface StagedContent {
  sessionId: string
  fileId: string
  /** Of the file on the endpoint, for messages. */
  path: string
  signal: AbortSignal
  /** Bytes that there have to be: fewer are an answer that was cut short. */
  least: number
}

/**
 * "Get File Content", as it comes. A line that breaks early is taken up again: the copy in the cloud doesn't change.
 * @throws CbcError network: it broke late, or again and again; or what came is a gateway's web page
 */
export async function* stagedBytes(session: RemoteSession, content: StagedContent): AsyncIterable<Uint8Array> {
  let seen = 0
  for (let attempt = 1; ; attempt++) {
    try {
      let at = 0
      for await (const chunk of await open(session, content)) {
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, seen - at)))
        at += chunk.length
        seen = Math.max(seen, at)
        if (fresh.length > 0) yield fresh
      }
      if (at < Math.max(seen, content.least)) throw new CbcError('network', `${content.path}: the answer was cut short`, { hint: 'try again' })
      return
    } catch (error) {
      const broke = error instanceof CbcError && error.code === 'network' && !content.signal.aborted
      if (!broke || attempt === ATTEMPTS || seen > EARLY) throw error
    }
  }
}

async function open({ api }: RemoteSession, { sessionId, fileId, path, signal }: StagedContent): Promise<AsyncIterable<Uint8Array>> {
  const { bytes, size, type } = await api.openFile(sessionId, fileId, { signal, what: path })
  // A sign-in page with status 200 must not be taken for the file; a file that is a web page has its own size.
  if (type !== 'text/html' || (await api.getFile(sessionId, fileId, { signal })).size === size) return bytes
  for await (const _ of bytes) break
  throw new CbcError('network', `${path}: a web page came instead of the file`, { hint: 'a proxy or login page may be in between: check the URL of the profile' })
}
