import type { Command, CommandName, CommandRequest, LiveResponse, Session } from '../api/live-response.ts'
import type { UndoRecord } from '../core/case-record.ts'
import { STOPPED } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type LedgerNote } from '../core/ledger.ts'
import { SILENT, type Clock, type Progress, type Random } from '../core/ports.ts'
import { harmlessCommand } from './harmless-command.ts'
import { closeQuietly, openSession, type Opened, type Target } from './lifecycle.ts'
import { Occupancy } from './occupancy.ts'
import { indexOf, KnownCommands, type CommandPlace, type KnownBefore } from './known-commands.ts'
import { orAborted } from '../core/read-write-lock.ts'
import type { Takeover } from './takeover.ts'

export interface SessionOptions {
  api: LiveResponse
  device: Target
  clock: Clock
  random: Random
  /** Milliseconds that the endpoint has to establish a session. */
  establishTimeoutMs: number
  /** Milliseconds that one command may take, unless it says otherwise. */
  timeoutMs: number
  /** Leave a session open that was started here. */
  keep?: boolean
  /** Says why a device that doesn't answer may be absent. */
  absence?: (signal: AbortSignal) => Promise<string | undefined>
  /** The open sessions as somebody has listed them a short time ago; default: they are listed for this one. */
  sessions?: (signal: AbortSignal) => Promise<readonly Session[]>
  /**
   * Awaited before a command that changes the endpoint is sent; when it fails, nothing is sent.
   * @param name the command's
   * @param at where it is sent
   * @param undo what is known of the state before
   * @returns called when the command is over, with its failure where it failed
   */
  intent?: (name: CommandName, at: CommandPlace, undo?: UndoRecord) => Promise<(failure?: unknown) => void>
  /**
   * Saves the state before a command that changes the endpoint, so that it can be put back; when it fails, nothing is sent.
   * @returns what was saved; undefined where there is nothing to save
   */
  before?: (request: CommandRequest, work: { signal: AbortSignal }) => Promise<UndoRecord | undefined>
  /** Called with each command that has ended. */
  issued?: (command: Command) => void
  /** The work was begun by a process that is gone. */
  takeover?: Takeover
  /** Takes tidying up that is not urgent, to be done once the result is safe; default: it is done at once. */
  later?: (tidy: () => Promise<void>) => void
  /** Shows the user in one line what happened to the session beside the work: that it was lost or opened again. */
  notice?: (line: string) => void
  /** Where everything that is made here is noted until it is gone again. */
  ledger?: Ledger
  /** Dry run: receives the commands that would change something, which are not sent. */
  plan?: (request: Record<string, unknown>) => void
}

/** The documented budget of one session. */
const MAX_COMMANDS_PER_SESSION = 250

/** Milliseconds for what is still going on in a session whose budget is used up, a command or a transfer, before it is closed. */
const DRAIN_TIMEOUT_MS = 10_000

/** Idle timeout in seconds of a session that doesn't state its own. */
const DEFAULT_SESSION_TIMEOUT_S = 900
/** How many times a session is refreshed within its idle timeout, and the longest interval between two refreshes in milliseconds. */
const REFRESHES_PER_TIMEOUT = 4
const MAX_REFRESH_INTERVAL_MS = 4 * 60_000
/** Milliseconds after which a command is issued: a session without commands ends after 30 minutes, however often it is refreshed. */
const MAX_COMMAND_INTERVAL_MS = 20 * 60_000

/** The service's session that the work currently uses. When it is lost, or its command budget is used up, another one replaces it. */
export class Channel {
  readonly #options: SessionOptions
  #session: Session
  #started: boolean
  #noted: LedgerNote
  /** Whether the session stays open on purpose. */
  #detached = false
  /** The session with a command whose outcome the user has to look up. */
  #sessionInDoubt: string | undefined
  #closed = false
  /** How many commands were issued in this session, here and by others before. */
  #issuedCount: number
  /** What is known of them. */
  #known: KnownCommands
  /** When the last one was issued here, in monotonic milliseconds. */
  #lastIssuedAt: number
  readonly #occupancy = new Occupancy()
  /** The session that a program blocks which was given up, and which could not be closed while other work went on in it. */
  #blocked: string | undefined
  /** The replacement of the session under way, with the signal of the caller who began it. */
  #replacing: { done: Promise<void>; signal: AbortSignal } | undefined

  private constructor(options: SessionOptions, { session, started, noted }: Opened) {
    this.#options = options
    this.#session = session
    this.#started = started
    this.#noted = noted
    this.#issuedCount = indexOf(session)
    this.#known = new KnownCommands(session)
    this.#lastIssuedAt = options.clock.monotonic()
  }

  /** Joins the device's session or starts one: see `openSession`. */
  static async open(options: SessionOptions, progress: Progress, signal: AbortSignal): Promise<Channel> {
    const opened = await openSession({ ...options, progress, signal, timeoutMs: options.establishTimeoutMs })
    const channel = new Channel(options, opened)
    try {
      await options.takeover?.look(channel.id, options, signal)
      return channel
    } catch (error) {
      await channel.close(signal)
      throw error
    }
  }

  /** Where the next command would be sent. */
  get place(): CommandPlace {
    return { sessionId: this.id, next: this.#known.before.next }
  }

  /**
   * Returns the command that a process which is gone had issued for a request; undefined where there is none.
   * @throws InDoubt: it can't be known
   */
  async issuedBefore(request: CommandRequest, sessionId: string, signal: AbortSignal): Promise<Command | undefined> {
    const harmless = () => this.issueHarmless(request.name, signal)
    return await this.#options.takeover?.issuedBefore(request, { ...this.#options, sessionId, harmless, signal })
  }

  /** The session as the service last described it. */
  get info(): Session {
    return this.#session
  }

  get id(): string {
    return this.#session.id
  }

  /**
   * Makes room for one more command, in a new session if the budget of this one is used up, or a program that was given up blocks it.
   * @returns the session to issue it in, which is kept until `leave` is called, and what is known of it now
   */
  async enter(signal: AbortSignal): Promise<{ sessionId: string; before: KnownBefore; leave: () => void }> {
    if (this.#blocked === this.id) await this.unblock(this.id, signal)
    if (this.#issuedCount >= MAX_COMMANDS_PER_SESSION) await this.renew(this.id, signal)
    this.#countCommand()
    return { sessionId: this.id, before: this.#known.before, leave: this.#occupancy.use() }
  }

  /** Notes that the session has accepted a command. */
  noteAccepted(name: CommandName, id: number): void {
    this.#known.noteAccepted(name, id)
  }

  /**
   * Whether an answer to "Issue Command" can belong to the request just sent: an id that was given out before belongs to an earlier
   * command, unless the session was restarted under its id.
   */
  async isNewCommandId(id: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#known.has(id)) return true
    const session = await this.#options.api.getSession(this.id, { signal }).catch(() => undefined)
    if (session === undefined || !this.#known.wasRestarted(session, id)) return false
    this.#known = new KnownCommands(session)
    this.#issuedCount = indexOf(session)
    return true
  }

  /**
   * Issues a command that changes nothing, after everything that was issued before.
   * @returns its id
   * @throws CbcError refused: the endpoint supports no such command; any error of the service
   */
  async issueHarmless(beside: CommandName | undefined, signal: AbortSignal): Promise<number> {
    const { id } = this
    const request = harmlessCommand(this.#session, beside)
    if (request === undefined) throw new CbcError('refused', 'the endpoint has no command that changes nothing')
    this.#countCommand()
    const command = await this.#options.api.issueCommand(id, request, { signal })
    this.noteAccepted(request.name, command.id)
    return command.id
  }

  /** Counts a command that is about to be issued. */
  #countCommand(): void {
    this.#issuedCount += 1
    this.#lastIssuedAt = this.#options.clock.monotonic()
  }

  /** Whether nobody else is known to work in session `id`. */
  isAlone(id: string): boolean {
    return this.#started && this.id === id && !this.#hasOtherUsers(id)
  }

  /**
   * Whether a 403 means that the budget is used up ("Too Many Commands"): the session has had all its commands, or accepted a command of
   * this name before.
   */
  async isUsedUp(name: CommandName, signal: AbortSignal): Promise<boolean> {
    try {
      if (!(await this.keepAlive(signal))) return false
    } catch {
      signal.throwIfAborted()
      return false
    }
    return indexOf(this.#session) >= MAX_COMMANDS_PER_SESSION || this.#known.hasTaken(name)
  }

  /** Refreshes the idle timeout ("Get Session by ID"). @returns false when the session is gone */
  async keepAlive(signal: AbortSignal): Promise<boolean> {
    const { id } = this
    try {
      const session = await this.#options.api.getSession(id, { signal })
      if (session.status !== 'ACTIVE') return false
      // The session may have been replaced meanwhile.
      if (this.id === id) {
        this.#session = session
        this.#known.noteProgress(session)
      }
      return true
    } catch (error) {
      if (error instanceof CbcError && error.code === 'not_found') return false
      throw error
    }
  }

  /** Milliseconds after which the session has to be refreshed, well within its idle timeout. */
  get refreshInterval(): number {
    const seconds = Number(this.#session.session_timeout)
    return Math.min(MAX_REFRESH_INTERVAL_MS, ((seconds > 0 ? seconds : DEFAULT_SESSION_TIMEOUT_S) * 1000) / REFRESHES_PER_TIMEOUT)
  }

  /** Keeps the session from expiring, and from being replaced at once, during long work, until the returned function is called. */
  stayAlive(): () => void {
    const over = new AbortController()
    const leave = this.#occupancy.use()
    const refresh = async () => {
      for (;;) {
        await this.#options.clock.sleep(this.refreshInterval, over.signal)
        await this.#refresh(over.signal).catch(() => {})
      }
    }
    refresh().catch(() => {})
    return () => {
      over.abort(STOPPED)
      leave()
    }
  }

  /** Refreshes the idle timeout, by a command if one is due and the budget has one left. */
  async #refresh(signal: AbortSignal): Promise<void> {
    const isDue =
      this.#options.clock.monotonic() - this.#lastIssuedAt >= MAX_COMMAND_INTERVAL_MS && this.#issuedCount < MAX_COMMANDS_PER_SESSION
    if (
      !isDue ||
      !(await this.issueHarmless(undefined, signal).then(
        () => true,
        () => false,
      ))
    )
      await this.keepAlive(signal)
  }

  /**
   * Moves to a new session because the budget of session `id` is used up. Nobody can use that one any more, so it is closed even if
   * somebody else started it.
   */
  async renew(id: string, signal: AbortSignal): Promise<void> {
    await this.#replace(id, signal, async () => {
      // From now on nobody enters it.
      this.#issuedCount = MAX_COMMANDS_PER_SESSION
      await this.#waitUntilIdle(signal)
      if (await closeQuietly(id, this.#options, signal)) this.#noted.strike()
      await this.#open(`has used its ${MAX_COMMANDS_PER_SESSION} commands`, signal)
    })
  }

  /** Moves to another session because session `id` was lost. */
  async reopen(id: string, signal: AbortSignal): Promise<void> {
    await this.#replace(id, signal, async () => {
      const noted = this.#noted
      await this.#open('was lost', signal)
      noted.strike()
    })
  }

  /**
   * Moves to a new session, so that a request still on its way to session `id` finds it closed. It is closed only if nobody else is known
   * to work in it.
   * @returns whether it was closed
   */
  async closeAndReplace(id: string, signal: AbortSignal): Promise<boolean> {
    return await this.#closeAndMove(id, 'was closed, because the answer to a command was lost', () => this.#waitUntilIdle(signal), signal)
  }

  /**
   * Moves to a new session, as `closeAndReplace` does, because a program that was given up blocks session `id`. Not while other work is
   * going on there, which would be lost: then the first command after that work moves.
   */
  async unblock(id: string, signal: AbortSignal): Promise<boolean> {
    this.#blocked = id
    return (
      this.#occupancy.isEmpty &&
      (await this.#closeAndMove(id, 'was closed, because a program that was given up blocks it', async () => {}, signal))
    )
  }

  /** @param why what happened to the old session, for the notice @param ready waits for what is going on in it */
  async #closeAndMove(id: string, why: string, ready: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    let left = false
    if (!this.isAlone(id)) return left
    await this.#replace(id, signal, async () => {
      await ready()
      if (!(await closeQuietly(id, this.#options, signal)) || (await this.keepAlive(signal))) return
      this.#noted.strike()
      await this.#open(why, signal)
      left = this.id !== id
    })
    return left
  }

  #hasOtherUsers(id: string): boolean {
    const { ledger = NO_LEDGER } = this.#options
    return ledger.entries().filter(({ trace, used }) => used && trace.kind === 'session' && trace.session_id === id).length > 1
  }

  /** Replaces session `id`, once, however many callers ask for it. */
  async #replace(id: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (this.id === id) {
      signal.throwIfAborted()
      this.#replacing ??= {
        signal,
        done: work().finally(() => {
          this.#replacing = undefined
        }),
      }
      const { done, signal: whose } = this.#replacing
      try {
        return await orAborted(done, signal)
      } catch (error) {
        // When the caller who began it has given up, the next one starts over.
        if (whose === signal || !whose.aborted) throw error
      }
    }
  }

  /** @param why what happened to the old session, for the notice */
  async #open(why: string, signal: AbortSignal): Promise<void> {
    const old = this.id
    const { session, started, noted } = await openSession({
      ...this.#options,
      progress: SILENT,
      signal,
      timeoutMs: this.#options.establishTimeoutMs,
    })
    this.#session = session
    this.#started = started
    this.#noted = noted
    this.#issuedCount = indexOf(session)
    this.#known = new KnownCommands(session)
    this.#lastIssuedAt = this.#options.clock.monotonic()
    // Work that goes on after `close` has to close the new session again.
    this.#closed = false
    this.#options.notice?.(`session ${old} ${why}; continued in ${started ? 'a new one' : 'the open one'}, ${session.id}`)
  }

  async #waitUntilIdle(signal: AbortSignal): Promise<void> {
    await this.#occupancy.waitUntilEmpty(this.#options.clock, DRAIN_TIMEOUT_MS, signal)
  }

  /** Leaves the session open for others at the end. */
  detach(): void {
    this.#detached = true
  }

  /**
   * Leaves session `id` open at the end, and in the ledger: it holds a command whose outcome has to be looked up, which is impossible once
   * it is closed.
   */
  keepOpenForInspection(id: string): void {
    this.#sessionInDoubt = id
  }

  /**
   * Closes the session if it was started here and no other run of this program works in it: the last run to leave closes it. Each run notes
   * that it leaves before it looks who is left, so that of two runs that leave at the same moment one closes it.
   * @param signal of the finished work: after its deadline there is less time for closing
   */
  async close(signal?: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { keep, ledger = NO_LEDGER, device, notice } = this.#options
    if (keep || this.#detached) return this.#noted.strike()
    if (this.#started) this.#noted.release()
    else this.#noted.strike()
    const { id } = this
    const stay = () => notice?.(`session ${id} stays open so that you can look; \`cbc lr session close ${device.id}\` closes it`)
    if (this.#started && this.#sessionInDoubt === id) return stay()
    const noted = ledger.entries()
    // A run that is about to look for an open session will find this one and close it in the end.
    if (
      noted.some(({ trace, used }) => used && trace.kind === 'session' && trace.device_id === device.id && trace.session_id === undefined)
    )
      return
    const entries = noted.filter(({ trace }) => trace.kind === 'session' && trace.session_id === id)
    const inherited = entries.filter(({ trace, used }) => !used && trace.kind === 'session' && !trace.joined)
    if (entries.some(({ used }) => used) || (!this.#started && inherited.length === 0)) return
    if (this.#sessionInDoubt === id) return stay()
    if (!(await closeQuietly(id, this.#options, signal))) return
    if (this.#started) this.#noted.strike()
    for (const entry of inherited) entry.strike()
  }
}
