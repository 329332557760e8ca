import { HttpError, json, readBytes } from '../http.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Keys } from './keys.ts'
import type { Caller } from './permissions.ts'

const AUTH = '/csp/gateway/am/api/auth'

/**
 * The Cloud Services Platform: exchanges credentials for access tokens ("Authentication"). The real one has its own host; the lab serves
 * both at one address.
 */
export class CloudServicesPlatform {
  readonly #keys: Keys
  readonly #tokens: AccessTokens

  constructor(keys: Keys, tokens: AccessTokens) {
    this.#keys = keys
    this.#tokens = tokens
  }

  /** Whether a path belongs to the platform, not to the service. */
  static owns(path: string): boolean {
    return path.startsWith('/csp/')
  }

  /**
   * Answers a request to the platform.
   * @param path the path of the request
   * @throws HttpError 400: the form is invalid, or the API token is unknown; 401: the app is unknown; 404, 405
   */
  async answer(request: Request, path: string): Promise<Response> {
    const exchange = path === `${AUTH}/api-tokens/authorize` ? this.#authorize : path === `${AUTH}/token` ? this.#token : undefined
    if (exchange === undefined) throw new HttpError(404, `No resource at ${path}`)
    if (request.method !== 'POST') throw new HttpError(405, `${request.method} is not allowed here`, { allow: 'POST' })
    return json(200, await exchange.call(this, request), { 'cache-control': 'no-store' })
  }

  /** `POST …/api-tokens/authorize`: takes the form field `api_token`. */
  async #authorize(request: Request) {
    const form = await readForm(request)
    const apiToken = form.get('api_token') ?? form.get('refresh_token')
    if (apiToken === null) throw new HttpError(400, 'api_token is missing')
    const owner = this.#keys.byApiToken(apiToken)
    if (owner === undefined) throw new HttpError(400, 'invalid_grant: Invalid API token')
    return { ...(await this.#issue(owner)), refresh_token: apiToken }
  }

  /** `POST …/token`: takes `grant_type=client_credentials`, and the app's id and secret as HTTP Basic. */
  async #token(request: Request) {
    const form = await readForm(request)
    const grant = form.get('grant_type')
    if (grant !== 'client_credentials') throw new HttpError(400, `unsupported_grant_type: ${grant ?? 'none'}`)
    const [id, secret] = basicCredentials(request.headers.get('authorization'))
    const owner = this.#keys.byApp(id, secret)
    if (owner === undefined) throw invalidClient('The OAuth app is unknown, or its secret is wrong')
    return this.#issue(owner)
  }

  async #issue(owner: Caller) {
    return {
      access_token: await this.#tokens.issue(owner),
      token_type: 'bearer',
      expires_in: this.#tokens.lifetime,
      scope: [...owner.permissions].map(permission => permission.replace(' ', ':')).join(' '),
    }
  }
}

/** @throws HttpError 400: the body isn't a form */
async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? ''
  const form = /^application\/x-www-form-urlencoded\s*(;|$)/i
  if (!form.test(type)) throw new HttpError(400, 'Content-Type must be application/x-www-form-urlencoded')
  return new URLSearchParams((await readBytes(request)).toString())
}

/** @throws HttpError 401: no HTTP Basic credentials */
function basicCredentials(header: string | null): [string, string] {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header ?? '') ?? []
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) throw invalidClient('HTTP Basic credentials are missing')
  return [id, secret]
}

function invalidClient(why: string): HttpError {
  return new HttpError(401, `invalid_client: ${why}`, { 'www-authenticate': 'Basic' })
}
