import type { Session } from '../../api/live-response.ts'
import { CbcError } from '../../core/errors.ts'
import { label } from '../../remote/lifecycle.ts'
import { required } from '../define.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** The first argument of every command on a session. */
export const SUBJECT = required('device', 'device with an open session, or session id')

/**
 * Resolves a device or a session id to a session id. Session ids contain a colon (`1234567:11412673`), which device names never do.
 * @throws CbcError usage, not_found: no such device, or it has no open session
 */
export async function sessionId(typed: string, context: OrganizationContext): Promise<string> {
  if (/^[^\\@,*?]+:/.test(typed) && !typed.startsWith('query:')) return typed
  const sessions = await context.liveResponse.listSessions({ signal: context.signal })
  if (sessions.some(({ id }) => id === typed)) return typed
  const device = await context.device(typed)
  const open = sessions.find(session => session.device_id === device.id && isOpen(session))
  if (open !== undefined) return open.id
  throw new CbcError('not_found', `${label(device)}: has no open session`, {
    hint: `\`cbc lr session start ${typed}\` opens one`,
    device_id: device.id,
  })
}

/** Whether a session can still be used. */
function isOpen({ status }: Session): boolean {
  return status === 'ACTIVE' || status === 'PENDING'
}
