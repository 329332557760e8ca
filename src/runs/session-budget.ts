import { Bell } from '../core/bell.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { SingleFlight } from '../core/single-flight.ts'

/** A session of the organization, as far as it matters here. */
interface Listed {
  device_id: number
  status: string
}

export interface BudgetOptions<S extends Listed> {
  /** Lists all sessions of the organization ("Get All Sessions"). */
  list: (signal: AbortSignal) => Promise<readonly S[]>
  clock: Clock
}

/** Sessions that an organization can have, and how many of them are always left to people. */
const MAX_SESSIONS = 100
const LEFT_TO_PEOPLE = 10

/** How old the list of sessions may be, milliseconds. */
const LIST_FRESH_MS = 5000
/** How often the sessions of others are looked at while they take all there are, milliseconds. */
const LOOK_AGAIN_MS = 5000
/** How long nothing is opened after a refusal, and how long it then takes to become as wide as before, milliseconds. */
const REST_MS = 2000
const RECOVERY_MS = 20_000
/** Refusals within this time are one: they answer requests that were sent together. */
const SAME_REFUSAL_MS = 1000

/**
 * Decides when a run may open another session. An organization has 100 of them: those of people and of other runs are counted, and 10 are
 * left free. A refusal narrows the run to half; time and successes widen it again.
 */
export class SessionBudget<S extends Listed> {
  readonly #options: BudgetOptions<S>
  /** Devices that this run has opened sessions with. */
  readonly #own = new Set<number>()
  #used = 0
  #listed: { at: number; sessions: readonly S[] } | undefined
  readonly #listing = new SingleFlight<readonly S[]>()
  #mayList = true
  #narrow: { width: number; from: number; since: number } | undefined
  readonly #closed = new Bell()

  constructor(options: BudgetOptions<S>) {
    this.#options = options
  }

  /** Sessions that this run has open now, or is opening. */
  get used(): number {
    return this.#used
  }

  /** Whether sessions of others, or refusals, keep the run narrower than it could be. */
  get isTight(): boolean {
    return this.#allowed() < MAX_SESSIONS - LEFT_TO_PEOPLE
  }

  /**
   * Waits until a session with the device may be opened.
   * @returns called when the session is closed
   * @throws the signal's reason
   */
  async enter(deviceId: number, signal: AbortSignal): Promise<() => void> {
    for (;;) {
      signal.throwIfAborted()
      if (this.#used >= this.#allowed() || this.#listed === undefined) await this.sessions(signal)
      if (this.#used < this.#allowed()) break
      await this.#closed.heard(this.#options.clock, this.#narrow === undefined ? LOOK_AGAIN_MS : REST_MS, signal)
    }
    this.#own.add(deviceId)
    this.#used += 1
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      this.#used -= 1
      this.#closed.ring()
    }
  }

  /** The service refused a session, or any request, because there are too many. */
  refused(): void {
    const now = this.#options.clock.monotonic()
    if (this.#narrow !== undefined && now - this.#narrow.since < SAME_REFUSAL_MS) return
    this.#narrow = { width: Math.max(1, Math.floor(this.#used / 2)), from: now + REST_MS, since: now }
    // What is listed doesn't explain the refusal.
    this.#listed = undefined
  }

  /** A device was finished without a refusal. */
  succeeded(): void {
    if (this.#narrow !== undefined) this.#narrow.width += 1
  }

  /** Returns the organization's sessions as of a few seconds ago; none where they can't be listed. @throws the signal's reason */
  async sessions(signal: AbortSignal): Promise<readonly S[]> {
    const { clock } = this.#options
    if (this.#listed !== undefined && clock.monotonic() - this.#listed.at < LIST_FRESH_MS) return this.#listed.sessions
    return await this.#listing.join(stop => this.#list(stop), signal)
  }

  async #list(signal: AbortSignal): Promise<readonly S[]> {
    const { list, clock } = this.#options
    let sessions = this.#listed?.sessions ?? []
    try {
      if (this.#mayList) sessions = await list(signal)
    } catch (error) {
      signal.throwIfAborted()
      // A key that may not list sessions can still start some. Any other failure passes.
      if (error instanceof CbcError && error.facts.http_status === 403) this.#mayList = false
    }
    this.#listed = { at: clock.monotonic(), sessions }
    return sessions
  }

  /** How many sessions this run may have now. */
  #allowed(): number {
    const others = (this.#listed?.sessions ?? []).filter(
      ({ device_id, status }) => !this.#own.has(device_id) && (status === 'ACTIVE' || status === 'PENDING'),
    ).length
    return Math.max(0, Math.min(MAX_SESSIONS - LEFT_TO_PEOPLE - others, this.#width()))
  }

  /** How wide refusals let the run be. */
  #width(): number {
    if (this.#narrow === undefined) return Infinity
    const { width, from } = this.#narrow
    const rested = this.#options.clock.monotonic() - from
    if (rested < 0) return 0
    if (rested >= RECOVERY_MS) {
      this.#narrow = undefined
      return Infinity
    }
    return width + ((MAX_SESSIONS - width) * rested) / RECOVERY_MS
  }
}
