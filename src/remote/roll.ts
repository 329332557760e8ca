import type { CommandName, Session } from '../api/live-response.ts'

/** What was known of a session before a command was issued in it. */
export interface Before {
  /** Commands that are known have smaller numbers than this. */
  next: number
  /** Names of the commands that were answered here, by their numbers. */
  names: ReadonlyMap<number, string>
}

/** What is known here of the commands that one session has taken. */
export class Roll {
  readonly #names = new Map<number, CommandName>()
  #next: number

  constructor(session: Session) {
    this.#next = indexOf(session)
  }

  /** Notes that the session has taken a command. */
  took(name: CommandName, id: number): void {
    this.#names.set(id, name)
    this.#next = Math.max(this.#next, id + 1)
  }

  /** Notes how far the session's numbers have come, with those of other callers. */
  reached(session: Session): void {
    this.#next = Math.max(this.#next, indexOf(session))
  }

  /** Whether a number was answered here before. */
  has(id: number): boolean {
    return this.#names.has(id)
  }

  /** Whether the session took such a command here before. */
  hasTaken(name: CommandName): boolean {
    return [...this.#names.values()].includes(name)
  }

  /**
   * Whether the session must have begun anew under its id, with numbers from 0: it has taken command `id`, and yet is not as far as it was.
   */
  isBefore(session: Session, id: number): boolean {
    return indexOf(session) > id && indexOf(session) < this.#next
  }

  get before(): Before {
    return { next: this.#next, names: this.#names }
  }
}

/** How many commands the session has taken, of whomever, as it says itself. */
export function indexOf({ current_command_index: index }: Session): number {
  return Number.isSafeInteger(Number(index)) ? Number(index) : 0
}
