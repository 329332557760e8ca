import ky, { isHTTPError, type RetryOptions } from 'ky'
import { withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock, Transport, WireResponse } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'
import { announcedSize, contentOf, discard, readJson, readText, redirection } from './answers.ts'
import { answerError, SlowError, StatusError, type Call } from './http-errors.ts'
import { multipartBody, type Upload } from './multipart.ts'

export type { Call } from './http-errors.ts'
export type { Upload } from './multipart.ts'

/** A line for `-v`: one exchange. Never holds headers or bodies. */
export interface Exchange {
  method: string
  /** With the query; on another origin with the origin and without the query, which may be a key to the storage there. */
  path: string
  /** HTTP status, or what went wrong. */
  outcome: string
  ms: number
}

export interface HttpOptions {
  /** Origin of the service, and a path in front of the API's where there is one. */
  url: URL
  /** API key, sent as X-Auth-Token: `<API secret key>/<API id>` ("Authentication"). */
  token: Secret
  transport: Transport
  clock: Clock
  onExchange?: (exchange: Exchange) => void
}

/** What goes out besides the call itself, and how its answer is taken. */
interface Outgoing<T> {
  target: URL
  headers: Record<string, string>
  /** Made anew for each attempt. */
  body?: () => Uint8Array | AsyncIterable<Uint8Array>
  /** Leave the credentials out. */
  anonymous?: boolean
  /** A redirect is an answer too. */
  redirects?: boolean
  /** Milliseconds for each attempt, with reading; absent: as long as bytes flow. */
  patience?: number
  /** Takes what is wanted of a good answer. */
  read: (response: WireResponse) => Promise<T>
}

/** Milliseconds that one JSON exchange may take, unless its call says otherwise. */
const PATIENCE = 60_000
/** More than the call's own patience, so that of the two the call's decides, milliseconds. */
const GRACE = 5000
/** Longest that a timer can be set for, milliseconds. */
const FOREVER = 2 ** 31 - 1
const HOPS = 5
const JSON_TYPE = 'application/json'

/** The one door to the service: JSON calls and file bodies over one transport, with one set of rules for credentials, redirects, retries and errors. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /**
   * One JSON exchange.
   * @returns the answer's body, or undefined where there is none (204)
   * @throws CbcError by status ("Response" of each call): auth 401/403, not_found 404, remote 400/409, network 5xx/429/no answer, unknown_outcome
   *   where a change may have happened though no answer came
   */
  async json<T>(call: Call): Promise<T | undefined> {
    const bytes = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body))
    return await this.#send(call, {
      target: this.#target(call),
      headers: { accept: JSON_TYPE, ...(bytes === undefined ? {} : { 'content-type': JSON_TYPE, 'content-length': String(bytes.length) }) },
      ...(bytes === undefined ? {} : { body: () => bytes }),
      patience: Math.min(call.patience ?? PATIENCE, FOREVER - GRACE),
      read: readJson<T>,
    })
  }

  /**
   * Opens the raw content behind `path` ("Get File Content"). A redirect to another origin is followed without the credentials, which stay away from then
   * on; one from https to http is refused.
   * @returns the bytes as they come; `size` as the server announces it, to be checked, never trusted
   */
  async download(call: Call): Promise<{ bytes: AsyncIterable<Uint8Array>, size?: number }> {
    let target = this.#target(call)
    let anonymous = false
    for (let hop = 0; hop < HOPS; hop++) {
      const response = await this.#send(call, { target, headers: { accept: '*/*' }, anonymous, redirects: true, read: async answer => answer })
      if (!isRedirect(response)) {
        const size = announcedSize(response)
        return { bytes: contentOf(response, call, target.host), ...(size === undefined ? {} : { size }) }
      }
      await discard(response)
      target = redirection(response, target, call)
      anonymous ||= target.origin !== this.#options.url.origin
    }
    throw new CbcError('network', `${call.what}: the service redirected in circles`)
  }

  /** Streams one file up as multipart/form-data, in flat memory ("Upload File to Carbon Black Cloud"). */
  async upload<T>(call: Call, file: Upload): Promise<T | undefined> {
    const { headers, body } = multipartBody(file)
    return await this.#send(call, { target: this.#target(call), headers: { accept: JSON_TYPE, ...headers }, body, read: readJson<T> })
  }

  #target({ path, query = {} }: Call): URL {
    const { url } = this.#options
    const target = new URL(url.pathname.replace(/\/$/, '') + path, url)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
    return target
  }

  /**
   * Sends a call, and again where that can do no harm.
   * @throws CbcError
   */
  async #send<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    let value: T | undefined
    let refusal = new StatusError(0, '')
    // ky decides when to send again; bodies go past it, so that they can be streams and the answer's end is within the attempt.
    const attempt = async () => {
      const response = await this.#attempt(call, outgoing, async answer => {
        if (isGood(answer) || (outgoing.redirects && isRedirect(answer))) value = await outgoing.read(answer)
        else refusal = new StatusError(answer.status, this.#redacted(await readText(answer)))
        return answer
      })
      if (isGood(response) || (outgoing.redirects && isRedirect(response))) return new Response()
      if (response.status < 400 || response.status > 599) throw refusal
      const after = response.headers['retry-after']
      return new Response(null, { status: response.status, ...(after === undefined ? {} : { headers: { 'retry-after': after } }) })
    }
    try {
      await ky(outgoing.target, { method: call.method, fetch: attempt, timeout: false, retry: retryOf(call), ...(call.signal ? { signal: call.signal } : {}) })
    } catch (error) {
      throw answerError(isHTTPError(error) ? refusal : error, call, outgoing.target.host)
    }
    return value as T
  }

  /** One exchange, with what `take` does of its answer. @throws SlowError: its time is over */
  async #attempt<T>(call: Call, outgoing: Outgoing<unknown>, take: (response: WireResponse) => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted()
    if (outgoing.patience === undefined) return await take(await this.#exchange(call, outgoing, call.signal))
    const deadline = withDeadline(this.#options.clock, outgoing.patience, 'no answer in time', call.signal)
    try {
      return await take(await this.#exchange(call, outgoing, deadline.signal))
    } catch (error) {
      throw deadline.signal.aborted && call.signal?.aborted !== true ? new SlowError() : error
    } finally {
      deadline.clear()
    }
  }

  async #exchange({ method }: Call, { target: url, headers, body, anonymous, patience }: Outgoing<unknown>, signal: AbortSignal | undefined): Promise<WireResponse> {
    const { transport, clock, onExchange, token, url: home } = this.#options
    const from = clock.now()
    const path = url.origin === home.origin ? url.pathname + url.search : url.origin + url.pathname
    const report = (outcome: string) => onExchange?.({ method, path, outcome, ms: clock.now() - from })
    try {
      const response = await transport({
        method, url,
        headers: anonymous ? headers : { ...headers, 'x-auth-token': token.reveal() },
        ...(body === undefined ? {} : { body: body() }),
        ...(signal === undefined ? {} : { signal }),
        ...(patience === undefined ? {} : { idleTimeout: patience + GRACE }),
      })
      report(String(response.status))
      return response
    } catch (error) {
      report(error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  /** A proxy may echo what it was sent. */
  #redacted(text: string): string {
    const { token } = this.#options
    return text.replaceAll(token.reveal(), String(token))
  }
}

/** What was refused for its rate was not carried out, and goes again after Retry-After; beyond that only what changes nothing does. */
function retryOf({ effect }: Call): RetryOptions {
  return {
    limit: 3, methods: ['get', 'post', 'put', 'delete'], maxRetryAfter: 60_000, backoffLimit: 5000, jitter: true,
    shouldRetry({ error }) {
      // undefined leaves it to ky, which knows the statuses that pass and heeds Retry-After; true would overrule both.
      if (isHTTPError(error)) return effect === 'read' || error.response.status === 429 ? undefined : false
      return effect === 'read' && error instanceof CbcError && error.code === 'network'
    },
  }
}

function isGood({ status }: WireResponse): boolean {
  return status >= 200 && status < 300
}

function isRedirect({ status, headers }: WireResponse): boolean {
  return status >= 300 && status < 400 && 'location' in headers
}
