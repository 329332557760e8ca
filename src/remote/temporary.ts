import { CbcError } from '../core/errors.ts'
import { quietly } from './cleanup.ts'
import { remove } from './files.ts'
import { resultCode, SHARING_VIOLATION } from './hresult.ts'
import { Poll } from './poll.ts'
import type { RemoteSession } from './session.ts'

/** Milliseconds that deleting a temporary file may take. */
const REMOVING = 8000

/** Notes a file of ours on the endpoint before it is made; `removeTemporary` strikes it out. Nothing is made in a dry run. */
export function noteTemporary(session: RemoteSession, path: string): void {
  if (session.planning || session.temporaries.has(path)) return
  session.temporaries.set(path, session.ledger.note({ kind: 'file', device_id: session.device.id, path }))
}

/**
 * Deletes a file of ours on the endpoint ("delete file"), even when the rest was cancelled; a program that was ended just now may hold it a
 * moment longer. In a dry run the step is planned.
 */
export async function removeTemporary(session: RemoteSession, path: string): Promise<void> {
  const gone = await quietly(session.clock, REMOVING, async signal => {
    await new Poll(session.clock).until(() => removed(session, path, signal), done => done, signal)
  })
  if (gone) strikeTemporary(session, path)
}

/** Strikes out a file of ours that is gone from the endpoint. */
export function strikeTemporary(session: RemoteSession, path: string): void {
  session.temporaries.get(path)?.strike()
  session.temporaries.delete(path)
}

async function removed(session: RemoteSession, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await remove(session, path, { signal })
    return true
  } catch (error) {
    if (resultCode(error) === SHARING_VIOLATION) return false
    // A program that printed nothing may have left no file.
    if (error instanceof CbcError && error.code === 'not_found') return true
    throw error
  }
}
