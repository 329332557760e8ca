import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type LedgerNote } from '../core/ledger.ts'
import { leftoverNotice, cleanUp } from './cleanup.ts'
import type { Work } from './files.ts'
import { isRefusal } from './lifecycle.ts'
import { CommandError, type RemoteSession } from './session.ts'

/** Milliseconds that deleting may take. */
const DELETE_TIMEOUT_MS = 10_000
/** How many undeleted copies are reported one by one: a key that may not delete leaves thousands. */
const MAX_NAMED_COPIES = 3

/** The cloud's copy of a transferred file. */
export interface StagedCopy {
  /** The session in which it was staged; the work may go through another one by now. */
  sessionId: string
  fileId: string
  /** The path of the file on the endpoint. */
  path: string
  /** Its line in the ledger. */
  noted: LedgerNote
}

/**
 * Deletes the cloud's copy of a transferred file ("Delete File"). A failure is reported, but doesn't fail the transfer.
 * @param work the transfer's
 */
export async function deleteStagedCopy(session: RemoteSession, { sessionId, fileId, path, noted }: StagedCopy, work: Work): Promise<void> {
  const what = `the cloud's copy of ${path}`
  const why = await cleanUp(
    session.clock,
    DELETE_TIMEOUT_MS,
    what,
    signal => session.api.deleteFile(sessionId, fileId, { signal, what }),
    work.signal,
  )
  if (why === undefined) return noted.strike()
  noted.release()
  const told = session.undeletedCopies++
  if (told < MAX_NAMED_COPIES) session.notice(leftoverNotice(why, `it is removed when session ${sessionId} ends, or by \`cbc lr gc\``))
  if (told === MAX_NAMED_COPIES)
    session.notice(`left behind: further copies in the cloud; \`cbc lr file list ${session.device.id}\` shows them`)
}

/**
 * Deletes what an upload without an answer may have left, which it finds by its unique name ("Get Files", "Delete File"). A file that isn't
 * listed may still be on its way: then it stays in the ledger until its session ends.
 */
export async function deleteUnnamedCopy(
  session: RemoteSession,
  { sessionId, name, path, noted }: Omit<StagedCopy, 'fileId'> & { name: string },
  work: Work,
): Promise<void> {
  const what = `perhaps the cloud's copy of ${path}`
  let found: string[] = []
  const why = await cleanUp(
    session.clock,
    DELETE_TIMEOUT_MS,
    what,
    async signal => {
      found = (await session.api.listFiles(sessionId, { signal })).filter(file => file.file_name === name).map(({ id }) => id)
      for (const id of found) await session.api.deleteFile(sessionId, id, { signal, what })
    },
    work.signal,
  )
  if (why === undefined && found.length > 0) return noted.strike()
  noted.release()
  if (why !== undefined)
    session.notice(leftoverNotice(new CbcError('remote', `${what} (${why.message})`), `it is removed when session ${sessionId} ends`))
}

/** Notes the cloud's copy of a file in the ledger before it is staged. A dry run stages nothing. */
export function noteStaged({ planning, ledger, device, id }: RemoteSession, path: string): LedgerNote {
  return (planning ? NO_LEDGER : ledger).note({ kind: 'staged', device_id: device.id, session_id: id, path })
}

/** Whether a failure to stage a file makes it certain that nothing was staged. */
export function stagedNothing(error: unknown): boolean {
  return error instanceof CommandError || isRefusal(error)
}
