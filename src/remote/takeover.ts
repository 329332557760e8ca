import {
  changesEndpoint,
  mayChangeEndpoint,
  nameOf,
  type Command,
  type CommandRequest,
  type LiveResponse,
  type Session,
} from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { parseTime } from '../core/time.ts'
import type { CommandPlace } from './known-commands.ts'
import { inDoubt } from './in-doubt.ts'
import type { Target } from './lifecycle.ts'
import { fits } from './lost-command.ts'

/** Milliseconds in which the list has to show a command that was issued just now, and between two requests for it. */
const MAX_LIST_LAG_MS = 10_000
const LOOK_INTERVAL_MS = 250

/** What a session is looked at with. */
interface Look {
  api: LiveResponse
  device: Target
  clock: Clock
}

/**
 * Takes over work from a process that is gone, which may have sent changes. The work is done from its beginning again, but a command that the
 * process had issued is waited for instead of being issued again. Where its commands and those of the work differ, nothing is sent: the outcome
 * is unknown.
 */
export class Takeover {
  readonly #place: CommandPlace | undefined
  readonly #begun: number
  /** Changes of the process that the work has not come to yet. */
  #left: Command[] = []
  readonly #met = new Set<number>()
  /** The list is known to be complete. */
  #isWhole = false

  /**
   * @param place where the process noted that it was about to send its first change; undefined: it sent none
   * @param begun when it had begun, ISO 8601
   */
  constructor(place: CommandPlace | undefined, begun: string | undefined) {
    this.#place = place
    this.#begun = parseTime(begun) ?? Infinity
  }

  /** Whether an open session of the device is one that the process began, so that it is closed in the end. */
  began({ id, create_time: created }: Session): boolean {
    return id === this.#place?.sessionId || (parseTime(created) ?? -Infinity) >= this.#begun
  }

  /**
   * Looks at what the process has issued, before anything else is ("Get Commands List").
   * @throws InDoubt: its session is over, or its commands can't be listed
   */
  async look(sessionId: string, { api, device }: Look, signal: AbortSignal): Promise<void> {
    if (this.#place === undefined) return
    const doubt = { what: 'what was begun before', deviceId: device.id, sessionId: this.#place.sessionId }
    if (sessionId !== this.#place.sessionId)
      throw inDoubt('a change was begun by a worker that is gone, and its session is over: it may or may not have happened', doubt)
    try {
      await this.#read(api, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CbcError)) throw error
      throw inDoubt(`a change was begun by a worker that is gone, and its commands can't be listed: ${error.message}`, doubt, error.facts)
    }
  }

  /**
   * Returns the command that the process had issued for a request; undefined where it is certain that it had issued none.
   * @param look `harmless` issues a command that changes nothing, so that the list is known to be complete once it shows that one
   * @throws InDoubt: it had issued other changes than the work comes to
   */
  async issuedBefore(
    request: CommandRequest,
    look: Look & { sessionId: string; harmless: () => Promise<number>; signal: AbortSignal },
  ): Promise<Command | undefined> {
    const { api, device, sessionId, signal } = look
    if (this.#place === undefined || !changesEndpoint(request.name)) return undefined
    if (this.#left.length === 0 && !this.#isWhole) await this.#readWhole(look)
    const found = this.#left.find(command => fits(request, command))
    if (found === undefined && this.#left.length === 0) return undefined
    if (found === undefined || sessionId !== this.#place.sessionId)
      throw inDoubt(`${request.name}: a worker that is gone had begun something else: ${this.#left.map(nameOf).join(', ')}`, {
        what: request.name,
        deviceId: device.id,
        sessionId: this.#place.sessionId,
      })
    this.#met.add(found.id)
    this.#left = this.#left.filter(({ id }) => id !== found.id)
    return await api.getCommand(sessionId, found.id, { request, signal })
  }

  /** Reads the list until it shows a command that was issued just now: whatever was issued before is in it then. */
  async #readWhole({ api, device, clock, sessionId, harmless, signal }: Parameters<Takeover['issuedBefore']>[1]): Promise<void> {
    const last = await harmless()
    const until = clock.monotonic() + MAX_LIST_LAG_MS
    while (!(await this.#read(api, signal)).some(({ id }) => id === last)) {
      if (clock.monotonic() >= until)
        throw inDoubt('whether a change was begun by a worker that is gone is not known: the list of commands lags', {
          what: 'what was begun before',
          deviceId: device.id,
          sessionId,
        })
      await clock.sleep(LOOK_INTERVAL_MS, signal)
    }
    this.#isWhole = true
  }

  async #read(api: LiveResponse, signal: AbortSignal): Promise<Command[]> {
    const { sessionId, next } = this.#place as CommandPlace
    const listed = await api.listCommands(sessionId, { signal })
    this.#left = listed.filter(command => command.id >= next && !this.#met.has(command.id) && mayChangeEndpoint(nameOf(command)))
    return listed
  }
}
