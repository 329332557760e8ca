import type { Cloud } from '../cloud.ts'
import { HttpError } from '../http.ts'
import { AccessTokens } from './access-tokens.ts'
import { CloudServicesPlatform } from './csp.ts'
import { Keys, type Key } from './keys.ts'
import type { Caller } from './permissions.ts'

export interface AccessOptions {
  org: string
  keys: readonly Key[]
  /** Lifetime of an access token, seconds. */
  tokenLife: number
}

/** Decides who may call: knows the organization and its credentials. */
export class Access {
  readonly org: string
  readonly platform: CloudServicesPlatform
  readonly #keys: Keys
  readonly #tokens: AccessTokens

  /** @throws Error when a key has an unknown permission */
  constructor(cloud: Cloud, { org, keys, tokenLife }: AccessOptions) {
    this.org = org
    this.#keys = new Keys(keys)
    this.#tokens = new AccessTokens(cloud, this.#keys, tokenLife)
    this.platform = new CloudServicesPlatform(this.#keys, this.#tokens)
  }

  /**
   * "Authentication": identifies the caller by an API key in `X-Auth-Token` or an access token in `Authorization: Bearer`.
   * @throws HttpError 401: both are missing, or the given one is unknown or expired
   */
  async identify(request: Request): Promise<Caller> {
    const token = request.headers.get('x-auth-token')
    const [, bearer] = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const caller = token !== null ? this.#keys.byToken(token) : bearer === undefined ? undefined : await this.#tokens.owner(bearer)
    if (caller !== undefined) return caller
    if (token === null && bearer !== undefined) throw new HttpError(401, 'Not authorized: the access token is unknown or has expired')
    throw new HttpError(401, 'Not authorized: X-Auth-Token is missing or unknown')
  }
}
