import type { Authentication } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { trimEnd } from '../core/text/trim.ts'
import type { AccessToken, Issuer } from './access-tokens.ts'
import { NoCredentials, type Credentials } from './credentials.ts'
import { Http, type HttpOptions } from './http.ts'
import type { Call } from './call.ts'

const AUTH = '/csp/gateway/am/api/auth'
/** The lifetime of a token where the answer does not give one, milliseconds ("Tokens live some 30 minutes"). */
const DEFAULT_TOKEN_LIFETIME_MS = 30 * 60_000
/** The time limit of one exchange, milliseconds. */
const EXCHANGE_TIMEOUT_MS = 20_000

type Exchanged = Exclude<Authentication, { kind: 'api-key' }>
type HttpBase = Pick<HttpOptions, 'transport' | 'clock' | 'random' | 'userAgent' | 'onExchange'>

/** One way to request access tokens. */
interface Request {
  path: string
  form: Record<string, string>
  credentials: Credentials
  /** What the platform may refuse, in words, and what to do then. */
  proof: string
  hint: string
}

/** Makes the Cloud Services Platform an issuer of access tokens ("Authentication"). */
export function cspIssuer(auth: Exchanged, base: HttpBase): Issuer {
  const request = auth.kind === 'csp-api-token' ? byApiToken(auth.token) : byApp(auth.id, auth.secret)
  const http = new Http({ ...base, url: auth.csp, credentials: request.credentials })
  return {
    hint: 'check the organization of the profile, and the roles of its API token or OAuth app',
    secrets: () => request.credentials.secrets(),
    async issue(signal) {
      const call: Call = {
        method: 'POST',
        path: AUTH + request.path,
        effect: 'read',
        what: 'get access token',
        timeoutMs: EXCHANGE_TIMEOUT_MS,
        signal,
      }
      try {
        return accessToken(await http.form(call, request.form))
      } catch (error) {
        throw platformError(error, auth.csp.host, request)
      }
    },
  }
}

/** `POST …/api-tokens/authorize`, the token in a form field. */
function byApiToken(token: Secret): Request {
  return {
    path: '/api-tokens/authorize',
    form: { api_token: token.reveal() },
    credentials: { what: 'the API token', hint: '', headers: async () => ({}), secrets: () => [token.reveal()] },
    proof: 'the API token',
    hint: 'check csp_api_token of the profile: API tokens expire, and a new one is made in the console of the Cloud Services Platform',
  }
}

/** `POST …/token`, the app's id and secret by HTTP Basic. */
function byApp(id: string, secret: Secret): Request {
  const basic = () => Buffer.from(`${id}:${secret.reveal()}`).toString('base64')
  return {
    path: '/token',
    form: { grant_type: 'client_credentials' },
    credentials: {
      what: 'the OAuth app',
      hint: '',
      headers: async () => ({ authorization: `Basic ${basic()}` }),
      secrets: () => [secret.reveal(), trimEnd(basic(), '=')],
    },
    proof: "the OAuth app's id and secret",
    hint: 'check csp_oauth_app_id and csp_oauth_app_secret of the profile',
  }
}

/** Reads the answer `{"access_token", "expires_in"}`, the latter in seconds. */
function accessToken(answer: unknown): AccessToken {
  const { access_token: text, expires_in: seconds } = (answer ?? {}) as { access_token?: unknown; expires_in?: unknown }
  if (typeof text !== 'string' || !/^[!-~]+$/.test(text))
    throw new CbcError('network', 'get access token: the answer of the Cloud Services Platform has none')
  const life = Number(seconds ?? NaN) * 1000
  return { text, life: life > 0 && Number.isFinite(life) ? life : DEFAULT_TOKEN_LIFETIME_MS }
}

function platformError(error: unknown, host: string, { proof, hint }: Request): unknown {
  if (!(error instanceof CbcError)) return error
  const platform = `the Cloud Services Platform at ${host}`
  const refusals: Record<number, [string, string]> = {
    400: [`${platform} does not accept ${proof}`, hint],
    401: [`${platform} does not accept ${proof}`, hint],
    403: [`${platform} refuses access to ${proof}`, hint],
    404: [`there is no Cloud Services Platform at ${host}`, 'check csp_url_override of the profile'],
  }
  const [why, what] = refusals[error.facts.http_status ?? 0] ?? []
  if (why === undefined || what === undefined) return new NoCredentials(error.code, error.message, error.facts)
  return new NoCredentials('auth', `get access token: ${why}`, { ...error.facts, hint: what })
}
