import { createHash } from 'node:crypto'
import { Attempts } from '../../core/attempts.ts'
import { bounded } from '../../core/bounded.ts'
import { CbcError } from '../../core/errors.ts'
import type { Clock, Random, Transport, WireResponse } from '../../core/ports.ts'
import { retry } from '../../core/retry.ts'
import { isRegion, type AwsSettings } from './aws-settings.ts'
import { refusalOf, S3Error, type Refusal } from './s3-error.ts'
import { Signer } from './sign.ts'

export interface S3Request {
  /** What is done, for messages. */
  what: string
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Of an object; absent: the bucket. */
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Uint8Array
  /** SHA-256 of the body, where it is known. */
  digest?: Buffer
  signal: AbortSignal
}

export interface S3Answer {
  headers: Record<string, string>
  text: string
}

export interface S3ClientOptions {
  bucket: string
  settings: AwsSettings
  transport: Transport
  clock: Clock
  random: Pick<Random, 'below'>
  userAgent: string
}

/** How often a request is repeated, and the delay before the first repetition, milliseconds; it doubles with each one. */
const RETRIES = 9
const FIRST_DELAY_MS = 400
const MAX_DELAY_MS = 5000
/** The most moves to other regions or servers that one request makes. */
const MAX_MOVES = 3
/** The largest answer: ours are a few hundred bytes. */
const MAX_ANSWER_BYTES = 256 * 1024
/** What may pass ("Error responses"). */
const TRANSIENT_STATUS = [408, 429, 500, 502, 503, 504]
const TRANSIENT_CODES = ['RequestTimeout', 'SlowDown', 'InternalError', 'OperationAborted', 'ConditionalRequestConflict', 'BadDigest']
const NOTHING = new Uint8Array(0)

/** Sends signed requests about one bucket, again where they failed in passing, and to the region that the bucket is in. */
export class S3Client {
  readonly #options: S3ClientOptions
  readonly #signer = new Signer()
  #region: string

  constructor(options: S3ClientOptions) {
    this.#options = options
    this.#region = options.settings.region
  }

  /**
   * Sends a request until it is answered. A request may so be carried out twice: whoever sends one that can't be must say so in its headers.
   * @throws S3Error: it was refused; CbcError io: it was never answered; the signal's reason
   */
  async send(request: S3Request): Promise<S3Answer> {
    const { clock } = this.#options
    const { signal } = request
    const attempts = new Attempts(clock, RETRIES)
    return await retry(
      () => this.#follow(request),
      (error, attempt) => {
        signal.throwIfAborted()
        if (!isTransient(error) || !attempts.take({ signal })) throw asIo(error, request.what)
        return { retryIn: this.#delay(attempt) }
      },
      { clock, signal },
    )
  }

  /** Sends a request once, to where it is redirected. */
  async #follow(request: S3Request): Promise<S3Answer> {
    let url = this.#urlOf(request)
    for (let move = 0; ; move++) {
      const answer = await this.#exchange(request, url)
      const text = await textOf(answer, request.what)
      if (answer.status < 300) {
        // Some answers begin before their end is known: 200 says nothing there.
        if (!/^(<\?xml[^>]*>\s*)?<Error>/.test(text)) return { headers: answer.headers, text }
      }
      const refusal = refusalOf(answer, text)
      const next = move === MAX_MOVES ? undefined : this.#moved(request, answer, refusal)
      if (next === undefined) throw new S3Error(request.what, this.#without(refusal))
      url = next
    }
  }

  async #exchange({ method, headers = {}, body, digest, signal }: S3Request, url: URL): Promise<WireResponse> {
    const { transport, clock, userAgent, settings } = this.#options
    const sha256 = (
      digest ??
      createHash('sha256')
        .update(body ?? NOTHING)
        .digest()
    ).toString('hex')
    const signed = await this.#signer.sign({ method, url, headers, sha256 }, settings.credentials, this.#region, clock.now())
    const length = method === 'PUT' || method === 'POST' ? { 'content-length': String(body?.length ?? 0) } : {}
    return await transport({
      method,
      url,
      headers: { ...signed, ...length, 'user-agent': userAgent },
      ...(body === undefined ? {} : { body }),
      signal,
    })
  }

  /** Where a bucket that is elsewhere is to be asked for; undefined where the answer is not about that. */
  #moved(request: S3Request, { status, headers }: WireResponse, { region }: Refusal): URL | undefined {
    if (region !== undefined && region !== this.#region && isRegion(region) && [301, 307, 400, 403].includes(status)) {
      this.#region = region
      return this.#urlOf(request)
    }
    const location = headers['location'] ?? ''
    if (status !== 307 || !URL.canParse(location)) return undefined
    const [next, from] = [new URL(location), this.#urlOf(request)]
    if (next.origin === from.origin || (next.protocol === 'https:' && isAmazon(next) && isAmazon(from))) return next
    throw new CbcError('io', `${request.what}: ${from.host} redirected to ${next.host}, which is refused`)
  }

  /** Amazon's servers are named after bucket and region; others get the bucket in the path, as do buckets whose dots no certificate covers. */
  #urlOf({ key, query = {} }: S3Request): URL {
    const { bucket, settings } = this.#options
    const path = key === undefined ? '' : `/${key.split('/').map(encoded).join('/')}`
    const domain = `s3.${this.#region}.amazonaws.com${this.#region.startsWith('cn-') ? '.cn' : ''}`
    const inPath = settings.endpoint !== undefined || bucket.includes('.')
    const origin = settings.endpoint?.origin ?? `https://${inPath ? domain : `${bucket}.${domain}`}`
    const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    return new URL(`${origin}${inPath ? `/${bucket}` : ''}${path}${search.length === 0 ? '' : `?${search.join('&')}`}`)
  }

  /** A refusal that quotes none of our secrets. */
  #without(refusal: Refusal): Refusal {
    const { secretAccessKey, sessionToken } = this.#options.settings.credentials
    const secrets = [secretAccessKey, sessionToken].flatMap(secret => secret?.reveal() ?? [])
    const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
    return { ...refusal, code: clean(refusal.code), message: clean(refusal.message) }
  }

  #delay(attempt: number): number {
    const most = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS)
    return most / 2 + this.#options.random.below(most / 2 + 1)
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function isAmazon({ hostname }: URL): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(hostname)
}

async function textOf({ body }: WireResponse, what: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of bounded(body, what, MAX_ANSWER_BYTES)) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString()
}

function isTransient(error: unknown): boolean {
  if (error instanceof S3Error) return TRANSIENT_STATUS.includes(error.refusal.status) || TRANSIENT_CODES.includes(error.refusal.code)
  return error instanceof CbcError && error.code === 'network' && !('lasting' in error && error.lasting === true)
}

/** See `S3Error` for the code. */
function asIo(error: unknown, what: string): unknown {
  if (!(error instanceof CbcError) || error.code !== 'network') return error
  const { hint, untrusted: _, ...facts } = error.facts
  const ours = error.facts.untrusted ? 'name the authority that signed it in AWS_CA_BUNDLE' : hint
  return new CbcError('io', `${what}: ${error.message}`, { ...facts, ...(ours === undefined ? {} : { hint: ours }) })
}
