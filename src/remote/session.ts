import type { Command, CommandRequest, LiveResponse, Session } from '../api/live-response.ts'
import { withDeadline } from '../core/abort.ts'
import { CbcError, interrupted } from '../core/errors.ts'
import type { Clock, Progress, Random } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { endpointError } from './hresult.ts'
import { closeQuietly, label, openSession, type Target } from './lifecycle.ts'
import { Pace } from './pace.ts'
import { RemotePaths } from './paths.ts'

export interface SessionOptions {
  api: LiveResponse
  device: Target
  clock: Clock
  random: Random
  /** Milliseconds that the endpoint has to take a session up. */
  establish: number
  /** Milliseconds that one command may take, unless it says otherwise. */
  patience: number
  /** Leave a session open that was started here. */
  keep?: boolean
  /** Told in one line what happened to the session beside the work: lost, opened anew. */
  notice?: (line: string) => void
  /** Dry run: commands that would change something are handed over instead of sent. */
  plan?: (request: Record<string, unknown>) => void
}

export interface IssueOptions {
  signal: AbortSignal
  /** Milliseconds; default: the session's. */
  patience?: number
  /** Called with each state of the command that is not its last. */
  onUpdate?: (command: Command) => void
  /** For messages: `ls C:\x`. */
  what?: string
}

/** The documented budget of one session; at its end a new session goes on. */
const COMMANDS_A_SESSION = 250

/** Commands that leave the endpoint as it is: what a lost session swallowed may be asked again. */
const READS: ReadonlySet<string> = new Set(['directory list', 'process list', 'reg enum key', 'reg query value', 'get file'])

/** The service doesn't know the session any more; `taken`: it had accepted the command before. */
class SessionGone extends Error {
  readonly taken: boolean
  constructor(taken: boolean) {
    super('the session is gone')
    this.taken = taken
  }
}

/** The endpoint answered a command with an error; `command` is its whole last state. */
export class CommandError extends CbcError {
  readonly command: Command
  constructor(error: CbcError, command: Command, deviceId: number) {
    super(error.code, error.message, { ...error.facts, device_id: deviceId })
    this.command = command
  }
}

/** Thrown by what can't go on without an answer in a dry run; the plan is complete up to here. */
export class Planned extends Error {}

/**
 * A live session as an object: one command at a time, in order, each waited for and matched by its id. It lives on when the service lost the
 * session or its command budget is used up: the next command opens a new one.
 */
export class RemoteSession {
  readonly device: Target
  readonly clock: Clock
  readonly random: Random
  readonly api: LiveResponse
  readonly #options: SessionOptions
  #session: Session
  #started: boolean
  /** Commands issued in this session by others before, and here. */
  #before: number
  #issued = 0
  /** Names of commands that this session has taken: what it took once it is permitted to take. */
  readonly #accepted = new Set<string>()
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: SessionOptions, session: Session, started: boolean) {
    this.#options = options
    this.device = options.device
    this.clock = options.clock
    this.random = options.random
    this.api = options.api
    this.#session = session
    this.#started = started
    this.#before = session.current_command_index ?? 0
  }

  /** Joins or starts: see `openSession`. */
  static async open(options: SessionOptions, progress: Progress, signal: AbortSignal): Promise<RemoteSession> {
    const { session, started } = await openSession({ ...options, progress, signal, patience: options.establish })
    return new RemoteSession(options, session, started)
  }

  /** The session as the service last described it. */
  get info(): Session {
    return this.#session
  }

  get id(): string {
    return this.#session.id
  }

  /** How messages call the endpoint. */
  get label(): string {
    return label(this.device)
  }

  get paths(): RemotePaths {
    return RemotePaths.of(this.#session)
  }

  /** The directory that a new session starts in. */
  get home(): string {
    const directory = this.#session.current_working_directory
    if (typeof directory === 'string' && directory !== '') return directory
    return this.#session.drives?.[0] ?? (this.paths.windows ? 'C:\\' : '/')
  }

  get planning(): boolean {
    return this.#options.plan !== undefined
  }

  supports(name: string): boolean {
    return this.#session.supported_commands?.some(command => command.toLowerCase() === name) ?? true
  }

  /** The same session for a dry run: what would change something goes to `plan` instead. */
  planned(plan: (request: Record<string, unknown>) => void): RemoteSession {
    return new RemoteSession({ ...this.#options, plan }, this.#session, false)
  }

  /** Records a step of a dry run. */
  plan(step: Record<string, unknown>): void {
    this.#options.plan?.(step)
  }

  /**
   * Issues a command and waits for its end ("Issue Command", "Retrieve Command Status").
   * @throws CbcError refused: the endpoint doesn't have this command; not_found, remote: by its HRESULT; timeout; interrupted: it was cancelled, on the server
   *   too where it was still PENDING; unknown_outcome: the session was lost while a change was under way
   */
  async issue(request: CommandRequest, options: IssueOptions): Promise<Command> {
    if (!this.supports(request.name)) {
      throw new CbcError('refused', `${options.what ?? request.name}: ${this.label} does not have the command "${request.name}"`, { hint: 'its sensor or operating system does not offer it', device_id: this.device.id })
    }
    if (this.planning && (!READS.has(request.name) || request.name === 'get file')) {
      this.plan({ ...request })
      return { id: -1, name: request.name, status: 'COMPLETE' }
    }
    return await this.#inTurn(options.signal, async () => {
      try {
        return await this.#run(request, options)
      } catch (error) {
        if (!(error instanceof SessionGone)) throw error
        // The session is gone. A command that was never taken, or that changes nothing, goes to a new one.
        if (error.taken && !READS.has(request.name)) {
          throw new CbcError('unknown_outcome', `${options.what ?? request.name}: the session was lost meanwhile; it may or may not have happened`, { hint: 'look before you do it again', device_id: this.device.id })
        }
        await this.#reopen('was lost', options.signal)
        return await this.#run(request, options)
      }
    }).catch((error: unknown) => {
      throw error instanceof SessionGone ? new CbcError('network', `${options.what ?? request.name}: the session was lost twice`, { device_id: this.device.id }) : error
    })
  }

  /** A command beside the one under way, for cancelling it; not in turn. */
  async issueBeside(request: CommandRequest, options: IssueOptions): Promise<Command> {
    return await this.#run(request, options)
  }

  /** Refreshes the idle timeout ("Get Session by ID"). @returns false when the session is gone */
  async keepAlive(signal: AbortSignal): Promise<boolean> {
    try {
      this.#session = { ...this.#session, ...await this.api.getSession(this.id, { signal }) }
      return this.#session.status === 'ACTIVE'
    } catch (error) {
      if (error instanceof CbcError && error.code === 'not_found') return false
      throw error
    }
  }

  /** Leaves the session open for others when this one closes. */
  detach(): void {
    this.#started = false
  }

  /** Closes the session if it was started here. */
  async close(): Promise<void> {
    if (!this.#started || this.#options.keep) return
    this.#started = false
    await closeQuietly(this.api, this.id, this.clock)
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    const mine = before.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.#turn = mine.catch(() => {})
    return await mine
  }

  async #run(request: CommandRequest, options: IssueOptions): Promise<Command> {
    const { signal, onUpdate } = options
    const what = options.what ?? request.name
    await this.#renewBudget(signal)
    const patience = options.patience ?? this.#options.patience
    const deadline = withDeadline(this.clock, patience, `${what}: not finished within ${formatDuration(patience)}`, signal)
    let issued: Command | undefined
    try {
      issued = await this.#post(request, deadline.signal)
      this.#accepted.add(request.name)
      const last = isOver(issued) ? issued : await this.#wait(issued, deadline.signal, onUpdate)
      return this.#outcome(last, what)
    } catch (error) {
      if (issued !== undefined && deadline.signal.aborted) await this.#cancel(issued.id)
      if (signal.aborted) throw signal.reason instanceof CbcError ? signal.reason : interrupted()
      throw error instanceof CbcError ? this.#onDevice(error, what) : error
    } finally {
      deadline.clear()
    }
  }

  /** "Issue Command"; 403 is "not enabled" or "too many commands": the latter goes on in a new session. */
  async #post(request: CommandRequest, signal: AbortSignal): Promise<Command> {
    try {
      this.#issued += 1
      return await this.api.issueCommand(this.id, request, { signal })
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      if (error.facts.http_status === 404) throw new SessionGone(false)
      if (error.facts.http_status !== 403 || !await this.#isUsedUp(request.name, signal)) throw error
      await this.#renew(signal)
      return await this.api.issueCommand(this.id, request, { signal })
    }
  }

  /** Whether the session's budget is the reason of a 403: it is at its end, or it took this very command before. */
  async #isUsedUp(name: string, signal: AbortSignal): Promise<boolean> {
    if (!await this.keepAlive(signal)) return false
    return (this.#session.current_command_index ?? 0) >= COMMANDS_A_SESSION || this.#accepted.has(name)
  }

  async #wait(issued: Command, signal: AbortSignal, onUpdate?: (command: Command) => void): Promise<Command> {
    onUpdate?.(issued)
    return await new Pace(this.clock).until(
      () => this.api.getCommand(this.id, issued.id, { wait: true, signal }).catch((error: unknown) => {
        throw error instanceof CbcError && error.facts.http_status === 404 ? new SessionGone(true) : error
      }),
      command => {
        if (command.id !== issued.id) throw new CbcError('network', `asked for command ${issued.id}, got ${command.id}`)
        if (isOver(command)) return true
        onUpdate?.(command)
        return false
      },
      signal,
    )
  }

  #outcome(command: Command, what: string): Command {
    const code = command.result_code ?? 0
    if (command.status === 'CANCELLED') throw new CbcError('remote', `${what}: the command was cancelled`)
    if (command.status === 'ERROR' || code !== 0) throw new CommandError(endpointError(what, command.name, code, command.result_desc), command, this.device.id)
    return command
  }

  /** "Cancel Command", which only helps while it is PENDING. */
  async #cancel(id: number): Promise<void> {
    const deadline = withDeadline(this.clock, 5000, 'cancel command')
    try {
      await this.api.cancelCommand(this.id, id, { signal: deadline.signal })
    } catch {
      // It runs already or has ended: there is no more to do here.
    } finally {
      deadline.clear()
    }
  }

  async #renewBudget(signal: AbortSignal): Promise<void> {
    if (this.#before + this.#issued >= COMMANDS_A_SESSION) await this.#renew(signal)
  }

  async #renew(signal: AbortSignal): Promise<void> {
    if (this.#started) await closeQuietly(this.api, this.id, this.clock)
    else await this.api.closeSession(this.id, { signal })
    await this.#reopen(`has used its ${COMMANDS_A_SESSION} commands`, signal)
  }

  async #reopen(why: string, signal: AbortSignal): Promise<void> {
    const old = this.id
    const silent = { step() {}, at() {}, end() {} }
    const { session, started } = await openSession({ ...this.#options, progress: silent, signal, patience: this.#options.establish })
    this.#session = session
    this.#started = started
    this.#before = session.current_command_index ?? 0
    this.#issued = 0
    this.#accepted.clear()
    this.#options.notice?.(`session ${old} ${why}; went on in a new one, ${session.id}`)
  }

  #onDevice(error: CbcError, what: string): CbcError {
    const message = error.message.startsWith(what) ? error.message : `${what}: ${error.message.replace(/^[a-z ]+: /, '')}`
    return error instanceof CommandError ? error : error.with(message, { device_id: this.device.id })
  }
}

function isOver({ status }: Command): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCELLED'
}
