import type { SshEvent } from '../core/host.ts'

/** How many of the keys that a client offered are named. */
const MAX_KEYS = 5

/** The login of one SSH client. Reports whether it is accepted, or refused and why, and when it has gone. */
export class SshLogin {
  readonly #from: string
  readonly #onEvent: (event: SshEvent) => void
  /** Keys that it offered in vain: an agent offers all that it holds, so they mean something only if none of them is the right one. */
  readonly #keys = new Set<string>()
  #offer = { user: '', why: '' }
  #state: 'new' | 'refused' | 'in' = 'new'

  /** @param from its address and port */
  constructor(from: string, onEvent: (event: SshEvent) => void) {
    this.#from = from
    this.#onEvent = onEvent
  }

  get isAccepted(): boolean {
    return this.#state === 'in'
  }

  /** @param why for the person who runs the server; the client learns nothing of it */
  refused(user: string, method: string, why: string): void {
    this.#state = 'refused'
    this.#onEvent({ kind: 'refused', from: this.#from, as: { user, method }, why })
  }

  /** It offered a key that does not let in. @param key its fingerprint */
  offered(user: string, key: string, why: string): void {
    this.#offer = { user, why }
    if (this.#keys.size < MAX_KEYS) this.#keys.add(key)
  }

  accepted(method: string): void {
    this.#state = 'in'
    this.#onEvent({ kind: 'accepted', from: this.#from, method })
  }

  /** Its connection has ended. */
  closed(): void {
    const from = this.#from
    const { user, why } = this.#offer
    if (this.isAccepted) this.#onEvent({ kind: 'closed', from })
    else if (this.#keys.size > 0) this.refused(user, 'publickey', `${why}: ${[...this.#keys].join(', ')}`)
    else if (this.#state === 'new') this.#onEvent({ kind: 'refused', from, why: 'it did not log in' })
  }
}
