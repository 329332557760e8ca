import type { Clock } from '../core/ports.ts'
import { SingleFlight } from '../core/single-flight.ts'
import type { Credentials } from './credentials.ts'

/** An access token from the issuer. */
export interface AccessToken {
  text: string
  /** Its lifetime from the time of the request, milliseconds. */
  life: number
}

/** A source of access tokens. */
export interface Issuer {
  /** @throws CbcError auth, network */
  issue(signal: AbortSignal): Promise<AccessToken>
  readonly hint: string
  /** Texts that must not be shown, besides the access tokens. */
  secrets(): string[]
}

interface Current {
  text: string
  /** When it is to be renewed, and when it expires, in milliseconds of the steady clock. */
  renewal: number
  end: number
}

/** Access tokens of the Cloud Services Platform, kept in memory: one at a time, renewed before it expires and when it is refused. */
export class AccessTokens implements Credentials {
  readonly what = 'the access token of the Cloud Services Platform'
  readonly roles = true
  readonly #issuer: Issuer
  readonly #clock: Clock
  readonly #renewal = new SingleFlight<Current>()
  readonly #given: string[] = []
  #current: Current | undefined

  constructor(issuer: Issuer, clock: Clock) {
    this.#issuer = issuer
    this.#clock = clock
  }

  get hint(): string {
    return this.#issuer.hint
  }

  async headers(signal?: AbortSignal): Promise<Record<string, string>> {
    return { authorization: `Bearer ${(await this.#valid(signal)).text}` }
  }

  /** Drops the token. Of several calls that were under way with it, only the first drops it; a newer one stays. */
  expired({ authorization }: Record<string, string>): boolean {
    if (authorization === `Bearer ${this.#current?.text}`) this.#current = undefined
    return true
  }

  secrets(): string[] {
    return [...this.#issuer.secrets(), ...this.#given]
  }

  async #valid(signal: AbortSignal | undefined): Promise<Current> {
    const now = this.#clock.monotonic()
    const current = this.#current
    if (current !== undefined && now < current.renewal) return current
    try {
      return await this.#renewal.join(stop => this.#renew(stop), signal)
    } catch (error) {
      // The old token is valid for a while yet, and the platform may be back by then.
      if (current !== undefined && current === this.#current && now < current.end && signal?.aborted !== true) return current
      throw error
    }
  }

  async #renew(signal: AbortSignal): Promise<Current> {
    const from = this.#clock.monotonic()
    const { text, life } = await this.#issuer.issue(signal)
    this.#given.push(text)
    return (this.#current = { text, renewal: from + life - Math.min(RENEW_BEFORE_END_MS, life / 4), end: from + life })
  }
}

/** How long before its end a token is renewed, milliseconds: longer than the service takes to check a request. */
const RENEW_BEFORE_END_MS = 60_000
