import type { Call } from './http-errors.ts'
import type { Command, CommandRequest, Session } from './live-response-types.ts'
import { broken } from './wire-checks.ts'

/**
 * A proxy may mix up answers, and a cache may give old ones: what a session or a command says of itself is compared with what was asked for. What it doesn't say can't
 * differ.
 * @throws CbcError network, or LostAnswer after a change: it is about something else
 */
export function aboutSession(found: Session, asked: { id?: string, device_id?: number }, call: Call): Session {
  const device = found.device_id ?? /:(\d+)$/.exec(found.id)?.[1]
  if (asked.id !== undefined && found.id !== asked.id) throw broken(call, `is about session ${found.id}`)
  if (asked.device_id !== undefined && device !== undefined && Number(device) !== asked.device_id) throw broken(call, `is about device ${device}`)
  return found
}

/** As `aboutSession`. */
export function aboutCommand(found: Command, asked: { id?: number, sessionId: string, request?: CommandRequest }, call: Call): Command {
  const { id, sessionId, request } = asked
  const { session_id: session } = found as { session_id?: unknown }
  if (id !== undefined && found.id !== id) throw broken(call, `is about command ${found.id}`)
  if (typeof session === 'string' && session !== sessionId) throw broken(call, `is about a command of session ${session}`)
  if (request !== undefined && !isAbout(request, found)) throw broken(call, `is about another command, ${nameOf(found)} ${String(objectOf(found) ?? '')}`.trimEnd())
  return found
}

/** Whether a command says of itself what a request asked for: its name, what it acts on (`object`), and the ids and places that only some have. */
export function isAbout(request: CommandRequest, command: Command): boolean {
  const { input } = command
  const asked: Record<string, unknown> = { ...request }
  const name = nameOf(command)
  return (name === '' || name === request.name) && alike(objectOf(command), asked['path'] ?? asked['pid'])
    && alike(input?.['output_file'], asked['output_file']) && alike(input?.['file_id'], asked['file_id'])
}

/** A command's name in lower case; empty where it doesn't say. */
export function nameOf({ name, input }: Command): string {
  return String(name || (input?.['name'] ?? '')).toLowerCase()
}

function objectOf({ input }: Command): unknown {
  return input?.['object'] ?? input?.['path'] ?? input?.['pid']
}

/** Servers repeat a path in a form of their own: case, slashes, quotes; what is empty says nothing. */
function alike(said: unknown, asked: unknown): boolean {
  return said == null || said === '' || asked == null || form(said) === form(asked)
}

function form(value: unknown): string {
  return String(value).toLowerCase().replace(/[\\/]+/g, '/').replace(/["\s]+/g, ' ').replace(/^[ /]+|[ /]+$/g, '')
}
