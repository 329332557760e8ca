import { inspect } from 'node:util'

const REDACTED = '[secret]'

/** A text that must not be shown: it appears as `[secret]` however it is printed, logged or serialized. */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for the one place that sends it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
