import type { CommandName, LiveResponse, Session } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type Noted } from '../core/ledger.ts'
import { SILENT, type Clock, type Progress, type Random } from '../core/ports.ts'
import { harmlessCommand } from './harmless.ts'
import { closeQuietly, openSession, type Opened, type Target } from './lifecycle.ts'
import { Occupancy } from './occupancy.ts'
import { indexOf, Roll, type Before } from './roll.ts'
import { orAborted } from '../core/read-write-lock.ts'

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
  /** Says of a device that lets wait for itself why that may be. */
  absence?: (signal: AbortSignal) => Promise<string | undefined>
  /** Told in one line what happened to the session beside the work: lost, opened anew. */
  notice?: (line: string) => void
  /** Where what is made here is noted until it is gone again. */
  ledger?: Ledger
  /** Dry run: commands that would change something are handed over instead of sent. */
  plan?: (request: Record<string, unknown>) => void
}

/** The documented budget of one session. */
const MAX_COMMANDS_PER_SESSION = 250

/** Milliseconds that a session whose budget is used up is left to what still goes on in it: a command, the bytes of a file. */
const DRAIN_TIMEOUT_MS = 10_000

/** Idle time of a session that doesn't say it, seconds. */
const DEFAULT_SESSION_TIMEOUT_S = 900
/** A session is refreshed so many times within its idle time, and at least so often, milliseconds. */
const REFRESHES_PER_TIMEOUT = 4
const MAX_REFRESH_INTERVAL_MS = 4 * 60_000
/**
 * A session in which no command is issued ends after 30 minutes, however often it is refreshed: one is issued after so many milliseconds.
 */
const MAX_COMMAND_INTERVAL_MS = 20 * 60_000

/** The service's session that the work goes through now. When it is lost or its command budget is used up, another one takes its place. */
export class Channel {
  readonly #options: SessionOptions
  #session: Session
  #started: boolean
  #noted: Noted
  /** It stays open on purpose. */
  #kept = false
  /** The session with a command whose outcome somebody has to look for. */
  #doubtful: string | undefined
  #closed = false
  /** Commands issued in this session, by others before and here. */
  #issued: number
  /** What is known of them. */
  #roll: Roll
  /** When the last one was issued here, in steady time. */
  #issuedAt: number
  readonly #occupancy = new Occupancy()
  /** Another session is being opened, for the first of those who need it. */
  #replacing: { done: Promise<void>; signal: AbortSignal } | undefined

  private constructor(options: SessionOptions, { session, started, noted }: Opened) {
    this.#options = options
    this.#session = session
    this.#started = started
    this.#noted = noted
    this.#issued = indexOf(session)
    this.#roll = new Roll(session)
    this.#issuedAt = options.clock.monotonic()
  }

  /** Joins or starts: see `openSession`. */
  static async open(options: SessionOptions, progress: Progress, signal: AbortSignal): Promise<Channel> {
    return new Channel(options, await openSession({ ...options, progress, signal, patience: options.establish }))
  }

  /** The session as the service last described it. */
  get info(): Session {
    return this.#session
  }

  get id(): string {
    return this.#session.id
  }

  /**
   * Makes room for one more command, in a new session where this one's budget is at its end.
   * @returns the session to issue it in, which stays until `leave` is called, and what is known of it now
   */
  async enter(signal: AbortSignal): Promise<{ sessionId: string; before: Before; leave: () => void }> {
    if (this.#issued >= MAX_COMMANDS_PER_SESSION) await this.renew(this.id, signal)
    this.#counts()
    return { sessionId: this.id, before: this.#roll.before, leave: this.#occupancy.use() }
  }

  /** Notes that the session has taken a command. */
  took(name: CommandName, id: number): void {
    this.#roll.took(name, id)
  }

  /**
   * Whether an answer to "Issue Command" can be to what was sent: a number that was answered before is of an earlier command, unless the
   * session has begun anew
   * under its id.
   */
  async isNew(id: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#roll.has(id)) return true
    const session = await this.#options.api.getSession(this.id, { signal }).catch(() => undefined)
    if (session === undefined || !this.#roll.isBefore(session, id)) return false
    this.#roll = new Roll(session)
    this.#issued = indexOf(session)
    return true
  }

  /**
   * Issues a command that changes nothing, after all that was issued before.
   * @returns its number
   * @throws CbcError the endpoint has none; whatever the service says
   */
  async issueHarmless(beside: CommandName | undefined, signal: AbortSignal): Promise<number> {
    const { id } = this
    const request = harmlessCommand(this.#session, beside)
    if (request === undefined) throw new CbcError('refused', 'the endpoint has no command that changes nothing')
    this.#counts()
    const command = await this.#options.api.issueCommand(id, request, { signal })
    this.took(request.name, command.id)
    return command.id
  }

  /** One more command is about to be issued. */
  #counts(): void {
    this.#issued += 1
    this.#issuedAt = this.#options.clock.monotonic()
  }

  /** Whether nobody else is known to work in session `id`. */
  isAlone(id: string): boolean {
    return this.#started && this.id === id && !this.#othersIn(id)
  }

  /**
   * Whether the used-up budget is the reason of a 403 ("Too Many Commands"): the session is at its end, or took this very command before.
   */
  async isUsedUp(name: CommandName, signal: AbortSignal): Promise<boolean> {
    try {
      if (!(await this.keepAlive(signal))) return false
    } catch {
      signal.throwIfAborted()
      return false
    }
    return indexOf(this.#session) >= MAX_COMMANDS_PER_SESSION || this.#roll.hasTaken(name)
  }

  /** Refreshes the idle timeout ("Get Session by ID"). @returns false when the session is gone */
  async keepAlive(signal: AbortSignal): Promise<boolean> {
    const { id } = this
    try {
      const session = await this.#options.api.getSession(id, { signal })
      if (session.status !== 'ACTIVE') return false
      // Another one may have taken its place meanwhile.
      if (this.id === id) {
        this.#session = session
        this.#roll.reached(session)
      }
      return true
    } catch (error) {
      if (error instanceof CbcError && error.code === 'not_found') return false
      throw error
    }
  }

  /** Milliseconds after which the session is to be refreshed, well within its idle time. */
  get pace(): number {
    const seconds = Number(this.#session.session_timeout)
    return Math.min(MAX_REFRESH_INTERVAL_MS, ((seconds > 0 ? seconds : DEFAULT_SESSION_TIMEOUT_S) * 1000) / REFRESHES_PER_TIMEOUT)
  }

  /**
   * Keeps the session from expiring, and from being replaced in a hurry, during work that takes long, until the function returned is
   * called.
   */
  stayAlive(): () => void {
    const over = new AbortController()
    const leave = this.#occupancy.use()
    const refresh = async () => {
      for (;;) {
        await this.#options.clock.sleep(this.pace, over.signal)
        await this.#refresh(over.signal).catch(() => {})
      }
    }
    refresh().catch(() => {})
    return () => {
      over.abort()
      leave()
    }
  }

  /** Refreshes the idle timeout; by a command where it is time for one, and there is one left. */
  async #refresh(signal: AbortSignal): Promise<void> {
    const isDue = this.#options.clock.monotonic() - this.#issuedAt >= MAX_COMMAND_INTERVAL_MS && this.#issued < MAX_COMMANDS_PER_SESSION
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
   * Goes on in a new session, because the budget of session `id` is used up. That is of no use to anybody any more, so it is closed whoever
   * started it.
   */
  async renew(id: string, signal: AbortSignal): Promise<void> {
    await this.#replace(id, signal, async () => {
      // Nobody enters it any more.
      this.#issued = MAX_COMMANDS_PER_SESSION
      await this.#drained(signal)
      if (await closeQuietly(id, this.#options, signal)) this.#noted.strike()
      await this.#open(`has used its ${MAX_COMMANDS_PER_SESSION} commands`, signal)
    })
  }

  /** Goes on in another session, because session `id` was lost. */
  async reopen(id: string, signal: AbortSignal): Promise<void> {
    await this.#replace(id, signal, async () => {
      const noted = this.#noted
      await this.#open('was lost', signal)
      noted.strike()
    })
  }

  /**
   * Goes on in a new session, so that what is still on its way to session `id` finds that closed. Only a session that nobody else is known
   * to work in is closed.
   * @returns whether it is
   */
  async bar(id: string, signal: AbortSignal): Promise<boolean> {
    return await this.#leaveFor(id, 'was closed, because the answer to a command was lost', () => this.#drained(signal), signal)
  }

  /**
   * Goes on in a new session, because a program that was given up blocks session `id`, as `bar` does. What else goes on in that one would
   * be lost with it.
   */
  async unblock(id: string, signal: AbortSignal): Promise<boolean> {
    return (
      this.#occupancy.isEmpty &&
      (await this.#leaveFor(id, 'was closed, because a program that was given up blocks it', async () => {}, signal))
    )
  }

  /** @param why what happened to the session before @param ready waits for what goes on in it */
  async #leaveFor(id: string, why: string, ready: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
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

  #othersIn(id: string): boolean {
    const { ledger = NO_LEDGER } = this.#options
    return ledger.entries().filter(({ trace, used }) => used && trace.kind === 'session' && trace.session_id === id).length > 1
  }

  /** Puts another session in the place of session `id`, once, however many ask for it. */
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
        // Where it was given up by who began it, the next one begins anew.
        if (whose === signal || !whose.aborted) throw error
      }
    }
  }

  /** @param why what happened to the session before */
  async #open(why: string, signal: AbortSignal): Promise<void> {
    const old = this.id
    const { session, started, noted } = await openSession({ ...this.#options, progress: SILENT, signal, patience: this.#options.establish })
    this.#session = session
    this.#started = started
    this.#noted = noted
    this.#issued = indexOf(session)
    this.#roll = new Roll(session)
    this.#issuedAt = this.#options.clock.monotonic()
    // Whoever goes on after the end has to end it again.
    this.#closed = false
    this.#options.notice?.(`session ${old} ${why}; went on in ${started ? 'a new one' : 'the open one'}, ${session.id}`)
  }

  async #drained(signal: AbortSignal): Promise<void> {
    await this.#occupancy.drained(this.#options.clock, DRAIN_TIMEOUT_MS, signal)
  }

  /** Leaves the session open for others when this one closes. */
  detach(): void {
    this.#kept = true
  }

  /**
   * Leaves session `id` open when this closes, and in the ledger: it has a command whose outcome has to be looked for, which nobody can do
   * once it is closed.
   */
  leaveToLook(id: string): void {
    this.#doubtful = id
  }

  /**
   * Closes the session if it was started here, and no other run of this program works in it: whichever leaves it last closes it. Those say
   * that they leave
   * before they look who is left, so that of two that leave at the same moment one closes it.
   * @param signal of the work that is over: after its deadline there is less time for it
   */
  async close(signal?: AbortSignal): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { keep, ledger = NO_LEDGER, device, notice } = this.#options
    if (keep || this.#kept) return this.#noted.strike()
    if (this.#started) this.#noted.leave()
    else this.#noted.strike()
    const { id } = this
    if (this.#started && this.#doubtful === id)
      return notice?.(`session ${id} stays open, so that you can look; \`cbc lr session close ${device.id}\` closes it`)
    const noted = ledger.entries()
    // A run that is about to look for an open session will find this one, and closes it in the end.
    if (
      noted.some(({ trace, used }) => used && trace.kind === 'session' && trace.device_id === device.id && trace.session_id === undefined)
    )
      return
    const entries = noted.filter(({ trace }) => trace.kind === 'session' && trace.session_id === id)
    const inherited = entries.filter(({ trace, used }) => !used && trace.kind === 'session' && !trace.joined)
    if (entries.some(({ used }) => used) || (!this.#started && inherited.length === 0)) return
    if (!(await closeQuietly(id, this.#options, signal))) return
    if (this.#started) this.#noted.strike()
    for (const entry of inherited) entry.strike()
  }
}
