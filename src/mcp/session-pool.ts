import { linked, timer, type Linked } from '../core/abort.ts'
import { CbcError, interrupted } from '../core/errors.ts'
import type { Clock, Progress } from '../core/ports.ts'
import { orAborted } from '../core/read-write-lock.ts'
import type { RemoteSession, Target } from '../engine/remote-job.ts'

/** How long a session stays open after a call, for the next one, milliseconds. */
const IDLE_MS = 20_000
/** On how many devices sessions may be open at a time: the organization's other people need theirs. */
const MAX_SESSIONS = 20

interface Entry {
  readonly device: Target
  readonly session: Promise<RemoteSession>
  readonly opening: Linked
  users: number
  /** Ends the wait after which it is closed. */
  stay: () => void
}

/** One session a device, shared by calls, and kept for some seconds between them. */
export class SessionPool {
  readonly #open: (device: Target, progress: Progress, signal: AbortSignal) => Promise<RemoteSession>
  readonly #clock: Clock
  readonly #interrupt: AbortSignal
  readonly #entries = new Map<number, Entry>()
  readonly #closing = new Map<number, Promise<void>>()

  /** @param open opens a session @param interrupt ends the program */
  constructor(
    open: (device: Target, progress: Progress, signal: AbortSignal) => Promise<RemoteSession>,
    clock: Clock,
    interrupt: AbortSignal,
  ) {
    this.#open = open
    this.#clock = clock
    this.#interrupt = interrupt
  }

  /**
   * Works in the device's session, which is opened if there is none.
   * @param signal of the call: where it is aborted and nobody else works there, the session is closed at once
   * @throws CbcError refused: too many are open; whatever opening and the work throw
   */
  async use<T>(device: Target, progress: Progress, signal: AbortSignal, work: (session: RemoteSession) => Promise<T>): Promise<T> {
    const entry = await this.#enter(device, progress, signal)
    try {
      const session = await orAborted(entry.session, signal)
      return await work(session.on(progress, undefined))
    } finally {
      entry.users -= 1
      if (entry.users === 0) await this.#leave(entry, signal)
    }
  }

  /** Closes all sessions. */
  async close(): Promise<void> {
    for (const entry of [...this.#entries.values()]) this.#end(entry)
    await Promise.all(this.#closing.values())
  }

  async #enter(device: Target, progress: Progress, signal: AbortSignal): Promise<Entry> {
    // A session that is being closed would end under the next call.
    for (let closing; (closing = this.#closing.get(device.id)) !== undefined;) await orAborted(closing, signal)
    const entry = this.#entries.get(device.id) ?? this.#begin(device, progress)
    entry.users += 1
    entry.stay()
    return entry
  }

  #begin(device: Target, progress: Progress): Entry {
    if (this.#entries.size >= MAX_SESSIONS) this.#makeRoom()
    const opening = linked(this.#interrupt)
    const session = this.#open(device, progress, opening.signal)
    const entry: Entry = { device, session, opening, users: 0, stay: () => {} }
    this.#entries.set(device.id, entry)
    session.catch(() => {
      if (this.#entries.get(device.id) === entry) this.#entries.delete(device.id)
    })
    return entry
  }

  /** @throws CbcError refused: all sessions are in use */
  #makeRoom(): void {
    const idle = [...this.#entries.values()].find(({ users }) => users === 0)
    if (idle === undefined)
      throw new CbcError('refused', `sessions are in use on ${MAX_SESSIONS} devices, which is the most at a time`, {
        hint: 'wait until calls on other devices have ended',
      })
    this.#end(idle)
  }

  /** After the last call: a session that is whole waits for the next one. */
  async #leave(entry: Entry, { aborted }: AbortSignal): Promise<void> {
    if (this.#entries.get(entry.device.id) !== entry) return
    if (aborted || this.#interrupt.aborted) {
      this.#end(entry)
      await this.#closing.get(entry.device.id)
    } else entry.stay = timer(this.#clock, IDLE_MS, () => this.#end(entry))
  }

  #end(entry: Entry): void {
    const { device, session, opening } = entry
    if (this.#entries.get(device.id) !== entry) return
    this.#entries.delete(device.id)
    entry.stay()
    opening.abort(interrupted())
    const closed = session
      .then(open => open.close(this.#interrupt))
      .catch(() => {})
      .finally(() => {
        opening.clear()
        this.#closing.delete(device.id)
      })
    this.#closing.set(device.id, closed)
  }
}
