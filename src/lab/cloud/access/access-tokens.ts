import type { Clock, Random } from '../../../core/ports.ts'
import type { SharedDocument } from '../../store/shared-document.ts'
import type { Store } from '../../store/store.ts'
import type { Keys } from './keys.ts'
import type { Caller } from './permissions.ts'

interface IssuedToken {
  /** The caller's name. */
  owner: string
  /** Ms since 1970. */
  expires: number
}

/** The access tokens that the Cloud Services Platform has issued, shared with other processes on the same state. */
export class AccessTokens {
  /** Lifetime of a token, seconds. */
  readonly lifetime: number
  readonly #keys: Keys
  readonly #clock: Clock
  readonly #random: Random
  readonly #issued: SharedDocument<Record<string, IssuedToken>>

  constructor({ store, clock, random }: { store: Store; clock: Clock; random: Random }, keys: Keys, lifetime: number) {
    this.lifetime = lifetime
    this.#keys = keys
    this.#clock = clock
    this.#random = random
    this.#issued = store.document<Record<string, IssuedToken>>('access-tokens', () => ({}))
  }

  /** Issues an access token for `owner`, and forgets expired ones. */
  async issue(owner: Caller): Promise<string> {
    const now = this.#clock.now()
    const token = `${this.#random.uuid()}${this.#random.uuid()}`.replaceAll('-', '')
    await this.#issued.update(issued => {
      for (const [old, { expires }] of Object.entries(issued)) if (expires <= now) delete issued[old]
      issued[token] = { owner: owner.name, expires: now + this.lifetime * 1000 }
    })
    return token
  }

  /** Returns a token's owner; undefined when it was never issued, has expired, or its owner no longer exists. */
  async owner(token: string): Promise<Caller | undefined> {
    const now = this.#clock.now()
    const name = await this.#issued.read(issued => {
      const found = Object.hasOwn(issued, token) ? issued[token] : undefined
      return found !== undefined && found.expires > now ? found.owner : undefined
    })
    return name === undefined ? undefined : this.#keys.byName(name)
  }
}
