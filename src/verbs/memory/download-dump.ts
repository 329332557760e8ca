import { createHash } from 'node:crypto'
import { asCbcError, CbcError } from '../../core/errors.ts'
import type { LocalTarget } from '../../core/ports.ts'
import { remove, statIfThere } from '../../remote/files.ts'
import type { Dump } from '../../remote/memory.ts'
import { remoteSha256 } from '../../remote/remote-hash.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { leaveTemporary, removeTemporary, strikeTemporary } from '../../remote/temporary.ts'
import { download, type DownloadWork } from '../../remote/download.ts'
import type { Context } from '../define.ts'

export interface Taken {
  size: number
  sha256: string
  /** What the endpoint told to compare the dump with: its own SHA-256, or the size alone. */
  compared: 'sha256' | 'size' | 'nothing'
  /** Why the dump is still on the endpoint. */
  left?: CbcError
}

/**
 * Downloads a dump, compares its size and, where the endpoint can tell it, its SHA-256, and only then deletes it there.
 * @throws CbcError the bytes didn't come, or aren't the endpoint's: nothing is deleted then, the hint says how to go on, and of the
 *   target there is at most its `.part`
 */
export async function takeDump(
  session: RemoteSession,
  dump: Dump,
  target: LocalTarget,
  work: DownloadWork,
  lineOf: Context['lineOf'],
): Promise<Taken> {
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
    const goesOn = lineOf(['get', ...(kept ? ['--resume'] : []), path, target.path])
    throw error.with(error.message, {
      hint: `the dump is still on the endpoint: ${path}; \`${goesOn}\` ${kept ? 'goes on' : 'gets it'}, \`${lineOf(['rm', path])}\` deletes it there`,
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
): Promise<Taken> {
  const found = listed === undefined ? await statIfThere(session, path, work) : { size: listed }
  if (found === undefined) throw new CbcError('not_found', `${path}: the endpoint lists no such file`, { device_id: session.device.id })
  const size = found.size ?? undefined
  work.progress.step(`Hashing ${session.paths.base(path)} on ${session.label}`)
  const theirs = await remoteSha256(session, path, size, work)
  const got = await download(session, path, theirs === undefined ? target : expecting(target, theirs, path), { size, modified }, work)
  if (theirs !== undefined || size !== undefined) return { ...got, compared: theirs === undefined ? 'size' : 'sha256' }
  const left = new CbcError(
    'remote',
    `${path}: stays on the endpoint, which tells neither its size nor its SHA-256: nothing shows that all of it came`,
    { device_id: session.device.id },
  )
  return { ...got, compared: 'nothing', left }
}

/** A target that only takes its final name with the bytes that are expected. @param sha256 hexadecimal, lower case */
function expecting(target: LocalTarget, sha256: string, path: string): LocalTarget {
  const hash = createHash('sha256')
  return {
    ...target,
    async write(chunk) {
      hash.update(chunk)
      await target.write(chunk)
    },
    async commit(modified) {
      const ours = hash.digest('hex')
      if (ours !== sha256) throw new CbcError('network', `${path}: arrived with the SHA-256 ${ours}, and has ${sha256} on the endpoint`)
      await target.commit(modified)
    },
  }
}
