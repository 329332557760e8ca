import { createHash } from 'node:crypto'
import { LostAnswer, unknownOutcomeError, type LiveResponse, type StagedFile } from '../api/live-response.ts'
import { Attempts } from '../core/attempts.ts'
import { bounded } from '../core/bounded.ts'
import type { Clock, LocalSource, Progress, Random } from '../core/ports.ts'

/** Milliseconds before it is sent again. */
const RETRY_DELAY_MS = 1000

export interface UploadWork {
  api: LiveResponse
  sessionId: string
  /** Its name in the cloud, where that exists once; absent: its own, which others may have given to theirs. */
  name?: string
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
}

/**
 * Stages a local file for a session ("Upload File to Carbon Black Cloud"). Where the answer is lost the session's files are asked for it
 * before it is sent again,
 * so that no second one is left in the cloud; nothing on the endpoint changes by it.
 * @returns the staged file, and the SHA-256 of its bytes, hexadecimal
 * @throws CbcError io: the local file changed; network; whatever the service refuses it for
 */
export async function uploadOnce(source: LocalSource, work: UploadWork): Promise<{ staged: StagedFile; sha256: string }> {
  const { api, sessionId, name, clock, random, progress, signal } = work
  let hash = createHash('sha256')
  const bytes = async function* () {
    // From the beginning again where it goes again.
    hash = createHash('sha256')
    let sent = 0
    for await (const chunk of source.bytes()) {
      hash.update(chunk)
      sent += chunk.length
      progress.at(sent)
      yield chunk
    }
  }
  const others = name === undefined ? await idsThere(work) : new Set<string>()
  const file = { name: name ?? source.name, size: source.size, bytes, boundary: `cbc-${random.uuid()}` }
  const attempts = new Attempts(clock)
  for (;;) {
    try {
      const staged = await api.uploadFile(sessionId, file, { signal, attempts, what: `upload ${source.name}` })
      return { staged, sha256: hash.digest('hex') }
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
      const found = await stagedBefore(source, file.name, others, work, error)
      if (found !== undefined) return found
      const rest = Math.max(error.after, RETRY_DELAY_MS)
      if (!attempts.take({ rest, signal })) throw error.unmade
      await clock.sleep(rest, signal)
    }
  }
}

/** What is there before can't be ours. @returns undefined: a key may not be allowed to look */
async function idsThere({ api, sessionId, signal }: UploadWork): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await api.listFiles(sessionId, { signal })).map(({ id }) => id))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/**
 * The file among those of the session, none of `others`: what has its name and size may be another caller's all the same, so its bytes are
 * compared.
 */
async function stagedBefore(
  source: LocalSource,
  name: string,
  others: ReadonlySet<string> | undefined,
  { api, sessionId, signal }: UploadWork,
  lost: LostAnswer,
): Promise<{ staged: StagedFile; sha256: string } | undefined> {
  if (others === undefined) return undefined
  try {
    const files = await api.listFiles(sessionId, { signal })
    const alike = files.filter(file => file.file_name === name && file.size === source.size && !others.has(file.id))
    if (alike.length === 0) return undefined
    const sha256 = await digest(source.bytes())
    for (const staged of alike.reverse()) {
      const { bytes } = await api.openFile(sessionId, staged.id, { signal })
      if ((await digest(bounded(bytes, name, source.size))) === sha256) return { staged, sha256 }
    }
  } catch {
    if (signal.aborted) throw unknownOutcomeError(lost, signal)
  }
  return undefined
}

async function digest(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}
