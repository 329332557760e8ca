import ky, { isHTTPError, isTimeoutError, type KyInstance } from 'ky'
import { CbcError } from '../core/errors.ts'
import type { Clock, Transport, WireResponse } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'
import { answerError, SlowError, StatusError, type Call } from './http-errors.ts'

export type { Call } from './http-errors.ts'

/** A line for `-v`: one exchange. Never holds headers or bodies. */
export interface Exchange {
  method: string
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

/** A body that is streamed up: multipart/form-data with one part. */
export interface Upload {
  name: string
  /** Bytes. */
  size: number
  bytes: AsyncIterable<Uint8Array>
  /** Unguessable text that separates the parts. */
  boundary: string
}

/** Milliseconds that one JSON exchange may take, unless its call says otherwise. */
const PATIENCE = 60_000
const RETRIES = 3
/** A JSON answer of more than this is garbage or an attack, bytes. */
const LARGEST_ANSWER = 256 * 1024 * 1024

/** The one door to the service: JSON calls through ky, file bodies through the same transport, one set of rules for credentials, redirects, retries and errors. */
export class Http {
  readonly #options: HttpOptions
  readonly #ky: KyInstance

  constructor(options: HttpOptions) {
    this.#options = options
    this.#ky = ky.create({ fetch: request => this.#fetch(request as Request), redirect: 'manual', timeout: false, throwHttpErrors: true })
  }

  /**
   * One JSON exchange.
   * @returns the answer's body, or undefined where there is none (204)
   * @throws CbcError by status ("Response" of each call): auth 401/403, not_found 404, remote 400/409, network 5xx/429/no answer, unknown_outcome
   *   where a change may have happened though no answer came
   */
  async json<T>(call: Call): Promise<T | undefined> {
    const { url } = this.#options
    const target = new URL(url.pathname.replace(/\/$/, '') + call.path, url)
    for (const [name, value] of Object.entries(call.query ?? {})) target.searchParams.set(name, value)
    try {
      const response = await this.#ky(target, {
        method: call.method,
        ...(call.body === undefined ? {} : { json: call.body }),
        ...(call.signal ? { signal: call.signal } : {}),
        timeout: Math.min(call.patience ?? PATIENCE, 2 ** 31 - 1),
        retry: {
          limit: RETRIES,
          methods: ['get', 'post', 'delete', 'put'],
          maxRetryAfter: 60_000,
          jitter: true,
          backoffLimit: 5000,
          // What was refused for its rate was not carried out; beyond that only what changes nothing is sent again.
          shouldRetry: ({ error }) => (isHTTPError(error) && error.response.status === 429) || (call.effect === 'read' && retriable(error)),
        },
      })
      return parseJson<T>(await response.text(), response.status, call)
    } catch (error) {
      throw answerError(plain(error), call, url.host)
    }
  }

  /**
   * Opens the raw content behind `path` ("Get File Content"). A redirect to another origin is followed without the credentials; one from https to http is refused.
   * @returns the bytes as they come; `size` as the server announces it, to be checked, never trusted
   */
  async download(call: Call): Promise<{ bytes: AsyncIterable<Uint8Array>, size?: number }> {
    const origin = this.#options.url
    let target = new URL(origin.pathname.replace(/\/$/, '') + call.path, origin)
    for (let hops = 0; hops < 5; hops++) {
      const response = await this.#exchange('GET', target, target.origin === origin.origin ? this.#auth() : {}, undefined, call).catch((error: unknown) => { throw answerError(error, call, target.host) })
      const location = response.headers['location']
      if (response.status >= 300 && response.status < 400 && location !== undefined) {
        await drain(response)
        const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined
        if (next === undefined || !/^https?:$/.test(next.protocol)) throw new CbcError('network', `${call.what}: the service redirected to a place that is no URL`)
        if (target.protocol === 'https:' && next.protocol !== 'https:') throw new CbcError('network', `${call.what}: the service redirected from https to http, which is refused`)
        target = next
        continue
      }
      if (response.status !== 200) throw answerError(new StatusError(response.status, await readText(response)), call, target.host)
      const size = Number(response.headers['content-length'])
      return Number.isSafeInteger(size) && 'content-length' in response.headers ? { bytes: response.body, size } : { bytes: response.body }
    }
    throw new CbcError('network', `${call.what}: the service redirected in circles`)
  }

  /** Streams one file up as multipart/form-data, in flat memory ("Upload File to Carbon Black Cloud"). */
  async upload<T>(call: Call, file: Upload): Promise<T | undefined> {
    const { url } = this.#options
    const target = new URL(url.pathname.replace(/\/$/, '') + call.path, url)
    const quoted = file.name.replace(/[\r\n]/g, '_').replace(/["\\]/g, character => (character === '"' ? '%22' : '\\\\'))
    const head = Buffer.from(`--${file.boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\nContent-Type: application/octet-stream\r\n\r\n`)
    const tail = Buffer.from(`\r\n--${file.boundary}--\r\n`)
    const frame = async function* () {
      yield head
      yield* file.bytes
      yield tail
    }
    const headers = {
      ...this.#auth(),
      'content-type': `multipart/form-data; boundary=${file.boundary}`,
      'content-length': String(head.length + file.size + tail.length),
      accept: 'application/json',
    }
    try {
      const response = await this.#exchange('POST', target, headers, frame(), call)
      const text = await readText(response)
      if (response.status < 200 || response.status > 299) throw new StatusError(response.status, text)
      return parseJson<T>(text, response.status, call)
    } catch (error) {
      throw answerError(error, call, url.host)
    }
  }

  #auth(): Record<string, string> {
    return { 'x-auth-token': this.#options.token.reveal() }
  }

  /** ky's `fetch`, over the transport. */
  async #fetch(request: Request): Promise<Response> {
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    const headers: Record<string, string> = { ...Object.fromEntries(request.headers), ...this.#auth(), accept: 'application/json' }
    if (body !== undefined) headers['content-length'] = String(body.length)
    const { status, headers: answered, body: bytes } = await this.#exchange(request.method, new URL(request.url), headers, body, { signal: request.signal })
    const whole = await collect(bytes)
    return new Response(status === 204 || status === 304 || whole.length === 0 ? null : whole, { status, headers: answered })
  }

  async #exchange(method: string, url: URL, headers: Record<string, string>, body: Uint8Array | AsyncIterable<Uint8Array> | undefined, { signal }: { signal?: AbortSignal | undefined }): Promise<WireResponse> {
    const { transport, clock, onExchange } = this.#options
    const from = clock.now()
    const report = (outcome: string) => onExchange?.({ method, path: url.pathname + url.search, outcome, ms: clock.now() - from })
    try {
      const response = await transport({ method, url, headers, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) })
      report(String(response.status))
      return response
    } catch (error) {
      report(error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}

function retriable(error: Error): boolean {
  if (isHTTPError(error)) return [408, 429, 500, 502, 503, 504].includes(error.response.status)
  return error instanceof CbcError && error.code === 'network'
}

/** The JSON of an answer; anything else is a broken answer. */
function parseJson<T>(text: string, status: number, { what }: Call): T | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    const html = /^\s*</.test(text)
    throw new CbcError('network', `${what}: the service's answer is ${html ? 'a web page' : 'not JSON'}`, {
      http_status: status,
      hint: html ? 'a proxy or login page may be in between: check the URL of the profile' : 'try again',
      cause,
    })
  }
}

/** All bytes of a JSON answer. */
async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > LARGEST_ANSWER) throw new CbcError('network', 'the service\'s answer does not end')
    parts.push(part)
  }
  return Buffer.concat(parts, size) as Uint8Array<ArrayBuffer>
}

async function drain(response: WireResponse): Promise<void> {
  for await (const _ of response.body) break
}

async function readText(response: WireResponse): Promise<string> {
  return Buffer.from(await collect(response.body)).toString('utf8')
}

/** ky's errors as our own. */
function plain(error: unknown): unknown {
  if (isHTTPError(error)) return new StatusError(error.response.status, typeof error.data === 'string' ? error.data : JSON.stringify(error.data ?? ''))
  if (isTimeoutError(error)) return new SlowError()
  return error
}
