import type { Command, CommandRequest, LiveResponse } from '../api/live-response.ts'
import { withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import type { Channel } from './channel.ts'
import { lingering, quietly } from './cleanup.ts'
import { endpointError } from './hresult.ts'
import { Pace } from './pace.ts'

/** Milliseconds that cancelling may take. */
const CANCELLING = 5000

/** What one command is issued with. */
export interface Issue {
  api: LiveResponse
  clock: Clock
  channel: Channel
  deviceId: number
  signal: AbortSignal
  /** Milliseconds from issuing to the end. */
  patience: number
  /** For messages: `ls C:\x`. */
  what: string
  /** Called with each state of the command that is not its last. */
  onUpdate?: (command: Command, sessionId: string) => void
  /** Called with its last state and its session's id, before another session can take that one's place. */
  onEnd?: (command: Command, sessionId: string) => void
  /** The session that the request's own ids belong to: it is issued in no other. */
  sessionId?: string
}

/** A command that the service has taken, and in which session. */
interface Issued {
  command: Command
  sessionId: string
  /** Lets the session go. */
  leave: () => void
}

type Entered = Awaited<ReturnType<Channel['enter']>>

/** The service doesn't know the session any more. */
export class SessionGone extends Error {
  readonly sessionId: string
  /** Whether it had taken the command before. */
  readonly taken: boolean
  constructor(sessionId: string, taken: boolean) {
    super('the session is gone')
    this.sessionId = sessionId
    this.taken = taken
  }
}

/** The session that a request's ids belong to has been replaced; nothing was issued. */
export class SessionReplaced extends Error {}

/** The endpoint answered a command with an error; `command` is its whole last state. */
export class CommandError extends CbcError {
  readonly command: Command
  constructor(error: CbcError, command: Command) {
    super(error.code, error.message, error.facts)
    this.command = command
  }
}

/**
 * Issues a command in the channel's session and waits for its end ("Issue Command", "Retrieve Command Status"). Given up, it is cancelled on the
 * server too, where it is still PENDING.
 * @throws SessionGone, SessionReplaced; CbcError not_found, remote: by its HRESULT; timeout; the signal's reason
 */
export async function runCommand(request: CommandRequest, issue: Issue): Promise<Command> {
  const { clock, channel, patience, what, deviceId, onUpdate } = issue
  // Coming to a session is no part of the command's own time.
  const entered = await channel.enter(issue.signal)
  const deadline = withDeadline(clock, patience, `${what}: not finished within ${formatDuration(patience)}`, issue.signal)
  const { signal } = deadline
  let issued: Issued | undefined
  try {
    issued = await lingering(clock, signal, late => post(request, issue, entered, late))
    const { command, sessionId } = issued
    if (!isOver(command)) {
      onUpdate?.(command, sessionId)
      signal.throwIfAborted()
    }
    const last = isOver(command) ? command : await ended(issued, issue, signal)
    issue.onEnd?.(last, sessionId)
    return outcome(last, issue)
  } catch (error) {
    if (issued !== undefined && signal.aborted) await cancel(issued, issue)
    issue.signal.throwIfAborted()
    throw error instanceof CbcError && !(error instanceof CommandError) ? error.with(error.message, { device_id: deviceId }) : error
  } finally {
    deadline.clear()
    issued?.leave()
    entered.leave()
  }
}

/** "Issue Command"; 403 is "not enabled" or "too many commands": the latter goes on in a new session. */
async function post(request: CommandRequest, { api, channel, what, sessionId: only }: Issue, entered: Entered, signal: AbortSignal): Promise<Issued> {
  for (let renewed = false; ; renewed = true) {
    const { sessionId, leave } = renewed ? await channel.enter(signal) : entered
    try {
      if (only !== undefined && only !== sessionId) throw new SessionReplaced()
      const command = await api.issueCommand(sessionId, request, { signal, what })
      channel.took(request.name)
      return { command, sessionId, leave }
    } catch (error) {
      leave()
      if (!(error instanceof CbcError)) throw error
      if (error.facts.http_status === 404) throw new SessionGone(sessionId, false)
      if (renewed || error.facts.http_status !== 403 || !(error.facts.limit || await channel.isUsedUp(request.name, signal))) throw error
      await channel.renew(sessionId, signal)
    }
  }
}

/** The command's last state. */
async function ended({ command: { id }, sessionId }: Issued, { api, clock, channel, what, onUpdate }: Issue, signal: AbortSignal): Promise<Command> {
  const ask = async (wait: boolean): Promise<Command> => {
    try {
      return await api.getCommand(sessionId, id, { wait, signal, what })
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      if (error.facts.http_status === 404) throw new SessionGone(sessionId, true)
      // A gateway may cut off what the server holds back: an ordinary poll tells whether the service is there.
      if (wait && error.code === 'network') return await ask(false)
      throw error
    }
  }
  // Asking for a command's status doesn't refresh the session's timeout.
  const rest = channel.stayAlive()
  try {
    return await new Pace(clock).until(() => ask(true), command => {
      if (command.id !== id) throw new CbcError('network', `${what}: asked for command ${id}, got ${command.id}`)
      if (isOver(command)) return true
      onUpdate?.(command, sessionId)
      return false
    }, signal)
  } finally {
    rest()
  }
}

function outcome(command: Command, { what, deviceId }: Issue): Command {
  const code = command.result_code ?? 0
  if (command.status === 'CANCELLED') throw new CbcError('remote', `${what}: the command was cancelled`)
  if (command.status === 'ERROR' || code !== 0) {
    const error = endpointError(what, command.name, code, command.result_desc)
    throw new CommandError(error.with(error.message, { device_id: deviceId }), command)
  }
  return command
}

/** "Cancel Command", which only helps while it is PENDING. */
async function cancel({ command: { id }, sessionId }: Issued, { api, clock }: Issue): Promise<void> {
  await quietly(clock, CANCELLING, signal => api.cancelCommand(sessionId, id, { signal }))
}

function isOver({ status }: Command): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCELLED'
}
