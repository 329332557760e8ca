import { changesEndpoint, isIssuedOnce, type Command, type CommandRequest, type LiveResponse } from '../api/live-response.ts'
import { DeadlineError, withDeadline } from '../core/abort.ts'
import type { Attempts } from '../core/attempts.ts'
import { CbcError } from '../core/errors.ts'
import { LostAnswer, sendUntilKnown } from '../core/lost-answer.ts'
import type { Clock } from '../core/ports.ts'
import { cancelCommand } from './cancel-command.ts'
import type { Channel } from './channel.ts'
import { awaitingAnswer, cleanUp } from './cleanup.ts'
import { endpointError } from './hresult.ts'
import { InDoubt, inDoubt, stoppedInDoubt, type Doubt } from './in-doubt.ts'
import { fateOf, type Fate, type Lost } from './lost-command.ts'
import { Poll } from './poll.ts'

/** Milliseconds that cancelling may take. */
const CANCEL_TIMEOUT_MS = 5000

/** How often a command is issued when its answer is lost each time and it is proved each time not to have been accepted. */
const MAX_ISSUE_ATTEMPTS = 4
/** Milliseconds before it is issued again, multiplied by the number of the attempt. */
const ISSUE_RETRY_DELAY_MS = 500
const UNCLEAR_FATE: Fate = { kind: 'unclear' }

/** The context in which one command is issued. */
export interface Issue {
  api: LiveResponse
  clock: Clock
  channel: Channel
  deviceId: number
  signal: AbortSignal
  /** Milliseconds from issuing to the end. */
  timeoutMs: number
  /** Limits how often its requests are repeated, when the caller repeats the command as well. */
  attempts?: Attempts
  /** For messages: `ls C:\x`. */
  what: string
  /** Every state is wanted soon, not only the last: the service isn't asked to hold its answer back. */
  live?: boolean
  /** Called with each state of the command that is not its last. */
  onUpdate?: (command: Command, sessionId: string) => void
  /** Called with its last state and its session's id, before another session can take that one's place. */
  onEnd?: (command: Command, sessionId: string) => void
  /** The session that the ids in the request belong to: the command is issued in no other. */
  sessionId?: string
  /** A part of the request that is unique to it, so that no other caller's command can be taken for it. */
  mark?: string
  /** Called with each item of a list in its result as soon as it is there; what it returns takes the item's place. */
  item?: (value: unknown) => unknown
  /** It runs beside another command of the same session, so that session must stay. */
  beside?: boolean
}

/** A command that the service has accepted, with its session. */
interface Issued {
  command: Command
  sessionId: string
  /** Ends the use of the session. */
  leave: () => void
}

type Entered = Awaited<ReturnType<Channel['enter']>>

/** The service no longer knows the session. */
export class SessionGone extends Error {
  readonly sessionId: string
  /** Whether it had accepted the command before. */
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
 * Issues a command in the channel's session and waits for its end ("Issue Command", "Retrieve Command Status"). A command that is given up
 * while it is still PENDING is cancelled on the server too.
 * @throws SessionGone, SessionReplaced; CbcError not_found, remote: by its HRESULT; timeout; network; InDoubt: a change may or may not have
 *   happened; the signal's reason
 */
export async function runCommand(request: CommandRequest, issue: Issue): Promise<Command> {
  const { clock, channel, timeoutMs, what } = issue
  // Entering a session doesn't count towards the command's own time.
  const entered = await channel.enter(issue.signal)
  const deadline = withDeadline(clock, timeoutMs, time => `${what}: not finished within ${time}`, issue.signal)
  const { signal } = deadline
  let issued: Issued | undefined
  try {
    issued = await awaitingAnswer(clock, signal, late => issueUntilAccepted(request, issue, entered, late)).catch((error: unknown) => {
      throw issueFailure(error, issue)
    })
    const last = await waitForEnd(request, issued, issue, signal)
    issue.onEnd?.(last, issued.sessionId)
    return checkOutcome(last, issue)
  } finally {
    deadline.clear()
    issued?.leave()
    entered.leave()
  }
}

/** Waits for the last state of a command that was accepted. @throws as `runCommand` */
async function waitForEnd(request: CommandRequest, issued: Issued, issue: Issue, signal: AbortSignal): Promise<Command> {
  const { command, sessionId } = issued
  if (isOver(command)) return command
  try {
    issue.onUpdate?.(command, sessionId)
    signal.throwIfAborted()
    return await pollUntilOver(request, issued, issue, signal)
  } catch (error) {
    if (signal.aborted) return await giveUp(request, issued, issue, signal.reason)
    if (!(error instanceof CbcError)) throw error
    if (!changesEndpoint(request.name)) throw error.with(error.message, { device_id: issue.deviceId })
    throw inDoubt(`${error.message}; it was started, and its outcome is not known`, doubtOf(issued, issue), error.facts)
  }
}

/**
 * Returns the failure of a command that isn't known to be accepted; when it was given up while its answer was looked for, it says that it
 * may have been.
 */
function issueFailure(error: unknown, { signal, deviceId }: Issue): unknown {
  if (error instanceof InDoubt) return signal.aborted ? stoppedInDoubt(signal.reason, error.doubt, error.message) : error
  if (signal.aborted && !(signal.reason instanceof DeadlineError)) return signal.reason
  return error instanceof CbcError ? error.with(error.message, { device_id: deviceId }) : error
}

/**
 * Gives up a command that was accepted: cancels it if possible, and says what became of it.
 * @param reason why it is given up
 * @returns its last state, when it ended just as its time ran out
 */
async function giveUp(request: CommandRequest, issued: Issued, issue: Issue, reason: unknown): Promise<Command> {
  const { sessionId } = issued
  const state = await tryCancel(request, issued, issue)
  if (state !== undefined && isOver(state)) {
    if (state.status !== 'CANCELLED' && !issue.signal.aborted) return state
    issue.onEnd?.(state, sessionId)
  }
  if (state?.status !== 'CANCELLED' && changesEndpoint(request.name)) throw stoppedInDoubt(reason, doubtOf(issued, issue, state))
  throw reason instanceof DeadlineError ? reason.with(reason.message, { device_id: issue.deviceId }) : reason
}

function doubtOf({ command: { id }, sessionId }: Issued, { what, deviceId }: Issue, state?: Command): Doubt {
  return { what, deviceId, sessionId, id, ...(state === undefined ? {} : { state }) }
}

/**
 * Issues a command ("Issue Command") until it is certain that the service has accepted it exactly once. 403 means "not enabled" or "too
 * many commands"; the latter goes on in a new session.
 * @param signal outlives the work's own, so that the answer to what was sent is still received
 */
async function issueUntilAccepted(request: CommandRequest, issue: Issue, first: Entered, signal: AbortSignal): Promise<Issued> {
  const { clock, channel } = issue
  let entered = first
  const issued = await sendUntilKnown({
    async send(attempt) {
      if (attempt > 1) entered = await channel.enter(signal)
      try {
        return await issueIn(entered, request, issue, signal)
      } catch (error) {
        if (!(await isBudgetUsedUp(error, request, issue, signal))) throw error
        await channel.renew(entered.sessionId, signal)
      }
      entered = await channel.enter(signal)
      return await issueIn(entered, request, issue, signal)
    },
    find: lost => findLostCommand(lost, request, issue, entered, signal),
    unseen: why => why,
    again(lost, attempt) {
      const rest = Math.max(lost.after, ISSUE_RETRY_DELAY_MS * attempt)
      if (attempt < MAX_ISSUE_ATTEMPTS && mayIssueAgain(issue, rest)) return rest
      throw lost.failureIfNotMade.with(lost.failureIfNotMade.message)
    },
    clock,
    signal,
  })
  channel.noteAccepted(request.name, issued.command.id)
  return issued
}

/**
 * Issues a command in a session ("Issue Command").
 * @throws LostAnswer also when the answer belongs to an earlier command; every other failure leaves the session
 */
async function issueIn({ sessionId, leave }: Entered, request: CommandRequest, issue: Issue, signal: AbortSignal): Promise<Issued> {
  const { api, channel, what, deviceId, sessionId: only } = issue
  if (only !== undefined && only !== sessionId) {
    leave()
    throw new SessionReplaced()
  }
  try {
    const earlier = await channel.issuedBefore(request, sessionId, signal)
    if (earlier !== undefined) return { command: earlier, sessionId, leave }
    const command = await api.issueCommand(sessionId, request, { signal, what, ...requestOptions(issue) })
    if (await channel.isNewCommandId(command.id, signal)) return { command, sessionId, leave }
    throw new LostAnswer(new CbcError('network', `${what}: the service answered with command ${command.id}, which is an earlier one`))
  } catch (error) {
    if (error instanceof LostAnswer) throw error
    leave()
    if (signal.aborted && changesEndpoint(request.name))
      throw inDoubt(`${what}: no answer came; it may or may not have happened`, { what, deviceId, sessionId })
    throw error instanceof CbcError && error.facts.http_status === 404 ? new SessionGone(sessionId, false) : error
  }
}

/** Whether a refusal says that a session has had all the commands that it may have, so that a new one is needed. */
async function isBudgetUsedUp(error: unknown, { name }: CommandRequest, { channel }: Issue, signal: AbortSignal): Promise<boolean> {
  if (!(error instanceof CbcError) || error.facts.http_status !== 403) return false
  return error.facts.limit === true || (await channel.isUsedUp(name, signal))
}

/** Whether there is another attempt left for a command that was not accepted. @param rest milliseconds until then */
function mayIssueAgain({ beside = false, signal, attempts }: Issue, rest: number): boolean {
  return !beside && !signal.aborted && attempts?.take({ rest, signal }) !== false
}

/**
 * Finds out what became of a command whose answer was lost.
 * @returns the command; undefined when it is certain that it was not accepted and never will be, so that it can be issued again
 * @throws InDoubt unknown_outcome: nothing is certain
 */
async function findLostCommand(
  error: LostAnswer,
  request: CommandRequest,
  issue: Issue,
  { sessionId, before, leave }: Entered,
  signal: AbortSignal,
): Promise<Issued | undefined> {
  const { api, clock, channel, beside = false, what, deviceId } = issue
  // A file that is staged twice does no harm, and is removed with its session.
  const harmless = !changesEndpoint(request.name)
  const lost: Lost = {
    request,
    sessionId,
    before,
    isOver: error.isOver,
    ...(issue.mark === undefined ? {} : { mark: issue.mark }),
    alone: () => channel.isAlone(sessionId),
    ...(harmless ? {} : { later: () => channel.issueHarmless(request.name, signal) }),
  }
  const fate = isIssuedOnce(request.name) ? await fateOf(lost, { api, clock, signal }).catch(() => UNCLEAR_FATE) : UNCLEAR_FATE
  if (fate.kind === 'found') return { command: fate.command, sessionId, leave }
  leave()
  const certain =
    harmless ||
    (fate.kind === 'absent' && (error.isOver || (!beside && !issue.signal.aborted && (await channel.closeAndReplace(sessionId, signal)))))
  if (!certain) throw inDoubt(error.message, { what, deviceId, sessionId }, error.facts)
  return undefined
}

/** Polls a command until it is over. @returns its last state */
async function pollUntilOver(
  request: CommandRequest,
  { command: { id }, sessionId }: Issued,
  issue: Issue,
  signal: AbortSignal,
): Promise<Command> {
  const { what, onUpdate, live, api, clock, channel } = issue
  const ask = async (wait: boolean): Promise<Command> => {
    try {
      return await api.getCommand(sessionId, id, { wait, request, signal, what, ...requestOptions(issue) })
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      if (error.facts.http_status === 404) throw new SessionGone(sessionId, true)
      // A gateway may cut off a request that the server holds: an ordinary poll shows whether the service is there.
      if (wait && error.code === 'network') return await ask(false)
      throw error
    }
  }
  // Asking for a command's status doesn't refresh the session's timeout.
  const rest = channel.stayAlive()
  try {
    return await new Poll(clock).until(
      () => ask(live !== true),
      command => {
        if (isOver(command)) return true
        onUpdate?.(command, sessionId)
        return false
      },
      signal,
    )
  } finally {
    rest()
  }
}

function checkOutcome(command: Command, { what, deviceId }: Issue): Command {
  const code = command.result_code ?? 0
  if (command.status === 'CANCELLED') throw new CbcError('remote', `${what}: the command was cancelled`, { device_id: deviceId })
  if (command.status === 'ERROR' || code !== 0) {
    const error = endpointError(what, command.name, code, command.result_desc)
    throw new CommandError(error.with(error.message, { device_id: deviceId }), command)
  }
  return command
}

/**
 * Tries to cancel a command ("Cancel Command"), which only works while it is PENDING.
 * @returns its state afterwards; undefined when that can't be asked for
 */
async function tryCancel(
  request: CommandRequest,
  { command: { id }, sessionId }: Issued,
  { api, clock, what, signal: work }: Issue,
): Promise<Command | undefined> {
  let state: Command | undefined
  await cleanUp(
    clock,
    CANCEL_TIMEOUT_MS,
    what,
    async signal => {
      state = await cancelCommand(api, sessionId, id, { clock, signal }).catch(() =>
        api.getCommand(sessionId, id, { request, signal, what }),
      )
    },
    work,
  )
  return state
}

function requestOptions({ attempts, item }: Issue): Pick<Issue, 'attempts' | 'item'> {
  return { ...(attempts === undefined ? {} : { attempts }), ...(item === undefined ? {} : { item }) }
}

function isOver({ status }: Command): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCELLED'
}
