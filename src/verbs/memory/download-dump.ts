import { createHash } from 'node:crypto'
import { asCbcError, CbcError } from '../../core/errors.ts'
import type { LocalTarget } from '../../core/ports.ts'
import { wrapTarget } from '../../core/wrap-target.ts'
import { remove, statIfThere } from '../../remote/files.ts'
import type { Dump } from '../../remote/memory.ts'
import { remoteSha256 } from '../../remote/remote-hash.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { leaveTemporary, removeTemporary, strikeTemporary } from '../../remote/temporary.ts'
import { download, type DownloadWork } from '../../remote/download.ts'
import type { Context } from '../define.ts'

export interface DownloadedDump {
  size: number
  sha256: string
  /** What the download was compared with: the endpoint's own SHA-256, or only the size. */
  compared: 'sha256' | 'size' | 'nothing'
  /** Why the dump is still on the endpoint, if it is. */
  left?: CbcError
}

/**
 * Downloads a dump, compares its size and, if the endpoint can compute it, its SHA-256, and only then deletes it there.
 * @throws CbcError the download failed or differs from the endpoint's file. Then nothing is deleted, the hint says how to continue, and at
 *   most a `.part` of the target exists
 */
export async function downloadDump(
  session: RemoteSession,
  dump: Dump,
  target: LocalTarget,
  work: DownloadWork,
  lineOf: Context['lineOf'],
): Promise<DownloadedDump> {
  const { path } = dump
  let kept = false
  const taken = await fetchDump(session, dump, target, {
    ...work,
    kept: () => {
      kept = true
    },
  }).catch(async (thrown: unknown) => {
    const error = asCbcError(thrown)
    if (!kept) await target.discard()
    if (work.noKeep && work.signal.aborted) {
      await removeTemporary(session, path, work)
      throw error
    }
    leaveTemporary(session, path)
    const command = lineOf(['get', ...(kept ? ['--resume'] : []), path, target.path])
    throw error.with(error.message, {
      hint: `the dump is still on the endpoint: ${path}; \`${command}\` ${kept ? 'resumes the download' : 'downloads it'}, \`${lineOf(['rm', path])}\` deletes it there`,
    })
  })
  if (taken.left !== undefined) {
    leaveTemporary(session, path)
    return taken
  }
  try {
    await remove(session, path, work)
    strikeTemporary(session, path)
    return taken
  } catch (error) {
    leaveTemporary(session, path)
    work.signal.throwIfAborted()
    return { ...taken, left: asCbcError(error) }
  }
}

async function fetchDump(
  session: RemoteSession,
  { path, size: listed, modified }: Dump,
  target: LocalTarget,
  work: DownloadWork,
): Promise<DownloadedDump> {
  const found = listed === undefined ? await statIfThere(session, path, work) : { size: listed }
  if (found === undefined) throw new CbcError('not_found', `${path}: the endpoint lists no such file`, { device_id: session.device.id })
  const size = found.size ?? undefined
  work.progress.step(`Hashing ${session.paths.base(path)} on ${session.label}`)
  const theirs = await remoteSha256(session, path, size, work)
  const got = await download(session, path, theirs === undefined ? target : expecting(target, theirs, path), { size, modified }, work)
  if (theirs !== undefined || size !== undefined) return { ...got, compared: theirs === undefined ? 'size' : 'sha256' }
  const left = new CbcError(
    'remote',
    `${path}: was left on the endpoint, because neither its size nor its SHA-256 is known there to verify the download`,
    { device_id: session.device.id },
  )
  return { ...got, compared: 'nothing', left }
}

/** Wraps a target so that it gets its final name only if the bytes have the expected hash. @param sha256 hexadecimal, lower case */
function expecting(target: LocalTarget, sha256: string, path: string): LocalTarget {
  const hash = createHash('sha256')
  return wrapTarget(target, {
    async write(chunk) {
      hash.update(chunk)
      await target.write(chunk)
    },
    async commit(modified) {
      const ours = hash.digest('hex')
      if (ours !== sha256)
        throw new CbcError('network', `${path}: the download has the SHA-256 ${ours}, the file on the endpoint ${sha256}`)
      await target.commit(modified)
    },
  })
}
