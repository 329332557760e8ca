import { changesEndpoint, type Command, type CommandRequest, type LiveResponse, type Session } from '../api/live-response.ts'
import type { Attempts } from '../core/attempts.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type Noted } from '../core/ledger.ts'
import type { Clock, Progress, Random } from '../core/ports.ts'
import { Channel, type SessionOptions } from './channel.ts'
import { checkLength } from './request-length.ts'
import { runCommand, SessionGone } from './command.ts'
import { InDoubt } from './in-doubt.ts'
import { label, type Target } from './lifecycle.ts'
import { RemotePaths } from './paths.ts'
import { ReadWriteLock } from '../core/read-write-lock.ts'
import { inWords, UnderWay } from './under-way.ts'

export type { SessionOptions } from './channel.ts'
export { CommandError, SessionReplaced } from './command.ts'

export interface IssueOptions {
  signal: AbortSignal
  /** Milliseconds; default: the session's. */
  patience?: number
  /** How often each of its requests may go again, where it is repeated by others too. */
  attempts?: Attempts
  /** Called with each state of the command that is not its last. */
  onUpdate?: (command: Command, sessionId: string) => void
  /** Each state is wanted soon, not only the last: progress is shown of it. */
  live?: boolean
  /** Called with its last state and its session's id, before another session can take that one's place. */
  onEnd?: (command: Command, sessionId: string) => void
  /** For messages: `ls C:\x`. */
  what?: string
  /** What of the request exists once, so that no other caller's command can be taken for it. */
  mark?: string
  /** The session that the request's own ids belong to: in another one it is not issued. @throws SessionReplaced */
  sessionId?: string
}

/** What all views of a session have in common. */
interface Shared {
  channel: Channel
  lock: ReadWriteLock
  underWay: UnderWay
  /** Temporary files of this run that are on the endpoint, by path. */
  temporaries: Map<string, Noted>
  codePages: Map<'oem' | 'ansi', Promise<number | undefined>>
  facts: { copiesLeft: number; keepsOutput?: boolean; variables?: Promise<ReadonlyMap<string, string>> | undefined }
}

/** Thrown by what can't go on without an answer in a dry run; the plan is complete up to here. */
export class Planned extends Error {}

/**
 * A live session as an object: commands go out in order, each waited for and matched by its id. What changes something is alone; what only
 * reads may
 * be under way together with other reads, so that the way to the endpoint is not waited for each time. It lives on when the service
 * lost the session or its command budget is used up: the next command opens a new one.
 */
export class RemoteSession {
  readonly device: Target
  readonly clock: Clock
  readonly random: Random
  readonly api: LiveResponse
  readonly ledger: Ledger
  readonly #options: SessionOptions
  readonly #shared: Shared
  readonly #progress: Progress
  /** Whose work goes through this view: `job 1`; absent: that of the line that is waited for. */
  readonly #owner: string | undefined

  private constructor(options: SessionOptions, shared: Shared, progress: Progress, owner?: string) {
    this.#options = options
    this.#shared = shared
    this.#progress = progress
    this.#owner = owner
    this.device = options.device
    this.clock = options.clock
    this.random = options.random
    this.api = options.api
    this.ledger = options.ledger ?? NO_LEDGER
  }

  /** Joins or starts: see `openSession`. */
  static async open(options: SessionOptions, progress: Progress, signal: AbortSignal): Promise<RemoteSession> {
    const channel = await Channel.open(options, progress, signal)
    return new RemoteSession(
      options,
      {
        channel,
        lock: new ReadWriteLock(),
        underWay: new UnderWay(),
        temporaries: new Map(),
        codePages: new Map(),
        facts: { copiesLeft: 0 },
      },
      progress,
    )
  }

  /** Temporary files of this run that are on the endpoint, by path. */
  get temporaries(): Map<string, Noted> {
    return this.#shared.temporaries
  }

  /** The endpoint's code pages, once they were asked for (`remote/code-page.ts`). */
  get codePages(): Shared['codePages'] {
    return this.#shared.codePages
  }

  /** How many copies in the cloud could not be deleted. */
  get copiesLeft(): number {
    return this.#shared.facts.copiesLeft
  }

  set copiesLeft(count: number) {
    this.#shared.facts.copiesLeft = count
  }

  /** What programs print can't be read here before they have ended. */
  get keepsOutput(): boolean {
    return this.#shared.facts.keepsOutput === true
  }

  set keepsOutput(keeps: boolean) {
    this.#shared.facts.keepsOutput = keeps
  }

  /** The variables of the endpoint's environment, once they were asked for (`remote/environment.ts`). */
  get variables(): Shared['facts']['variables'] {
    return this.#shared.facts.variables
  }

  set variables(variables: Shared['facts']['variables']) {
    this.#shared.facts.variables = variables
  }

  get #channel(): Channel {
    return this.#shared.channel
  }

  /** The session as the service last described it. */
  get info(): Session {
    return this.#channel.info
  }

  get id(): string {
    return this.#channel.id
  }

  /** How messages call the endpoint. */
  get label(): string {
    return label(this.device)
  }

  get paths(): RemotePaths {
    return RemotePaths.of(this.info)
  }

  /** The directory that a new session starts in. */
  get home(): string {
    const directory = this.info.current_working_directory
    if (typeof directory === 'string' && directory !== '') return directory
    return this.info.drives?.[0] ?? (this.paths.windows ? 'C:\\' : '/')
  }

  get planning(): boolean {
    return this.#options.plan !== undefined
  }

  supports(name: string): boolean {
    return this.info.supported_commands?.some(command => command.toLowerCase() === name) ?? true
  }

  /** The same session for a dry run: what would change something goes to `plan` instead. */
  planned(plan: (request: Record<string, unknown>) => void): RemoteSession {
    return new RemoteSession({ ...this.#options, plan }, { ...this.#shared, facts: { ...this.#shared.facts } }, this.#progress, this.#owner)
  }

  /** The same session for work beside that of the line: where others have to wait for it, it has a name. */
  on(progress: Progress, owner: string | undefined): RemoteSession {
    return new RemoteSession(this.#options, this.#shared, progress, owner)
  }

  /** Tells in one line what happens beside the work. */
  notice(line: string): void {
    this.#options.notice?.(line)
  }

  /** Records a step of a dry run. */
  plan(step: Record<string, unknown>): void {
    this.#options.plan?.(step)
  }

  /**
   * Issues a command and waits for its end ("Issue Command", "Retrieve Command Status").
   * @throws CbcError refused: the endpoint doesn't have this command; not_found, remote: by its HRESULT; timeout; interrupted: it was
   *   cancelled, on the server
   *   too where it was still PENDING; unknown_outcome: the session was lost while a change was under way
   */
  async issue(request: CommandRequest, options: IssueOptions): Promise<Command> {
    this.#require(request, options)
    // A dry run stages nothing in the cloud either.
    if (this.planning && (changesEndpoint(request.name) || request.name === 'get file')) {
      this.plan({ ...request })
      return { id: -1, name: request.name, status: 'COMPLETE' }
    }
    const turn = this.#shared.underWay.enter(inWords(request), this.#owner)
    const over = this.#progress.wait({
      kind: 'command',
      what: () => `${this.label}: ${inWords(request)}`,
      more: () => turn.behind,
      ending: () => turn.name,
    })
    return await this.#shared.lock
      .take(
        options.signal,
        async leave => {
          const issued = {
            ...options,
            onUpdate: (command: Command, sessionId: string) => {
              turn.update(command)
              // A program may run for hours. Once the service has taken it, the order is the service's: many let what comes next go beside
              // it.
              if (request.name === 'create process') leave()
              options.onUpdate?.(command, sessionId)
            },
          }
          for (let lost = 1; ; lost++) {
            try {
              return await this.#run(request, issued)
            } catch (error) {
              // What became of a program is the business of who started it.
              if (error instanceof InDoubt && request.name !== 'create process') this.leaveToLook(error)
              if (error instanceof InDoubt && error.isOpen) turn.giveUp()
              if (!(error instanceof SessionGone)) throw error
              // A command that was never taken, or that changes nothing, goes to another session.
              if (error.taken && changesEndpoint(request.name)) {
                const why = 'the session was lost meanwhile; it may or may not have happened'
                throw this.#failure('unknown_outcome', request, options, why, 'look before you do it again')
              }
              if (lost === 2) throw this.#failure('network', request, options, 'the session was lost twice', 'try again')
              // A session that is there still, and only doesn't know the command, must not be taken for another caller's.
              if (!error.taken || !(await this.#channel.keepAlive(options.signal)))
                await this.#channel.reopen(error.sessionId, options.signal)
            }
          }
        },
        !changesEndpoint(request.name),
      )
      .finally(() => {
        over()
        turn.leave()
      })
  }

  /** A command beside the one under way, for cancelling it; not in turn. */
  async issueBeside(request: CommandRequest, options: IssueOptions): Promise<Command> {
    this.#require(request, options)
    return await this.#run(request, options, true)
  }

  /** Refreshes the idle timeout ("Get Session by ID"). @returns false when the session is gone */
  async keepAlive(signal: AbortSignal): Promise<boolean> {
    return await this.#channel.keepAlive(signal)
  }

  /** Milliseconds after which the session is to be kept alive, where nothing is done in it. */
  get pace(): number {
    return this.#channel.pace
  }

  /** Where work that is no command failed because its session is gone: goes on in another one. @returns whether it did */
  async recover(error: unknown, sessionId: string, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof CbcError) || error.facts.http_status !== 404 || signal.aborted) return false
    if (this.id !== sessionId) return true
    if (await this.#channel.keepAlive(signal).catch(() => true)) return false
    await this.#channel.reopen(sessionId, signal)
    return true
  }

  /**
   * Keeps the session from expiring, and from being replaced in a hurry, during work that is no command, a transfer, until the function
   * returned is called.
   */
  stayAlive(): () => void {
    return this.#channel.stayAlive()
  }

  /**
   * Goes on in a new session, because a program that was given up blocks session `id`. Only one that nobody else works in is closed.
   * @returns whether there is a new one
   */
  async unblock(id: string, signal: AbortSignal): Promise<boolean> {
    return await this.#channel.unblock(id, signal)
  }

  /** Leaves the session open when this one closes, where a command is in it whose outcome somebody has to look for. */
  leaveToLook({ isOpen, doubt: { sessionId } }: InDoubt): void {
    if (isOpen) this.#channel.leaveToLook(sessionId)
  }

  /** Leaves the session open for others when this one closes. */
  detach(): void {
    this.#channel.detach()
  }

  /** Closes the session if it was started here. @param signal of the work that is over: after its deadline there is less time for it */
  async close(signal?: AbortSignal): Promise<void> {
    await this.#channel.close(signal)
  }

  async #run(request: CommandRequest, options: IssueOptions, beside = false): Promise<Command> {
    const { api, clock, device } = this
    return await runCommand(request, {
      patience: this.#options.patience,
      what: request.name,
      ...options,
      api,
      clock,
      channel: this.#channel,
      deviceId: device.id,
      beside,
    })
  }

  /** Never issues a command that isn't listed, nor one that is longer than the service takes. */
  #require(request: CommandRequest, options: IssueOptions): void {
    checkLength(request, options.what ?? request.name)
    if (this.supports(request.name)) return
    throw this.#failure(
      'refused',
      request,
      options,
      `${this.label} does not have the command "${request.name}"`,
      'its sensor or operating system does not offer it',
    )
  }

  #failure(code: CbcError['code'], { name }: CommandRequest, { what = name }: IssueOptions, why: string, hint?: string): CbcError {
    return new CbcError(code, `${what}: ${why}`, { device_id: this.device.id, ...(hint === undefined ? {} : { hint }) })
  }
}
