import { withDeadline } from '../core/abort.ts'
import type { RemoteSession } from './session.ts'

/** Deletes the cloud's copy of a transferred file ("Delete File"). It goes with the session anyway, so a failure is no failure of the transfer. */
export async function closeStaged(session: RemoteSession, fileId: string): Promise<void> {
  const deadline = withDeadline(session.clock, 10_000, 'delete staged file')
  try {
    await session.api.deleteFile(session.id, fileId, { signal: deadline.signal })
  } catch {
    // The service deletes it with the session.
  } finally {
    deadline.clear()
  }
}
