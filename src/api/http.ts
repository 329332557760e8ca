import ky from 'ky'
import { linked, timer, type Linked } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock, Random, Transport, WireResponse } from '../core/ports.ts'
import { announcedSize, contentOf, discard, readJson, readText, redirection } from './response-body.ts'
import { redacted, type Credentials } from './credentials.ts'
import { answerError, SlowError, StatusError, type Call } from './http-errors.ts'
import { multipartBody, type Upload } from './multipart.ts'
import { ATTEMPTS, isUntouched, mayGoAgain, restAfter, retryAfter } from './retry.ts'

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
  /** Go to the origin of `url` and nowhere else. */
  credentials: Credentials
  transport: Transport
  clock: Clock
  /** The program, for the service's logs. */
  userAgent?: string
  /** Milliseconds that one exchange may take where its call does not say. */
  patience?: number
  /** Milliseconds after which a call is given up (`--timeout`). */
  timeout?: number
  /** Spreads the rests before a call goes again. */
  random?: Pick<Random, 'below'>
  onExchange?: (exchange: Exchange) => void
}

/** Raw content. */
export interface Content {
  bytes: AsyncIterable<Uint8Array>
  /** Bytes. */
  size?: number
  /** `application/octet-stream`; empty where none is announced. */
  type: string
}

/** An answer of which nothing is known before: JSON, undefined where there is none, or content as it is. */
export type AnyAnswer = { kind: 'json', value: unknown } | { kind: 'content', bytes: AsyncIterable<Uint8Array> }

/** A body that is text. */
interface Text {
  /** Its media type. */
  type: string
  text: string
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
  /** Milliseconds for each attempt from the end of its body on, with reading. */
  patience: number
  /** Takes what is wanted of a good answer. */
  read: (response: WireResponse, line: Linked) => Promise<T>
  /** What was read is still bound to its line. */
  stays?: boolean
}

/** How far an exchange has come: a streamed body is on its way for as long as bytes flow. */
interface Sending {
  line: Linked
  /** Called when all is sent. */
  sent: () => void
}

/** Milliseconds that one JSON exchange may take, unless its call says otherwise. */
const PATIENCE = 60_000
/** After so many milliseconds a call is not sent again. */
const PERSISTENCE = 120_000
/** More than the call's own patience, so that of the two the call's decides, milliseconds. */
const GRACE = 5000
/** Longest that a timer can be set for, milliseconds. */
const FOREVER = 2 ** 31 - 1
const HOPS = 5
const JSON_TYPE = 'application/json'
const NO_CHANCE: Pick<Random, 'below'> = { below: () => 0 }

/** The one door to the service: JSON calls and file bodies over one transport, with one set of rules for credentials, redirects, retries and errors. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /**
   * One JSON exchange. A GET that is redirected is followed as `download` follows; what has a body, which may be a secret, goes nowhere but where it was to go.
   * @returns the answer's body, or undefined where there is none (204)
   * @throws CbcError by status ("Response" of each call): auth 401/403, not_found 404, remote 400/409, network 5xx/429/no answer, unknown_outcome
   *   where a change may have happened though no answer came
   */
  async json<T>(call: Call): Promise<T | undefined> {
    return await this.#document(call, jsonBody(call))
  }

  /** One exchange of a form for a JSON answer, as `json` does it ("Authentication": the Cloud Services Platform). */
  async form<T>(call: Call, fields: Record<string, string>): Promise<T | undefined> {
    return await this.#document(call, { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams(fields)) })
  }

  /** One exchange as `json` does it, whose answer need not be JSON. */
  async any(call: Call): Promise<AnyAnswer> {
    return await this.#answered<AnyAnswer>(call, {
      ...this.#outgoing(call, '*/*', jsonBody(call)),
      stays: true,
      read: async (answer, line) => (/^$|json|html/.test(mediaType(answer))
        ? { kind: 'json', value: await this.#read(answer).finally(line.clear) }
        : { kind: 'content', bytes: contentOf(answer, call, this.#options.url.host, line, this.#options.clock) }),
    })
  }

  async #document<T>(call: Call, body?: Text): Promise<T | undefined> {
    return await this.#answered<T | undefined>(call, { ...this.#outgoing(call, JSON_TYPE, body), read: answer => this.#read(answer) })
  }

  #outgoing(call: Call, accept: string, body?: Text): Omit<Outgoing<never>, 'read'> {
    const bytes = body && Buffer.from(body.text)
    return {
      target: this.#target(call),
      headers: { accept, ...(body && bytes ? { 'content-type': body.type, 'content-length': String(bytes.length) } : {}) },
      ...(bytes === undefined ? {} : { body: () => bytes }),
      patience: this.#patience(call),
    }
  }

  async #answered<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    return call.method === 'GET' ? (await this.#followed(call, outgoing)).value : await this.#send(call, outgoing)
  }

  async #read<T>(answer: WireResponse): Promise<T | undefined> {
    return await readJson<T>(answer, this.#options.credentials.secrets())
  }

  /**
   * Opens the raw content behind `path` ("Get File Content"). A redirect to another origin is followed without the credentials, which stay away from then
   * on; one from https to http is refused.
   * @returns the bytes as they come; `size` and media `type` as the server announces them, to be checked, never trusted
   */
  async download(call: Call): Promise<Content> {
    const { value: { response, line }, target } = await this.#followed(call, {
      target: this.#target(call), headers: { accept: '*/*' }, patience: this.#patience(call), stays: true, read: async (answer, by) => ({ response: answer, line: by }),
    })
    const size = announcedSize(response)
    return { bytes: contentOf(response, call, target.host, line, this.#options.clock), type: mediaType(response), ...(size === undefined ? {} : { size }) }
  }

  /** Streams one file up as multipart/form-data, in flat memory ("Upload File to Carbon Black Cloud"). */
  async upload<T>(call: Call, file: Upload): Promise<T | undefined> {
    const { headers, body } = multipartBody(file)
    return await this.#send(call, { target: this.#target(call), headers: { accept: JSON_TYPE, ...headers }, body, patience: this.#patience(call), read: answer => this.#read<T>(answer) })
  }

  /** Sends a call to where it is, however often that is elsewhere. @returns what was read there, and where that was */
  async #followed<T>(call: Call, outgoing: Outgoing<T>): Promise<{ value: T, target: URL }> {
    let { target } = outgoing
    let anonymous = false
    for (let hop = 0; hop < HOPS; hop++) {
      const answer = await this.#send<{ value: T } | { redirect: WireResponse }>(call, {
        ...outgoing, target, anonymous, redirects: true,
        async read(response, line) {
          if (!isRedirect(response)) return { value: await outgoing.read(response, line) }
          await discard(response).finally(line.clear)
          return { redirect: response }
        },
      })
      if ('value' in answer) return { ...answer, target }
      target = redirection(answer.redirect, target, call)
      anonymous ||= target.origin !== this.#options.url.origin
    }
    throw new CbcError('network', `${call.what}: the service redirected in circles`)
  }

  /** A gateway may repeat what it was sent, and so may a library. */
  #redacted(text: string): string {
    return redacted(text, this.#options.credentials.secrets())
  }

  #patience({ patience }: Call): number {
    const usual = this.#options.patience ?? PATIENCE
    return Math.min(patience ?? Math.min(usual, this.#options.timeout ?? usual), FOREVER - GRACE)
  }

  #target({ path, query = {} }: Call): URL {
    const { url } = this.#options
    const target = new URL(url.pathname.replace(/\/$/, '') + path, url)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
    return target
  }

  /**
   * Sends a call, and again where that can do no harm (`mayGoAgain`).
   * @throws CbcError
   */
  async #send<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    const { clock, random = NO_CHANCE, timeout = PERSISTENCE } = this.#options
    const until = clock.monotonic() + Math.min(timeout, PERSISTENCE)
    let value: T | undefined
    let rest = 0
    // Whether an attempt may have been carried out though nobody was told.
    let unheard = false
    const attempt = async () => {
      value = await this.#identified(call, outgoing)
      return new Response()
    }
    const shouldRetry = ({ error, retryCount }: { error: Error, retryCount: number }) => {
      if (!mayGoAgain(error, call)) return false
      unheard ||= !isUntouched(error)
      rest = restAfter(error, retryCount, random)
      return clock.monotonic() + rest <= until
    }
    try {
      // ky goes round; bodies go past it, so that they can be streams and the answer's end is within the attempt, and rests are of this program's time.
      await ky(outgoing.target, {
        method: call.method, fetch: attempt, timeout: false,
        retry: { limit: ATTEMPTS - 1, methods: ['get', 'post', 'put', 'patch', 'delete'], delay: () => 0, shouldRetry },
        hooks: { beforeRetry: [async () => await clock.sleep(rest, call.signal)] },
        ...(call.signal ? { signal: call.signal } : {}),
      })
    } catch (error) {
      if (call.effect === 'removal' && unheard && error instanceof StatusError && error.status === 404) return undefined as T
      const failure = answerError(error, call, outgoing.target.host, this.#options.credentials)
      failure.message = this.#redacted(failure.message)
      throw failure
    }
    return value as T
  }

  /** One exchange as whoever the profile says, and once more with newer credentials where those had expired: a 401 was not carried out. */
  async #identified<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    if (outgoing.anonymous) return await this.#attempt(call, outgoing, {})
    const { credentials } = this.#options
    const identity = await credentials.headers(call.signal)
    try {
      return await this.#attempt(call, outgoing, identity)
    } catch (error) {
      if (!(error instanceof StatusError) || error.status !== 401 || credentials.expired?.(identity) !== true) throw error
      return await this.#attempt(call, outgoing, await credentials.headers(call.signal))
    }
  }

  /** One exchange, with what is read of its answer. @throws StatusError; SlowError: its time is over; BrokenAnswer */
  async #attempt<T>(call: Call, outgoing: Outgoing<T>, identity: Record<string, string>): Promise<T> {
    call.signal?.throwIfAborted()
    const { clock } = this.#options
    const line = linked(call.signal)
    const slow = new SlowError()
    let stop = () => {}
    const sent = () => { stop = timer(clock, outgoing.patience, () => line.abort(slow)) }
    let stays = false
    try {
      const response = await this.#exchange(call, outgoing, identity, { line, sent })
      if (!isGood(response) && !(outgoing.redirects && isRedirect(response))) {
        throw new StatusError(response.status, this.#redacted(await readText(response)), retryAfter(response.headers['retry-after'], clock.now()))
      }
      const read = await outgoing.read(response, line)
      stays = outgoing.stays === true
      return read
    } catch (error) {
      throw line.signal.reason === slow ? slow : error
    } finally {
      stop()
      if (!stays) line.clear()
    }
  }

  async #exchange({ method }: Call, { target: url, headers, body, patience }: Outgoing<unknown>, identity: Record<string, string>, { line, sent }: Sending): Promise<WireResponse> {
    const { transport, clock, onExchange, userAgent, url: home } = this.#options
    const from = clock.monotonic()
    const path = url.origin === home.origin ? url.pathname + url.search : url.origin + url.pathname
    const report = (outcome: string) => onExchange?.({ method, path: this.#redacted(path), outcome: this.#redacted(outcome), ms: clock.monotonic() - from })
    const bytes = body?.()
    const streamed = bytes !== undefined && !(bytes instanceof Uint8Array)
    if (!streamed) sent()
    try {
      const response = await transport({
        method, url,
        headers: { ...headers, ...(userAgent === undefined ? {} : { 'user-agent': userAgent }), ...identity },
        ...(bytes === undefined ? {} : { body: streamed ? endingWith(bytes, Number(headers['content-length']), sent) : bytes }),
        signal: line.signal,
        idleTimeout: patience + GRACE,
      })
      report(String(response.status))
      return response
    } catch (error) {
      report(error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}

/** Calls back when the last of `length` bytes is taken: whoever has them all need not ask for more. */
async function* endingWith(bytes: AsyncIterable<Uint8Array>, length: number, ended: () => void): AsyncIterable<Uint8Array> {
  let left = length
  for await (const chunk of bytes) {
    left -= chunk.length
    if (left <= 0) ended()
    yield chunk
  }
}

function jsonBody({ body }: Call): Text | undefined {
  return body === undefined ? undefined : { type: JSON_TYPE, text: JSON.stringify(body) }
}

/** Without its parameters, in lower case; empty where none is announced. */
function mediaType({ headers }: WireResponse): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function isGood({ status }: WireResponse): boolean {
  return status >= 200 && status < 300
}

function isRedirect({ status, headers }: WireResponse): boolean {
  return status >= 300 && status < 400 && 'location' in headers
}
