import type { CommandName, Session } from '../api/live-response.ts'

/** What was known of a session's commands before one more was issued in it. */
export interface KnownBefore {
  /** The known commands have smaller ids than this. */
  next: number
  /** The names of the commands that were issued here, by their ids. */
  names: ReadonlyMap<number, string>
}

/** Where a command is sent. */
export interface CommandPlace {
  sessionId: string
  /** The session's commands have smaller ids than this, as far as is known. */
  next: number
}

/** Keeps what this program knows of the commands that one session has accepted. */
export class KnownCommands {
  readonly #names = new Map<number, CommandName>()
  #next: number

  constructor(session: Session) {
    this.#next = indexOf(session)
  }

  /** Notes that the session has accepted a command. */
  noteAccepted(name: CommandName, id: number): void {
    this.#names.set(id, name)
    this.#next = Math.max(this.#next, id + 1)
  }

  /** Notes how far the session's command ids have come, including those of other callers. */
  noteProgress(session: Session): void {
    this.#next = Math.max(this.#next, indexOf(session))
  }

  /** Whether the service gave out this id here before. */
  has(id: number): boolean {
    return this.#names.has(id)
  }

  /** Whether the session accepted a command of this name here before. */
  hasTaken(name: CommandName): boolean {
    return [...this.#names.values()].includes(name)
  }

  /**
   * Whether the session must have been restarted under its id, with command ids from 0: it has accepted command `id`, and yet its index is
   * lower than before.
   */
  wasRestarted(session: Session, id: number): boolean {
    return indexOf(session) > id && indexOf(session) < this.#next
  }

  get before(): KnownBefore {
    return { next: this.#next, names: this.#names }
  }
}

/** How many commands the session has accepted from all callers, by its own account. */
export function indexOf({ current_command_index: index }: Session): number {
  return Number.isSafeInteger(Number(index)) ? Number(index) : 0
}
