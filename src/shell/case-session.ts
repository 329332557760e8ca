import type { RemoteSession, RuntimeContext } from '../engine/remote-job.ts'

/** Tells the case when a shell came to an endpoint, and when it left. @throws CbcError io: the case can't be written */
export async function noteSession(
  { case: recorder }: Pick<RuntimeContext, 'case'>,
  event: 'connected' | 'disconnected',
  { device, id }: RemoteSession,
): Promise<void> {
  await recorder?.note({ event, device, session_id: id })
}

/** Closes a shell's session. */
export async function leaveSession(runtime: Pick<RuntimeContext, 'case'>, session: RemoteSession, signal?: AbortSignal): Promise<void> {
  await session.close(signal)
  await noteSession(runtime, 'disconnected', session)
}
