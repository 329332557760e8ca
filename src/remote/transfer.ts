import { createHash } from 'node:crypto'
import { CbcError } from '../core/errors.ts'
import type { LocalSource, LocalTarget, Progress } from '../core/ports.ts'
import { closeStaged } from './staged.ts'
import { statIfThere, type Work } from './files.ts'
import { Planned, type RemoteSession } from './session.ts'

export interface TransferWork extends Work {
  progress: Progress
  /** Milliseconds for the command on the endpoint. */
  patience?: number
}

/** A range of a file, bytes. */
export interface Range {
  offset?: number
  length?: number
}

/**
 * Fetches a file's bytes: "get file" on the endpoint, then "Get File Content" as it comes. The cloud's copy is deleted after.
 * @param what for messages
 */
export async function* fetchBytes(session: RemoteSession, path: string, range: Range, work: TransferWork & { keepCloudCopy?: boolean }): AsyncIterable<Uint8Array> {
  const { offset = 0, length } = range
  work.progress.step(`Reading ${session.paths.base(path)} on ${session.label}`)
  const command = await session.issue({
    name: 'get file', path,
    ...(offset > 0 || length !== undefined ? { offset } : {}),
    // The document calls it `count`, the schema page `get_count`.
    ...(length === undefined ? {} : { count: length, get_count: length }),
  }, { ...work, what: path })
  if (session.planning) throw new Planned()
  const fileId = command.file_details?.file_id
  if (typeof fileId !== 'string' || fileId === '') throw new CbcError('network', `${path}: the service names no file to download`)
  try {
    const { bytes } = await session.api.openFile(session.id, fileId, { signal: work.signal })
    let left = length ?? Infinity
    for await (const chunk of bytes) {
      // A server that ignores the count sends the whole file: never more is passed on than was asked for.
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk
      left -= part.length
      if (part.length > 0) yield part
      if (left <= 0) break
    }
  } finally {
    work.progress.end()
    if (!work.keepCloudCopy) await closeStaged(session, fileId)
  }
}

/** What a transfer brought over. */
export interface Transferred {
  /** Bytes. */
  size: number
  sha256: string
}

/**
 * Downloads a whole file into a local target and checks its size against the endpoint's.
 * @param expected size in bytes and modification time (ms since 1970) as the endpoint lists them
 * @throws CbcError network: the size differs; nothing stays under the final name then
 */
export async function download(session: RemoteSession, path: string, target: LocalTarget, expected: { size: number, modified?: number }, work: TransferWork & { keepCloudCopy?: boolean }): Promise<Transferred> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of fetchBytes(session, path, {}, work)) {
      if (size === 0) work.progress.step(session.paths.base(path), expected.size)
      hash.update(chunk)
      size += chunk.length
      await target.write(chunk)
      work.progress.at(size)
    }
    if (size !== expected.size) {
      const now = (await statIfThere(session, path, work))?.size
      if (now !== size) throw new CbcError('network', `${path}: got ${size} of ${now ?? expected.size} bytes`, { hint: 'the file may be changing, or the transfer was cut: try again', device_id: session.device.id })
    }
    await target.commit(expected.modified)
  } catch (error) {
    await target.discard()
    throw error
  } finally {
    work.progress.end()
  }
  return { size, sha256: hash.digest('hex') }
}

/**
 * Uploads a local file and puts it on the endpoint: "Upload File", "put file"; checks the size there and deletes the cloud's copy.
 * @param path absolute path on the endpoint
 */
export async function upload(session: RemoteSession, source: LocalSource, path: string, work: TransferWork): Promise<Transferred> {
  if (session.planning) {
    session.plan({ upload: source.path, size: source.size })
    session.plan({ name: 'put file', path, file_id: null })
    throw new Planned()
  }
  const hash = createHash('sha256')
  let sent = 0
  const counted = async function* () {
    for await (const chunk of source.bytes()) {
      hash.update(chunk)
      sent += chunk.length
      work.progress.at(sent)
      yield chunk
    }
  }
  work.progress.step(source.name, source.size)
  try {
    const staged = await session.api.uploadFile(session.id, { name: source.name, size: source.size, bytes: counted(), boundary: `cbc-${session.random.uuid()}` }, work)
    try {
      work.progress.step(`Writing ${session.paths.base(path)} on ${session.label}`)
      await session.issue({ name: 'put file', path, file_id: staged.id }, { ...work, what: path })
      const written = await statIfThere(session, path, work)
      if (written?.size !== source.size) throw new CbcError('remote', `${path}: has ${written?.size ?? 'no'} bytes on the endpoint, ${source.size} were sent`, { device_id: session.device.id })
    } finally {
      await closeStaged(session, staged.id)
    }
  } finally {
    work.progress.end()
  }
  return { size: source.size, sha256: hash.digest('hex') }
}
