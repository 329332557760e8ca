import { timer } from '../../core/abort.ts'
import type { SshEvent } from '../../core/host.ts'
import type { Clock } from '../../core/ports.ts'
import { shortened } from '../../core/text/shorten.ts'

/** In which time so many lines are written, milliseconds: a program that guesses passwords must not fill the terminal, or a log. */
const WINDOW_MS = 60_000
const MOST_LINES = 20
/** The longest name of a user that is repeated, characters. */
const MAX_USER = 60

/** Tells the person who runs the server which clients come, go, and are refused, and why. */
export class Visits {
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

  told(event: SshEvent): void {
    this.#stop ??= timer(this.#clock, WINDOW_MS, () => this.end())
    this.#lines += 1
    if (this.#lines <= MOST_LINES) this.#notice(inWords(event))
    else this.#untold[event.kind === 'refused' ? 'refused' : 'other'] += 1
  }

  /** Says how many were not told one by one. */
  end(): void {
    this.#stop?.()
    this.#stop = undefined
    const { refused, other } = this.#untold
    if (refused + other > 0) this.#notice(`within a minute, ${refused} more logins were refused, and ${other} more clients came or left`)
    this.#lines = 0
    this.#untold = { refused: 0, other: 0 }
  }
}

function inWords(event: SshEvent): string {
  const { from } = event
  switch (event.kind) {
    case 'entered':
      return `${from} has logged in by ${event.method}`
    case 'left':
      return `${from} has left`
    case 'refused': {
      const { as, why } = event
      return as === undefined
        ? `${from} was refused: ${why}`
        : `${from} was refused as ${JSON.stringify(shortened(as.user, MAX_USER))} by ${shortened(as.method, MAX_USER)}: ${why}`
    }
  }
}
