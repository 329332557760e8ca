import { changesEndpoint, type Command, type CommandRequest, type LiveResponse, type Session } from '../api/live-response.ts'
import type { Attempts } from '../core/attempts.ts'
import type { UndoRecord } from '../core/case-record.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type LedgerNote } from '../core/ledger.ts'
import type { Clock, Progress, Random } from '../core/ports.ts'
import { retry } from '../core/retry.ts'
import { Channel, type SessionOptions } from './channel.ts'
import { checkLength } from './request-length.ts'
import { CommandError, runCommand, SessionGone } from './command.ts'
import { InDoubt } from './in-doubt.ts'
import { label, type Target } from './lifecycle.ts'
import { RemotePaths } from './paths.ts'
import { ReadWriteLock } from '../core/read-write-lock.ts'
import { describeCommand, CommandQueue } from './command-queue.ts'
import { whereToLook } from './where-to-look.ts'

export type { SessionOptions } from './channel.ts'
export { CommandError, SessionReplaced } from './command.ts'

export interface IssueOptions {
  signal: AbortSignal
  /** Milliseconds that the command may take; default: the session's. */
  timeoutMs?: number
  /** Limits how often its requests are repeated, when the caller repeats the command as well. */
  attempts?: Attempts
  /** Called with each state of the command that is not its last. */
  onUpdate?: (command: Command, sessionId: string) => void
  /** Every state is wanted soon, not only the last, because its progress is shown. */
  live?: boolean
  /** Called with its last state and its session's id, before another session can take that one's place. */
  onEnd?: (command: Command, sessionId: string) => void
  /** Called with each item of a list in its result as soon as it is there; what it returns takes the item's place. */
  item?: (value: unknown) => unknown
  /** For messages: `ls C:\x`. */
  what?: string
  /** A part of the request that is unique to it, so that no other caller's command can be taken for it. */
  mark?: string
  /** What is known of the state before this change, for a case (`--case`). */
  undo?: UndoRecord
  /** The session that the ids in the request belong to: the command is not issued in another one, and `SessionReplaced` is thrown. */
  sessionId?: string
}

/** What all views of a session share. */
interface Shared {
  channel: Channel
  lock: ReadWriteLock
  queue: CommandQueue
  /** Temporary files of this run that are on the endpoint, by path. */
  temporaries: Map<string, LedgerNote>
  codePages: Map<'oem' | 'ansi', Promise<number | undefined>>
  facts: { undeletedCopies: number; cannotFollowOutput?: boolean; variables?: Promise<ReadonlyMap<string, string>> | undefined }
}

/** Thrown in a dry run by work that can't go on without an answer; the plan is complete up to there. */
export class Planned extends Error {}

/**
 * A Live Response session with one endpoint. Commands are issued in order, and each is awaited and matched by its id. A command that
 * changes something runs alone; commands that only read may run side by side, so that they don't each wait for the round trip to the
 * endpoint. The object outlives the service's session: when that is lost, or its command budget is used up, the next command opens a new
 * one.
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
  /** Whose work uses this view: `job 1`; absent for the line that the user waits for. */
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

  /** Joins the device's session or starts one: see `openSession`. */
  static async open(options: SessionOptions, progress: Progress, signal: AbortSignal): Promise<RemoteSession> {
    const channel = await Channel.open(options, progress, signal)
    return new RemoteSession(
      options,
      {
        channel,
        lock: new ReadWriteLock(),
        queue: new CommandQueue(),
        temporaries: new Map(),
        codePages: new Map(),
        facts: { undeletedCopies: 0 },
      },
      progress,
    )
  }

  /** Temporary files of this run that are on the endpoint, by path. */
  get temporaries(): Map<string, LedgerNote> {
    return this.#shared.temporaries
  }

  /** The endpoint's code pages, cached by `remote/code-page.ts`. */
  get codePages(): Shared['codePages'] {
    return this.#shared.codePages
  }

  /** How many staged copies in the cloud could not be deleted. */
  get undeletedCopies(): number {
    return this.#shared.facts.undeletedCopies
  }

  set undeletedCopies(count: number) {
    this.#shared.facts.undeletedCopies = count
  }

  /** Whether the output of programs can't be read in this session before they have ended. */
  get cannotFollowOutput(): boolean {
    return this.#shared.facts.cannotFollowOutput === true
  }

  set cannotFollowOutput(keeps: boolean) {
    this.#shared.facts.cannotFollowOutput = keeps
  }

  /** The endpoint's environment variables, cached by `remote/environment.ts`. */
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

  /** The endpoint's name in messages. */
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

  /** Returns the same session for a dry run: commands that would change something go to `plan` instead. */
  planned(plan: (request: Record<string, unknown>) => void): RemoteSession {
    return new RemoteSession({ ...this.#options, plan }, { ...this.#shared, facts: { ...this.#shared.facts } }, this.#progress, this.#owner)
  }

  /**
   * Returns the same session for work that is recorded.
   * @param record `intent` comes before that of the session itself; `before` gets what is about to be sent; `issued` is called with each command that has ended
   */
  recorded(record: Required<Pick<SessionOptions, 'intent' | 'before' | 'issued'>>): RemoteSession {
    const { intent } = this.#options
    const both: typeof record.intent = async (...change) => {
      const over = await record.intent(...change)
      try {
        const overHere = await intent?.(...change)
        return failure => {
          over(failure)
          overHere?.(failure)
        }
      } catch (error) {
        // It is not sent.
        over(error)
        throw error
      }
    }
    return new RemoteSession({ ...this.#options, ...record, intent: both }, this.#shared, this.#progress, this.#owner)
  }

  /** Returns the same session for background work. @param owner its name, shown to those who have to wait for it: `job 1` */
  on(progress: Progress, owner: string | undefined): RemoteSession {
    return new RemoteSession(this.#options, this.#shared, progress, owner)
  }

  /** Tidies up: at once, or, where somebody waits for the result, when that is safe. */
  async tidy(work: () => Promise<void>): Promise<void> {
    const { later } = this.#options
    if (later === undefined) await work()
    else later(work)
  }

  /** Shows the user one line about something beside the work itself. */
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
   *   cancelled, on the server too if it was still PENDING; unknown_outcome: the session was lost while a change was under way
   */
  async issue(request: CommandRequest, options: IssueOptions): Promise<Command> {
    this.#require(request, options)
    // A dry run stages nothing in the cloud either.
    if (this.planning && (changesEndpoint(request.name) || request.name === 'get file')) {
      this.plan({ ...request })
      return { id: -1, name: request.name, status: 'COMPLETE' }
    }
    // Before its turn: what is saved is read with commands of their own.
    const { before } = this.#options
    const undo = before !== undefined && changesEndpoint(request.name) ? await before(request, options) : undefined
    const turn = this.#shared.queue.enter(describeCommand(request), this.#owner)
    const over = this.#progress.wait({
      kind: 'command',
      what: () => `${this.label}: ${describeCommand(request)}`,
      more: () => turn.behind,
      ending: () => turn.name,
    })
    return await this.#shared.lock
      .take(
        options.signal,
        async leave => {
          const issued = {
            ...options,
            ...(undo === undefined ? {} : { undo }),
            onUpdate: (command: Command, sessionId: string) => {
              turn.update(command)
              // A program may run for hours. Once the service has accepted it, the service decides about the order: many run the next
              // command beside it.
              if (request.name === 'create process') leave()
              options.onUpdate?.(command, sessionId)
            },
          }
          const judge = (error: unknown, lost: number) => this.#afterLoss(error, lost, { request, options, turn })
          return await retry(() => this.#run(request, issued), judge, { clock: this.clock, signal: options.signal })
        },
        !changesEndpoint(request.name),
      )
      .finally(() => {
        over()
        turn.leave()
      })
  }

  /**
   * Decides what follows the failure of a command: where its session was lost, it is issued again in another one, unless it may have
   * changed something.
   * @param lost how often it has failed
   */
  async #afterLoss(
    error: unknown,
    lost: number,
    { request, options, turn }: { request: CommandRequest; options: IssueOptions; turn: { giveUp(): void } },
  ): Promise<{ retryIn: number }> {
    // The caller who started a program deals with what became of it.
    if (error instanceof InDoubt && request.name !== 'create process') this.keepOpenForInspection(error)
    if (error instanceof InDoubt && error.isOpen) turn.giveUp()
    if (!(error instanceof SessionGone)) throw error
    // A command that was never accepted, or that changes nothing, is issued again in another session.
    if (error.taken && changesEndpoint(request.name)) {
      const why = 'the session was lost meanwhile; it may or may not have happened'
      const hint = `look before you do it again: \`${whereToLook(request, this.device.id)}\``
      throw this.#failure('unknown_outcome', request, options, why, hint)
    }
    if (lost === 2) throw this.#failure('network', request, options, 'the session was lost twice', 'try again')
    // A session that is still there, and only doesn't know the command, must not be replaced.
    if (!error.taken || !(await this.#channel.keepAlive(options.signal))) await this.#channel.reopen(error.sessionId, options.signal)
    return { retryIn: 0 }
  }

  /** Issues a command beside the one under way, without waiting for a turn: for ending that one. */
  async issueBeside(request: CommandRequest, options: IssueOptions): Promise<Command> {
    this.#require(request, options)
    return await this.#run(request, options, true)
  }

  /** Refreshes the idle timeout ("Get Session by ID"). @returns false when the session is gone */
  async keepAlive(signal: AbortSignal): Promise<boolean> {
    return await this.#channel.keepAlive(signal)
  }

  /** Milliseconds after which an idle session has to be kept alive. */
  get refreshInterval(): number {
    return this.#channel.refreshInterval
  }

  /**
   * After a request other than a command failed because its session is gone, opens another session.
   * @returns whether the work can go on in it
   */
  async recover(error: unknown, sessionId: string, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof CbcError) || error.facts.http_status !== 404 || signal.aborted) return false
    if (this.id !== sessionId) return true
    if (await this.#channel.keepAlive(signal).catch(() => true)) return false
    await this.#channel.reopen(sessionId, signal)
    return true
  }

  /**
   * Keeps the session from expiring, and from being replaced at once, during work that isn't a command, such as a transfer, until the
   * returned function is called.
   */
  stayAlive(): () => void {
    return this.#channel.stayAlive()
  }

  /**
   * Moves to a new session because a program that was given up blocks session `id`, which is closed only if nobody else works in it.
   * @returns whether there is a new one
   */
  async unblock(id: string, signal: AbortSignal): Promise<boolean> {
    return await this.#channel.unblock(id, signal)
  }

  /** Leaves the session open at the end if it holds a command whose outcome the user has to look up. */
  keepOpenForInspection({ isOpen, doubt: { sessionId } }: InDoubt): void {
    if (isOpen) this.#channel.keepOpenForInspection(sessionId)
  }

  /** Leaves the session open for others at the end. */
  detach(): void {
    this.#channel.detach()
  }

  /** Closes the session if it was started here. @param signal of the finished work: after its deadline there is less time for closing */
  async close(signal?: AbortSignal): Promise<void> {
    await this.#channel.close(signal)
  }

  async #run(request: CommandRequest, options: IssueOptions, beside = false): Promise<Command> {
    const over = changesEndpoint(request.name) ? await this.#options.intent?.(request.name, this.#channel.place, options.undo) : undefined
    try {
      const command = await this.#issue(request, options, beside)
      over?.()
      this.#options.issued?.(command)
      return command
    } catch (error) {
      over?.(error)
      if (error instanceof CommandError) this.#options.issued?.(error.command)
      throw error
    }
  }

  async #issue(request: CommandRequest, options: IssueOptions, beside: boolean): Promise<Command> {
    const { api, clock, device } = this
    return await runCommand(request, {
      timeoutMs: this.#options.timeoutMs,
      what: request.name,
      ...options,
      api,
      clock,
      channel: this.#channel,
      deviceId: device.id,
      beside,
    })
  }

  /** Makes sure that the endpoint lists the command, and that the request isn't longer than the service accepts. */
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
