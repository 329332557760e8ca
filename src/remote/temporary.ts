import { CbcError } from '../core/errors.ts'
import { leftoverNotice, cleanUp } from './cleanup.ts'
import { remove, type Work } from './files.ts'
import { resultCode, SHARING_VIOLATION } from './hresult.ts'
import { Poll } from './poll.ts'
import type { RemoteSession } from './session.ts'

/** Milliseconds that deleting a temporary file may take. */
const REMOVE_TIMEOUT_MS = 8000

/** Notes a temporary file on the endpoint in the ledger before it is made; `removeTemporary` strikes it out. A dry run makes none. */
export function noteTemporary(session: RemoteSession, path: string): void {
  if (session.planning || session.temporaries.has(path)) return
  session.temporaries.set(path, session.ledger.note({ kind: 'file', device_id: session.device.id, path }))
}

/**
 * Deletes a temporary file on the endpoint ("delete file"), even when the rest was cancelled. A program that was ended just now may hold it
 * open a moment longer. When that fails, it is reported and the file stays in the ledger. A dry run plans the step.
 * @param work the work that the file was made for
 */
export async function removeTemporary(session: RemoteSession, path: string, work: Work): Promise<void> {
  await session.tidy(() => removeNow(session, path, work))
}

async function removeNow(session: RemoteSession, path: string, work: Work): Promise<void> {
  let held: CbcError | undefined
  const why = await cleanUp(
    session.clock,
    REMOVE_TIMEOUT_MS,
    path,
    async signal => {
      await new Poll(session.clock).until(
        async () => {
          held = await tryRemove(session, path, signal)
        },
        () => held === undefined,
        signal,
      )
    },
    work.signal,
  )
  if (why === undefined) return strikeTemporary(session, path)
  leaveTemporary(session, path)
  session.notice(leftoverNotice(held ?? why, '`cbc lr gc` deletes it', ` on ${session.label}`))
}

/** Leaves a temporary file on the endpoint to `lr gc`. */
export function leaveTemporary(session: RemoteSession, path: string): void {
  session.temporaries.get(path)?.release()
}

/** Strikes a temporary file that is gone from the endpoint out of the ledger. */
export function strikeTemporary(session: RemoteSession, path: string): void {
  session.temporaries.get(path)?.strike()
  session.temporaries.delete(path)
}

/** Tries to delete a file. @returns the endpoint's error when something holds it open */
async function tryRemove(session: RemoteSession, path: string, signal: AbortSignal): Promise<CbcError | undefined> {
  try {
    await remove(session, path, { signal })
  } catch (error) {
    if (error instanceof CbcError && resultCode(error) === SHARING_VIOLATION) return error
    // A program that printed nothing may have left no file: `cleanUp` takes "not found" for gone.
    throw error
  }
  return undefined
}
