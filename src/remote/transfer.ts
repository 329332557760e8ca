import type { Command } from '../api/live-response.ts'
import { Attempts } from '../core/attempts.ts'
import { CbcError } from '../core/errors.ts'
import type { LedgerNote } from '../core/ledger.ts'
import type { LocalSource, Progress, Random } from '../core/ports.ts'
import { leftoverNotice } from './cleanup.ts'
import { deleteStagedCopy, deleteUnnamedCopy, noteStaged, stagedNothing } from './staged.ts'
import { statIfThere, type Work } from './files.ts'
import { Planned, SessionReplaced, type IssueOptions, type RemoteSession } from './session.ts'
import { limitToStagedSize, stagedBytes, stagedSize } from './staged-bytes.ts'
import { uploadOnce } from './upload-idempotent.ts'

/** How many characters of a file's own name are part of its name in the cloud. */
const MAX_NAME_CHARS = 100

/** How often a file is staged when its session is replaced each time. */
const MAX_STAGE_ATTEMPTS = 3

export interface TransferWork extends Work {
  progress: Progress
  /** Milliseconds that the command on the endpoint may take. */
  timeoutMs?: number
  /** Limits how often requests are repeated, when the caller repeats the transfer as well. */
  attempts?: Attempts
}

export interface FetchWork extends TransferWork {
  keepCloudCopy?: boolean
  least?: number
  expected?: number | undefined
  differs?: (bytes: number) => void
}

/** A range of a file, bytes. */
export interface Range {
  offset?: number
  length?: number
}

/**
 * Streams a file's bytes: "get file" on the endpoint, then "Get File Content". The cloud's copy is deleted afterwards.
 * @param path absolute
 * @param work `least`: bytes that are expected at least; `expected`: bytes that the listing promises; `differs` is called when the service
 *   staged, and delivered in full, another number of bytes
 * @throws CbcError not_found, remote: from the endpoint; network: the bytes were cut short; EndlessContentError: more came than the file
 *   has
 */
export async function* fetchBytes(session: RemoteSession, path: string, range: Range, work: FetchWork): AsyncIterable<Uint8Array> {
  const { progress, signal, attempts = new Attempts(session.clock) } = work
  progress.step(`Reading ${session.paths.base(path)} on ${session.label}`)
  const staging: Staging = { noted: noteStaged(session, path) }
  let rest = () => {}
  try {
    const { fileId, sessionId } = await stage(session, path, range, staging, { ...work, attempts }, () => {
      rest = session.stayAlive()
    })
    let count = 0
    const content = { sessionId, fileId, path, signal, attempts, least: work.least ?? 0 }
    const bytes = stagedBytes(session, content)
    for await (const chunk of range.length === undefined
      ? limitToStagedSize(bytes, session, content, work.expected)
      : limitedTo(bytes, range.length)) {
      count += chunk.length
      yield chunk
    }
    const { expected, differs } = work
    if (
      expected !== undefined &&
      differs !== undefined &&
      count !== expected &&
      count === (await stagedSize(session, { sessionId, fileId, signal, attempts }))
    )
      differs(count)
  } catch (error) {
    if (staging.fileId === undefined) settleUnnamedCopy(session, path, staging, error)
    throw error
  } finally {
    rest()
    progress.end()
    const { fileId, sessionId, noted } = staging
    if (fileId !== undefined && work.keepCloudCopy) noted.strike()
    else if (fileId !== undefined && sessionId !== undefined) await deleteStagedCopy(session, { sessionId, fileId, path, noted }, work)
  }
}

/** Settles the ledger's line of a copy whose id is not known: whether there is such a copy depends on how far its command got. */
function settleUnnamedCopy(session: RemoteSession, path: string, { noted, state }: Staging, error: unknown): void {
  if (state === 'over' || (state === undefined && stagedNothing(error))) return noted.strike()
  noted.release()
  if (state === 'begun')
    session.notice(
      leftoverNotice(new CbcError('remote', `perhaps the cloud's copy of ${path}`), `it is removed when session ${session.id} ends`),
    )
}

/** What is known of the cloud's copy: the service names it before it has the bytes. */
interface Staging {
  /** Its line in the ledger. */
  noted: LedgerNote
  /** How far its command got; absent when the service isn't known to have accepted it. */
  state?: 'begun' | 'over'
  sessionId?: string
  fileId?: string
}

/** Stages a file in the cloud ("get file"). @param staged called as soon as the copy is there @returns where it is */
async function stage(
  session: RemoteSession,
  path: string,
  { offset = 0, length }: Range,
  staging: Staging,
  work: TransferWork,
  staged: () => void,
): Promise<{ fileId: string; sessionId: string }> {
  const note = ({ file_details: details }: Command, sessionId: string) => {
    if (typeof details?.file_id !== 'string' || details.file_id === '') return
    Object.assign(staging, { fileId: details.file_id, sessionId })
    staging.noted.update({ session_id: sessionId, file_id: details.file_id })
  }
  await session.issue(
    {
      name: 'get file',
      path,
      ...(offset > 0 || length !== undefined ? { offset } : {}),
      // The document calls it `count`, the schema page `get_count`.
      ...(length === undefined ? {} : { count: length, get_count: length }),
    },
    {
      ...issueOptions(work),
      what: path,
      onUpdate(command, sessionId) {
        staging.state = 'begun'
        note(command, sessionId)
      },
      onEnd(command, sessionId) {
        staging.state = 'over'
        note(command, sessionId)
        staged()
      },
    },
  )
  if (session.planning) throw new Planned()
  const { fileId, sessionId } = staging
  if (fileId === undefined || sessionId === undefined) throw new CbcError('network', `${path}: the service names no file to download`)
  return { fileId, sessionId }
}

/** Cuts off what goes beyond the requested length: a server that ignores the count sends the whole file. */
async function* limitedTo(bytes: AsyncIterable<Uint8Array>, length: number): AsyncIterable<Uint8Array> {
  let left = length
  for await (const chunk of bytes) {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk
    left -= part.length
    if (part.length > 0) yield part
    if (left <= 0) break
  }
}

/** The result of a transfer. */
export interface Transferred {
  /** Bytes. */
  size: number
  sha256: string
}

/**
 * Uploads a local file and puts it on the endpoint: "Upload File", "put file"; checks the size there and deletes the cloud's copy.
 * @param path absolute path on the endpoint
 * @returns `unseen`: why its size could not be checked there, when the endpoint doesn't list it
 * @throws CbcError remote: it arrived with another size; any error of the endpoint
 */
export async function upload(
  session: RemoteSession,
  source: LocalSource,
  path: string,
  work: TransferWork,
): Promise<Transferred & { unseen?: CbcError }> {
  if (session.planning) {
    session.plan({ upload: source.path, size: source.size })
    session.plan({ name: 'put file', path, file_id: null })
    throw new Planned()
  }
  try {
    const { sha256, copyDeleted } = await stageAndPut(session, source, path, work)
    // Neither depends on the other.
    const written = await statIfThere(session, path, work)
      .catch(sizeUnchecked(path))
      .finally(() => copyDeleted)
    if (written instanceof CbcError) return { size: source.size, sha256, unseen: written }
    if (written?.size === null)
      return {
        size: source.size,
        sha256,
        unseen: new CbcError('remote', 'the endpoint lists the file without a size', { device_id: session.device.id }),
      }
    if (written?.size !== source.size) {
      throw new CbcError('remote', `${path}: has ${written?.size ?? 'no'} bytes on the endpoint, ${source.size} were sent`, {
        device_id: session.device.id,
      })
    }
    return { size: source.size, sha256 }
  } finally {
    work.progress.end()
  }
}

/**
 * Interprets a failure to stat a file that was written. Not everything that can be written is listed: a file's alternate stream is not, nor
 * is anything in a folder that can't be listed.
 */
function sizeUnchecked(path: string): (error: unknown) => CbcError {
  return error => {
    if (!(error instanceof CbcError)) throw error
    if (error.code === 'remote') return error
    if (error.code === 'interrupted') throw error.with(`${error.message}; ${path} was written, and its size there was not checked`)
    throw new CbcError('unknown_outcome', `${error.message}; the file was written, and its size there could not be checked`, {
      ...error.facts,
      hint: `look at it before you put it again: stat ${path}`,
    })
  }
}

/**
 * Stages a local file and puts it on the endpoint. A staged file is removed with its session: when that was lost or replaced before the
 * file was put, the file is staged again.
 * @returns SHA-256, hexadecimal; `copyDeleted` ends when the cloud's copy has been deleted, and never fails
 */
async function stageAndPut(
  session: RemoteSession,
  source: LocalSource,
  path: string,
  work: TransferWork,
): Promise<{ sha256: string; copyDeleted: Promise<void> }> {
  for (let replaced = 1; ; replaced++) {
    const staged = await stageLocal(session, source, path, work)
    if (staged !== undefined) {
      const { id, sessionId, sha256, noted } = staged
      const deleteCopy = () => deleteStagedCopy(session, { sessionId, fileId: id, path, noted }, work)
      try {
        work.progress.step(`Writing ${session.paths.base(path)} on ${session.label}`)
        await session.issue({ name: 'put file', path, file_id: id }, { ...issueOptions(work), what: path, sessionId, mark: id })
        return { sha256, copyDeleted: deleteCopy() }
      } catch (error) {
        await deleteCopy()
        if (!(error instanceof SessionReplaced)) throw error
      }
    }
    if (replaced === MAX_STAGE_ATTEMPTS) {
      throw new CbcError('network', `${path}: the session was replaced ${MAX_STAGE_ATTEMPTS} times`, {
        device_id: session.device.id,
        hint: 'try again',
      })
    }
  }
}

/** Stages a local file ("Upload File to Carbon Black Cloud"). @returns undefined when its session was lost and replaced */
async function stageLocal(
  session: RemoteSession,
  source: LocalSource,
  path: string,
  { signal, progress }: TransferWork,
): Promise<{ id: string; sessionId: string; sha256: string; noted: LedgerNote } | undefined> {
  progress.step(source.name, source.size)
  const { id: sessionId, api, clock, random } = session
  const noted = noteStaged(session, path)
  const name = uniqueName(source.name, random)
  // A long upload doesn't refresh the session's timeout.
  const rest = session.stayAlive()
  try {
    const {
      staged: { id },
      sha256,
    } = await uploadOnce(source, { api, sessionId, name, clock, random, progress, signal })
    noted.update({ file_id: id })
    return { id, sessionId, sha256, noted }
  } catch (error) {
    if (stagedNothing(error)) noted.strike()
    else await deleteUnnamedCopy(session, { sessionId, name, path, noted }, { signal })
    if (await session.recover(error, sessionId, signal)) return undefined
    throw nothingPut(error, session)
  } finally {
    rest()
  }
}

/** Says of a file whose upload has an unknown outcome that at least nothing was written on the endpoint, and where its copy would be. */
function nothingPut(error: unknown, { label, device }: RemoteSession): unknown {
  if (!(error instanceof CbcError) || error.facts.hint === undefined || !['interrupted', 'unknown_outcome'].includes(error.code))
    return error
  const hint = `nothing was written on ${label}; a copy in the cloud goes with its session: \`cbc lr file list ${device.id}\``
  return error.with(error.message, { hint, device_id: device.id })
}

/** Returns a name for the cloud that no other caller's file has. */
function uniqueName(name: string, random: Random): string {
  return `cbc-${random.uuid()}-${[...name].slice(-MAX_NAME_CHARS).join('')}`
}

function issueOptions({ signal, timeoutMs, attempts }: TransferWork): Pick<IssueOptions, 'signal' | 'timeoutMs' | 'attempts'> {
  return { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(attempts === undefined ? {} : { attempts }) }
}
