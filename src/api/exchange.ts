import { linked, timer, type Linked } from '../core/abort.ts'
import type { Clock, Transport, WireResponse } from '../core/ports.ts'
import { redacted, type Credentials } from './credentials.ts'
import type { Call } from './call.ts'
import { SlowError, StatusError } from './http-errors.ts'
import { readText } from './response-body.ts'
import { retryAfter } from './retry.ts'

/** One exchange, for a line of `-v`. Never holds headers or bodies. */
export interface Exchange {
  method: string
  /** With the query; on another origin with that origin and without the query, which may hold a key to the storage there. */
  path: string
  /** The HTTP status, or what went wrong. */
  outcome: string
  ms: number
}

export interface ExchangeOptions {
  /** The origin of the service, and the path before that of the API, where there is one. */
  url: URL
  /** Sent to the origin of `url` only. */
  credentials: Credentials
  transport: Transport
  clock: Clock
  /** The program's name and version, for the service's logs. */
  userAgent?: string
  onExchange?: (exchange: Exchange) => void
}

/** What is sent besides the call itself, and how its answer is read. */
export interface Outgoing<T> {
  target: URL
  headers: Record<string, string>
  /** Called for each attempt. */
  body?: () => Uint8Array | AsyncIterable<Uint8Array>
  /** Send no credentials. */
  anonymous?: boolean
  /** Accept a redirect as an answer. */
  redirects?: boolean
  /** The time limit of each attempt, from the end of its body to the end of reading, milliseconds. */
  timeoutMs: number
  /** Reads a successful answer. */
  read: (response: WireResponse, connection: Linked) => Promise<T>
  /** The result still uses the connection. */
  stays?: boolean
  /** The chunks of the answer's body are used at once (`WireRequest.reuse`). */
  reuse?: boolean
  /** Called when a request is sent: from then on it may have been carried out. */
  onSend?: () => void
}

/** The connection of an exchange. A streamed body may take as long as its bytes flow. */
interface Sending {
  connection: Linked
  /** Called when the whole request is sent. */
  sent: () => void
}

/** Added to the call's own time limit, so that the call's limit is reached first, milliseconds. */
export const IDLE_GRACE_MS = 5000

/** Single exchanges with the service, each with its own time limit. Retries are decided elsewhere. */
export class Exchanges {
  readonly #options: ExchangeOptions

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  /** Texts that must not be shown. */
  secrets(): string[] {
    return this.#options.credentials.secrets()
  }

  /** Removes secrets from a text: a gateway may repeat what it was sent, and so may a library. */
  redacted(text: string): string {
    return redacted(text, this.secrets())
  }

  /**
   * Runs one exchange with the profile's credentials, and repeats it with newer ones where those had expired: a 401 was not carried out.
   * @throws StatusError; SlowError: its time limit has passed; BrokenAnswer; whatever the transport throws
   */
  async send<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
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

  async #attempt<T>(call: Call, outgoing: Outgoing<T>, identity: Record<string, string>): Promise<T> {
    call.signal?.throwIfAborted()
    const { clock } = this.#options
    const connection = linked(call.signal)
    let isOver = false
    let stop = () => {}
    // The answer may come before the whole request is sent: then there is nothing to time any more.
    const sent = () => {
      if (!isOver) stop = timer(clock, outgoing.timeoutMs, () => connection.abort(new SlowError()))
    }
    let stays = false
    try {
      const response = await this.#exchange(call, outgoing, identity, { connection, sent })
      if (!isGood(response) && !(outgoing.redirects && isRedirect(response))) {
        throw new StatusError(response.status, this.redacted(await readText(response)), retryAfter(response.headers, clock.now()))
      }
      const read = await outgoing.read(response, connection)
      stays = outgoing.stays === true
      return read
    } catch (error) {
      const reason: unknown = connection.signal.reason
      throw reason instanceof SlowError ? reason : error
    } finally {
      isOver = true
      stop()
      if (!stays) connection.clear()
    }
  }

  async #exchange(
    { method }: Call,
    { target: url, headers, body, timeoutMs, reuse = false, onSend }: Outgoing<unknown>,
    identity: Record<string, string>,
    { connection, sent }: Sending,
  ): Promise<WireResponse> {
    const { transport, clock, onExchange, userAgent, url: home } = this.#options
    const from = clock.monotonic()
    const path = url.origin === home.origin ? url.pathname + url.search : url.origin + url.pathname
    const report = (outcome: string) =>
      onExchange?.({ method, path: this.redacted(path), outcome: this.redacted(outcome), ms: clock.monotonic() - from })
    const bytes = body?.()
    const streamed = bytes !== undefined && !(bytes instanceof Uint8Array)
    if (!streamed) sent()
    onSend?.()
    try {
      const response = await transport({
        method,
        url,
        headers: { ...headers, ...(userAgent === undefined ? {} : { 'user-agent': userAgent }), ...identity },
        ...(bytes === undefined ? {} : { body: streamed ? endingWith(bytes, Number(headers['content-length']), sent) : bytes }),
        signal: connection.signal,
        idleTimeout: timeoutMs + IDLE_GRACE_MS,
        reuse,
      })
      report(String(response.status))
      return response
    } catch (error) {
      report(error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}

/** Calls back when the last of `length` bytes is taken: the reader need not ask for more then. */
async function* endingWith(bytes: AsyncIterable<Uint8Array>, length: number, ended: () => void): AsyncIterable<Uint8Array> {
  let left = length
  for await (const chunk of bytes) {
    left -= chunk.length
    if (left <= 0) ended()
    yield chunk
  }
}

function isGood({ status }: WireResponse): boolean {
  return status >= 200 && status < 300
}

export function isRedirect({ status, headers }: WireResponse): boolean {
  return status >= 300 && status < 400 && 'location' in headers
}
