import { Attempts } from '../core/attempts.ts'
import { bounded, MAX_UNANNOUNCED_BYTES } from '../core/bounded.ts'
import { CbcError } from '../core/errors.ts'
import type { Random, WireResponse } from '../core/ports.ts'
import { retry, type AfterFailure } from '../core/retry.ts'
import { announcedSize, contentOf, discard, readJson, redirection } from './response-body.ts'
import { Exchanges, IDLE_GRACE_MS, isRedirect, type ExchangeOptions, type Outgoing } from './exchange.ts'
import type { Call } from './call.ts'
import { answerError, StatusError } from './http-errors.ts'
import { multipartBody, type Upload } from './multipart.ts'
import { Pace } from './pace.ts'
import { isRefused, isNotCarriedOut, isRetryable, retryDelay } from './retry.ts'

export interface HttpOptions extends ExchangeOptions {
  /** The time limit of an exchange whose call has none, milliseconds. */
  timeoutMs?: number
  /** Called with each call that is waited for. The function returned is called when the wait is over. */
  onWait?: (what: string) => () => void
  /** Called when the service refuses a request because there are too many. */
  onRefusal?: () => void
  /** Spreads the delays before retries. */
  random?: Pick<Random, 'below'>
}

/** Raw content of an answer. */
export interface Content {
  /** A chunk is valid until the next one is asked for. */
  bytes: AsyncIterable<Uint8Array>
  /** Bytes. */
  size?: number
  /** The media type, `application/octet-stream`; empty where none is announced. */
  type: string
}

/** An answer of an unknown kind: JSON, undefined where the body is empty, or raw content. */
export type AnyAnswer = { kind: 'json'; value: unknown } | { kind: 'content'; bytes: AsyncIterable<Uint8Array> }

/** Reads what is wanted from an answer. @throws BrokenAnswer */
export type Read<T> = (answer: unknown) => T

/** A text body. */
interface Text {
  /** Its media type. */
  type: string
  text: string
}

/** The time limit of a JSON exchange whose call has none, milliseconds. */
const EXCHANGE_TIMEOUT_MS = 60_000
/** The longest time that a timer can be set for, milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1
const MAX_REDIRECTS = 5
const JSON_TYPE = 'application/json'
const NO_JITTER: Pick<Random, 'below'> = { below: () => 0 }

/**
 * The only HTTP client for the service: JSON calls and file bodies over one transport, with one set of rules for credentials, redirects,
 * retries and errors.
 */
export class Http {
  readonly #options: HttpOptions
  readonly #exchanges: Exchanges
  readonly #pace: Pace

  constructor(options: HttpOptions) {
    this.#options = options
    this.#exchanges = new Exchanges(options)
    this.#pace = new Pace(options.clock)
  }

  /**
   * Runs a JSON exchange. Redirects of a GET are followed as `download` follows them; a call with a body, which may be secret, is sent only
   * to its own address.
   * @param read reads what is wanted from the answer's body, which is undefined where it is empty (204). It throws BrokenAnswer where the
   *   body is not as documented, or is about something else; a call that may be repeated is then repeated
   * @throws CbcError by status ("Response" of each call): auth 401/403, not_found 404, remote 400/409, network 5xx/429/no answer,
   *   unknown_outcome where a change may have happened though no answer came
   */
  async json<T = unknown>(call: Call, read: Read<T> = asItIs): Promise<T> {
    return await this.#document(call, read, jsonBody(call))
  }

  /** Sends a form and reads a JSON answer, as `json` does ("Authentication": the Cloud Services Platform). */
  async form(call: Call, fields: Record<string, string>): Promise<unknown> {
    return await this.#document(call, asItIs, { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams(fields)) })
  }

  /** Runs an exchange as `json` does, whose answer need not be JSON. */
  async any(call: Call): Promise<AnyAnswer> {
    return await this.#answered<AnyAnswer>(call, {
      ...this.#outgoing(call, '*/*', jsonBody(call)),
      stays: true,
      read: async (answer, connection) =>
        /^$|json|html/.test(mediaType(answer))
          ? { kind: 'json', value: await this.#read(answer).finally(connection.clear) }
          : {
              kind: 'content',
              bytes: bounded(
                contentOf(answer, call, this.#options.url.host, connection, this.#options.clock),
                call.what,
                announcedSize(answer) ?? MAX_UNANNOUNCED_BYTES,
              ),
            },
    })
  }

  async #document<T>(call: Call, read: Read<T>, body?: Text): Promise<T> {
    return await this.#answered<T>(call, {
      ...this.#outgoing(call, JSON_TYPE, body),
      reuse: true,
      read: async answer => read(await this.#read(answer, call)),
    })
  }

  #outgoing(call: Call, accept: string, body?: Text): Omit<Outgoing<never>, 'read'> {
    const bytes = body && Buffer.from(body.text)
    return {
      target: this.#target(call),
      headers: { accept, ...(body && bytes ? { 'content-type': body.type, 'content-length': String(bytes.length) } : {}) },
      ...(bytes === undefined ? {} : { body: () => bytes }),
      timeoutMs: this.#timeoutMs(call),
    }
  }

  async #answered<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    return call.method === 'GET' ? (await this.#followed(call, outgoing)).value : await this.#send(call, outgoing)
  }

  async #read(answer: WireResponse, { item }: Pick<Call, 'item'> = {}): Promise<unknown> {
    return await readJson(answer, { secrets: this.#exchanges.secrets(), item })
  }

  /**
   * Opens the raw content at `path` ("Get File Content"). A redirect to another origin is followed without the credentials, which are not
   * sent from then on; one from https to http is refused.
   * @returns the bytes as they come; `size` and media `type` are those that the server announces: to be checked, never trusted
   */
  async download(call: Call): Promise<Content> {
    const {
      value: { response, connection },
      target,
    } = await this.#followed(call, {
      target: this.#target(call),
      headers: { accept: '*/*' },
      timeoutMs: this.#timeoutMs(call),
      stays: true,
      reuse: true,
      read: async (answer, by) => ({ response: answer, connection: by }),
    })
    const size = announcedSize(response)
    return {
      bytes: contentOf(response, call, target.host, connection, this.#options.clock),
      type: mediaType(response),
      ...(size === undefined ? {} : { size }),
    }
  }

  /** Uploads one file as multipart/form-data, streamed in constant memory ("Upload File to Carbon Black Cloud"). */
  async upload<T = unknown>(call: Call, file: Upload, read: Read<T> = asItIs): Promise<T> {
    const { headers, body } = multipartBody(file)
    return await this.#send(
      { ...call, size: file.size },
      {
        target: this.#target(call),
        headers: { accept: JSON_TYPE, ...headers },
        body,
        timeoutMs: this.#timeoutMs(call),
        read: async answer => read(await this.#read(answer)),
      },
    )
  }

  /** Sends a call and follows its redirects. @returns what was read in the end, and where that was */
  async #followed<T>(call: Call, outgoing: Outgoing<T>): Promise<{ value: T; target: URL }> {
    let { target } = outgoing
    let anonymous = false
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const answer = await this.#send<{ value: T } | { redirect: WireResponse }>(call, {
        ...outgoing,
        target,
        anonymous,
        redirects: true,
        async read(response, connection) {
          if (!isRedirect(response)) return { value: await outgoing.read(response, connection) }
          await discard(response).finally(connection.clear)
          return { redirect: response }
        },
      })
      if ('value' in answer) return { ...answer, target }
      target = redirection(answer.redirect, target, call)
      anonymous ||= target.origin !== this.#options.url.origin
    }
    throw new CbcError('network', `${call.what}: the service redirected in circles`)
  }

  #timeoutMs({ timeoutMs }: Call): number {
    return Math.min(timeoutMs ?? this.#options.timeoutMs ?? EXCHANGE_TIMEOUT_MS, MAX_TIMER_MS - IDLE_GRACE_MS)
  }

  #target({ path, query = {} }: Call): URL {
    const { url } = this.#options
    const target = new URL(url.pathname.replace(/\/$/, '') + path, url)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
    return target
  }

  /**
   * Sends a call, and repeats it where that can do no harm (`isRetryable`) and the budget allows it.
   * @throws CbcError
   */
  async #send<T>(call: Call, outgoing: Outgoing<T>): Promise<T> {
    const { clock, random = NO_JITTER, onWait } = this.#options
    const { attempts = new Attempts(clock), signal } = call
    const endWait = call.waitIsShown ? undefined : onWait?.(call.what)
    let taken = 0
    let since = 0
    // Whether an attempt may have been carried out, though no answer came.
    let mayHaveArrived = false
    const attempt = async (): Promise<T> => {
      const before = mayHaveArrived
      since = clock.monotonic()
      await this.#pace.turn(signal)
      try {
        const value = await this.#exchanges.send(call, {
          ...outgoing,
          onSend: () => {
            mayHaveArrived = true
          },
        })
        this.#pace.accepted()
        return value
      } catch (error) {
        if (isNotCarriedOut(error)) mayHaveArrived = before
        throw error
      }
    }
    const judge = (error: unknown, failed: number): AfterFailure<T> => {
      if (!isRetryable(error, call)) throw error
      const rest = retryDelay(error, failed, random)
      if (isRefused(error)) {
        this.#pace.refused(rest)
        this.#options.onRefusal?.()
      }
      if (!attempts.take({ since, rest, signal })) throw error
      taken += 1
      return { retryIn: rest }
    }
    try {
      const value = await retry(attempt, judge, { clock, signal })
      attempts.giveBack(taken)
      return value
    } catch (error) {
      if (call.effect === 'removal' && mayHaveArrived && error instanceof StatusError && error.status === 404) return undefined as T
      const failure = answerError(error, call, outgoing.target.host, { by: this.#options.credentials, mayHaveArrived })
      // A call that was repeated as often as possible, or never can be sent, must not be repeated by other layers either.
      if (failure.code === 'network') attempts.end()
      failure.message = this.#exchanges.redacted(failure.message)
      throw failure
    } finally {
      endWait?.()
    }
  }
}

function asItIs<T>(answer: unknown): T {
  return answer as T
}

function jsonBody({ body }: Call): Text | undefined {
  return body === undefined ? undefined : { type: JSON_TYPE, text: JSON.stringify(body) }
}

/** The media type without parameters, in lower case; empty where none is announced. */
function mediaType({ headers }: WireResponse): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}
