import { timer } from '../../core/abort.ts'
import type { SshEvent } from '../../core/host.ts'
import type { Clock } from '../../core/ports.ts'
import { shortened } from '../../core/text/shorten.ts'

/** At most MAX_LINES are written in WINDOW_MS (milliseconds): a program that guesses passwords must not fill the terminal, or a log. */
const WINDOW_MS = 60_000
const MAX_LINES = 20
/** The longest name of a user that is repeated, characters. */
const MAX_USER = 60

/** Tells the person who runs the server which clients log in, leave, or are refused, and why. */
export class ConnectionLog {
  readonly #clock: Clock
  readonly #notice: (line: string) => void
  #lines = 0
  #untold = { refused: 0, other: 0 }
  #stop: (() => void) | undefined

  /** @param notice shows one line, and makes it safe */
  constructor(clock: Clock, notice: (line: string) => void) {
    this.#clock = clock
    this.#notice = notice
  }

  add(event: SshEvent): void {
    this.#stop ??= timer(this.#clock, WINDOW_MS, () => this.end())
    this.#lines += 1
    if (this.#lines <= MAX_LINES) this.#notice(text(event))
    else this.#untold[event.kind === 'refused' ? 'refused' : 'other'] += 1
  }

  /** Says how many events had no line of their own. */
  end(): void {
    this.#stop?.()
    this.#stop = undefined
    const { refused, other } = this.#untold
    if (refused + other > 0) this.#notice(`not shown of the last minute: logins refused ${refused}, clients that came or left ${other}`)
    this.#lines = 0
    this.#untold = { refused: 0, other: 0 }
  }
}

function text(event: SshEvent): string {
  const { from } = event
  switch (event.kind) {
    case 'accepted':
      return `${from} has logged in by ${event.method}`
    case 'closed':
      return `${from} has left`
    case 'refused': {
      const { as, why } = event
      return as === undefined
        ? `${from} was refused: ${why}`
        : `${from} was refused as ${JSON.stringify(shortened(as.user, MAX_USER))} by ${shortened(as.method, MAX_USER)}: ${why}`
    }
  }
}
