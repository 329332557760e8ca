import type { Clock, Random } from '../../../core/ports.ts'
import type { SharedDocument } from '../../store/shared-document.ts'
import type { Store } from '../../store/store.ts'
import type { Keys } from './keys.ts'
import type { Caller } from './permissions.ts'

interface Issued {
  /** The name of its owner. */
  owner: string
  /** Ms since 1970. */
  expires: number
}

/** The access tokens that the Cloud Services Platform has issued; other processes at work on this lab know them too. */
export class AccessTokens {
  /** How long one lives, seconds. */
  readonly life: number
  readonly #keys: Keys
  readonly #clock: Clock
  readonly #random: Random
  readonly #issued: SharedDocument<Record<string, Issued>>

  constructor({ store, clock, random }: { store: Store; clock: Clock; random: Random }, keys: Keys, life: number) {
    this.life = life
    this.#keys = keys
    this.#clock = clock
    this.#random = random
    this.#issued = store.document<Record<string, Issued>>('access-tokens', () => ({}))
  }

  /** A new access token for `owner`. Those that have expired are forgotten. */
  async issue(owner: Caller): Promise<string> {
    const now = this.#clock.now()
    const token = `${this.#random.uuid()}${this.#random.uuid()}`.replaceAll('-', '')
    await this.#issued.update(issued => {
      for (const [old, { expires }] of Object.entries(issued)) if (expires <= now) delete issued[old]
      issued[token] = { owner: owner.name, expires: now + this.life * 1000 }
    })
    return token
  }

  /** Whose token it is; undefined when it was never issued, has expired, or its owner is known no more. */
  async owner(token: string): Promise<Caller | undefined> {
    const now = this.#clock.now()
    const name = await this.#issued.read(issued => {
      const found = Object.hasOwn(issued, token) ? issued[token] : undefined
      return found !== undefined && found.expires > now ? found.owner : undefined
    })
    return name === undefined ? undefined : this.#keys.byName(name)
  }
}
