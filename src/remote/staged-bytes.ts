import type { Attempts } from '../core/attempts.ts'
import { bounded } from '../core/bounded.ts'
import type { RemoteSession } from './session.ts'
import { resumable, webPage } from './resumable-stream.ts'

export interface StagedContent {
  sessionId: string
  fileId: string
  /** Of the file on the endpoint, for messages. */
  path: string
  signal: AbortSignal
  /** How often it may be asked for again. */
  attempts: Attempts
  /** Bytes that there have to be: fewer are an answer that was cut short. */
  least: number
}

/**
 * "Get File Content", as it comes. A line that breaks early is taken up again (`resumable`); beyond that the endpoint is asked for the rest
 * (`download`).
 * @throws CbcError network: it broke late, or again and again; or what came is a gateway's web page
 */
export function stagedBytes(session: RemoteSession, content: StagedContent): AsyncIterable<Uint8Array> {
  return resumable(() => open(session, content), {
    ...content,
    what: content.path,
    isWhole: async bytes => bytes === (await stagedSize(session, content)),
  })
}

/** So many bytes more than the endpoint lists may come where the service does not say how many it staged: the file may be growing. */
export const MARGIN_BYTES = 1024 * 1024
/** The same as a part of what is listed; the larger one holds. */
const MARGIN_RATIO = 0.1

/**
 * Keeps staged content to its size: to exactly what the service staged, else to what the endpoint listed and a margin. The service is asked
 * only once more came than was to be expected.
 * @param expected bytes that the endpoint lists; where it lists none, the service is asked after `MARGIN_BYTES`
 * @throws EndlessContentError
 */
export function kept(
  bytes: AsyncIterable<Uint8Array>,
  session: RemoteSession,
  content: StagedContent,
  expected: number | undefined,
): AsyncIterable<Uint8Array> {
  let most: number | undefined
  return bounded(bytes, content.path, async count => {
    if (count <= (expected ?? MARGIN_BYTES)) return count
    most ??=
      (await stagedSize(session, content)) ??
      (expected === undefined ? Infinity : expected + Math.max(MARGIN_BYTES, Math.ceil(expected * MARGIN_RATIO)))
    return most
  })
}

/**
 * How many bytes the service has of a file, undefined where that can't be had: what it staged and handed over is whole, whatever a listing
 * says.
 */
export async function stagedSize(
  { api }: RemoteSession,
  { sessionId, fileId, signal, attempts }: Pick<StagedContent, 'sessionId' | 'fileId' | 'signal' | 'attempts'>,
): Promise<number | undefined> {
  try {
    return (await api.getFile(sessionId, fileId, { signal, attempts })).size ?? undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

async function open(
  { api }: RemoteSession,
  { sessionId, fileId, path, signal, attempts }: StagedContent,
): Promise<AsyncIterable<Uint8Array>> {
  const { bytes, size, type } = await api.openFile(sessionId, fileId, { signal, attempts, what: path })
  // A sign-in page with status 200 must not be taken for the file; a file that is a web page has its own size.
  if (type !== 'text/html' || (await api.getFile(sessionId, fileId, { signal, attempts })).size === size) return bytes
  for await (const _ of bytes) break
  throw webPage(path)
}
