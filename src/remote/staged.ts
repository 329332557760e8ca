import { NO_LEDGER, type Noted } from '../core/ledger.ts'
import { quietly } from './cleanup.ts'
import { isRefusal } from './lifecycle.ts'
import { CommandError, type RemoteSession } from './session.ts'

/** Milliseconds that deleting may take. */
const DELETING = 10_000

/**
 * Deletes the cloud's copy of a transferred file ("Delete File"). It goes with its session anyway, so a failure is no failure of the transfer.
 * @param sessionId the session in which it was staged; the work may go through another one by now
 * @returns whether it is gone
 */
export async function closeStaged({ api, clock }: RemoteSession, sessionId: string, fileId: string): Promise<boolean> {
  return await quietly(clock, DELETING, signal => api.deleteFile(sessionId, fileId, { signal }))
}

/** Notes the cloud's copy of a file before it is staged in the session as it is now. A dry run stages nothing. */
export function noteStaged({ planning, ledger, device, id }: RemoteSession, path: string): Noted {
  return (planning ? NO_LEDGER : ledger).note({ kind: 'staged', device_id: device.id, session_id: id, path })
}

/** Whether a failure to stage says for sure that nothing was staged. */
export function stagedNothing(error: unknown): boolean {
  return error instanceof CommandError || isRefusal(error)
}
