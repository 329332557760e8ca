import type { Attempts } from '../core/attempts.ts'
import { bounded } from '../core/bounded.ts'
import type { RemoteSession } from './session.ts'
import { resumable, webPage } from './resumable-stream.ts'

export interface StagedContent {
  sessionId: string
  fileId: string
  /** The path of the file on the endpoint, for messages. */
  path: string
  signal: AbortSignal
  /** Limits how often it is requested again. */
  attempts: Attempts
  /** Bytes that are expected at least: fewer mean that the answer was cut short. */
  least: number
}

/**
 * Streams the content of a staged file ("Get File Content"). When the connection breaks early, the stream is resumed (`resumable`);
 * otherwise `download` asks the endpoint for the rest.
 * @throws CbcError network: it broke late or too often, or a gateway's web page came instead
 */
export function stagedBytes(session: RemoteSession, content: StagedContent): AsyncIterable<Uint8Array> {
  return resumable(() => open(session, content), {
    ...content,
    what: content.path,
    isWhole: async bytes => bytes === (await stagedSize(session, content)),
  })
}

/** How many bytes more than the endpoint lists are accepted when the service doesn't say how many it staged: the file may be growing. */
export const MARGIN_BYTES = 1024 * 1024
/** The same as a fraction of the listed size; the larger of the two applies. */
const MARGIN_RATIO = 0.1

/**
 * Limits staged content to its size: exactly what the service staged, or else what the endpoint listed plus a margin. The service is asked
 * only once more bytes came than expected.
 * @param expected bytes that the endpoint lists; when it lists none, the service is asked after `MARGIN_BYTES`
 * @throws EndlessContentError: more came than that
 */
export function limitToStagedSize(
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
 * Returns how many bytes the service has staged of a file; undefined when it doesn't say. A download of that many is complete, whatever a
 * listing says.
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
  // A sign-in page with status 200 must not be taken for the file; a file that is itself a web page has the staged size.
  if (type !== 'text/html' || (await api.getFile(sessionId, fileId, { signal, attempts })).size === size) return bytes
  for await (const _ of bytes) break
  throw webPage(path)
}
