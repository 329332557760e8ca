import { createHash } from 'node:crypto'
import type { LiveResponse, StagedFile } from '../api/live-response.ts'
import { Attempts } from '../core/attempts.ts'
import { bounded } from '../core/bounded.ts'
import { sendUntilKnown } from '../core/lost-answer.ts'
import type { Clock, LocalSource, Progress, Random } from '../core/ports.ts'
import { sha256Of } from '../core/sha256.ts'

/** Milliseconds before the file is sent again. */
const RETRY_DELAY_MS = 1000

export interface UploadWork {
  api: LiveResponse
  sessionId: string
  /** A unique name for it in the cloud; absent: its own name, which files of others may have too. */
  name?: string
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
}

/** The staged file, and the SHA-256 of its bytes, hexadecimal. */
interface Uploaded {
  staged: StagedFile
  sha256: string
}

/**
 * Stages a local file for a session ("Upload File to Carbon Black Cloud"), which changes nothing on the endpoint. When the answer is lost,
 * the session's files are searched for it before it is sent again, so that no second copy is left in the cloud.
 * @throws CbcError io: the local file changed; network; any refusal of the service
 */
export async function uploadOnce(source: LocalSource, work: UploadWork): Promise<Uploaded> {
  const { api, sessionId, name, clock, random, progress, signal } = work
  let hash = createHash('sha256')
  const bytes = async function* () {
    // A repeated upload starts over.
    hash = createHash('sha256')
    let sent = 0
    for await (const chunk of source.bytes({ reuse: true })) {
      hash.update(chunk)
      sent += chunk.length
      progress.at(sent)
      yield chunk
    }
  }
  const others = name === undefined ? await existingIds(work) : new Set<string>()
  const file = { name: name ?? source.name, size: source.size, bytes, boundary: `cbc-${random.uuid()}` }
  const attempts = new Attempts(clock)
  return await sendUntilKnown<Uploaded>({
    async send() {
      const staged = await api.uploadFile(sessionId, file, { signal, attempts, what: `upload ${source.name}` })
      return { staged, sha256: hash.digest('hex') }
    },
    find: () => findUploaded(source, file.name, others, work),
    again({ after, failureIfNotMade }) {
      const rest = Math.max(after, RETRY_DELAY_MS)
      if (!attempts.take({ rest, signal })) throw failureIfNotMade
      return rest
    },
    clock,
    signal,
  })
}

/** Lists the ids of the files that are there already, none of which can be ours. @returns undefined when the list can't be fetched */
async function existingIds({ api, sessionId, signal }: UploadWork): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await api.listFiles(sessionId, { signal })).map(({ id }) => id))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/**
 * Finds the uploaded file among those of the session that aren't in `others`. Another caller's file may have the same name and size, so the
 * bytes are compared.
 */
async function findUploaded(
  source: LocalSource,
  name: string,
  others: ReadonlySet<string> | undefined,
  { api, sessionId, signal }: UploadWork,
): Promise<Uploaded | undefined> {
  if (others === undefined) return undefined
  try {
    const files = await api.listFiles(sessionId, { signal })
    const alike = files.filter(file => file.file_name === name && file.size === source.size && !others.has(file.id))
    if (alike.length === 0) return undefined
    const sha256 = await sha256Of(source.bytes({ reuse: true }))
    for (const staged of alike.reverse()) {
      const { bytes } = await api.openFile(sessionId, staged.id, { signal })
      if ((await sha256Of(bounded(bytes, name, source.size))) === sha256) return { staged, sha256 }
    }
  } catch {
    signal.throwIfAborted()
  }
  return undefined
}
