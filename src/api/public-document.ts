import ky, { isHTTPError, isTimeoutError, type KyInstance } from 'ky'
import { isLoopback } from '../core/auth-and-network.ts'
import { bounded } from '../core/bounded.ts'
import { CbcError, usage } from '../core/errors.ts'
import type { Transport } from '../core/ports.ts'
import { discard, redirection } from './response-body.ts'

export interface PublicReading {
  /** The profile's transport, so that its proxy and its certificate authorities apply. */
  transport: Transport
  /** The program's name and version. */
  userAgent: string
  /** The document, for messages: `list of releases`. */
  what: string
  signal: AbortSignal
  /** Whether plain http will do: nothing that is sent is a secret, and the answer is signed, so that its way need not be trusted. */
  plainWillDo?: boolean
}

/** The time limit of the whole reading with its retries, milliseconds. */
const TOTAL_TIMEOUT_MS = 20_000
/** The largest document that is read, bytes. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
const MAX_REDIRECTS = 5
/** Statuses whose answers have no body. */
const BODILESS = [204, 205, 304]

/**
 * Reads a JSON document that anybody may read, from a server that is not the service: it is sent no credentials, on no redirect either.
 *
 * ky does it, with Node's own `Request` and `Response`, which take longer to load than all of the program. So this is for commands that are
 * not in a hurry; calls of the service go through `Http` (docs/decisions/0003-transport.md).
 * @returns the document as it came: to be checked, never trusted
 * @throws CbcError usage: the address is neither https nor of this machine; not_found: 404; network: no answer, an error status, not JSON
 */
export async function readPublicDocument(url: URL, reading: PublicReading): Promise<unknown> {
  return await carriedOut(url, reading, 'application/json', async client => await client.get(url).json<unknown>())
}

/**
 * Has something answered by a server that anybody may ask, with the same precautions. It may be asked more than once.
 * @param types media types of what is sent, and of the answer
 * @returns the answer as it came: to be checked, never trusted
 * @throws CbcError as `readPublicDocument`; usage, where plain http will do: the address is neither http nor https
 */
export async function askPublicServer(
  url: URL,
  body: Uint8Array,
  types: { content: string; accept: string },
  reading: PublicReading,
): Promise<Uint8Array> {
  return await carriedOut(url, reading, types.accept, async client => {
    // A copy, which has memory of its own as Node's `Request` wants it.
    const request = { body: new Uint8Array(body), headers: { 'content-type': types.content } }
    return new Uint8Array(await client.post(url, request).arrayBuffer())
  })
}

async function carriedOut<T>(url: URL, reading: PublicReading, accept: string, work: (client: KyInstance) => Promise<T>): Promise<T> {
  const { what, userAgent, signal } = reading
  if (!mayBeAsked(url, reading))
    throw usage(`${what}: ${url.protocol}//${url.host} is ${reading.plainWillDo === true ? 'neither http nor' : 'not'} https`)
  const client: KyInstance = ky.create({
    fetch: fetchOver(reading),
    headers: { accept, 'user-agent': userAgent },
    timeout: TOTAL_TIMEOUT_MS,
    totalTimeout: TOTAL_TIMEOUT_MS,
    retry: {
      limit: 2,
      methods: ['get', 'post'],
      shouldRetry: ({ error }) => (error instanceof CbcError ? isTransient(error) : undefined),
    },
    signal,
  })
  try {
    return await work(client)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw failure(error, what, url.host)
  }
}

/** Whether nobody can read or change what is sent there on its way, or it doesn't matter. */
function mayBeAsked({ protocol, hostname }: URL, { plainWillDo = false }: PublicReading): boolean {
  return protocol === 'https:' || (protocol === 'http:' && (plainWillDo || isLoopback(hostname)))
}

/** Returns Node's `fetch`, as far as reading needs it, over a transport. */
function fetchOver(reading: PublicReading): typeof fetch {
  const { transport, what, signal } = reading
  return async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init)
    // A request only follows the signal that it was made with, and may stop doing so.
    const either = AbortSignal.any([signal, request.signal])
    const headers = Object.fromEntries(request.headers)
    const body = request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }
    let url = new URL(request.url)
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const answer = await transport({ method: request.method, url, headers, ...body, signal: either })
      const { status } = answer
      if (status < 300 || status >= 400 || !('location' in answer.headers)) {
        const content = BODILESS.includes(status) ? null : ReadableStream.from(bounded(answer.body, what, MAX_DOCUMENT_BYTES))
        if (content === null) await discard(answer)
        return new Response(content, { status, headers: answer.headers })
      }
      await discard(answer)
      url = redirection(answer, url, { what })
      if (!mayBeAsked(url, reading))
        throw new CbcError('network', `${what}: the server redirected to ${url.host} without https, which is refused`)
    }
    throw new CbcError('network', `${what}: the server redirected in circles`)
  }
}

/** Whether the next attempt may succeed: neither a redirect to nowhere nor a certificate heals. */
function isTransient(error: CbcError): boolean {
  return error.code === 'network' && 'lasting' in error && error.lasting === false
}

function failure(error: unknown, what: string, host: string): CbcError {
  if (isHTTPError(error)) {
    const { status } = error.response
    return new CbcError(status === 404 ? 'not_found' : 'network', `${what}: ${host} answered ${status}`, { http_status: status })
  }
  if (isTimeoutError(error)) return new CbcError('network', `${what}: ${host} did not answer in time`, { hint: 'try again' })
  if (error instanceof SyntaxError) return new CbcError('network', `${what}: what ${host} answered is not JSON`, { cause: error })
  if (error instanceof CbcError) return error.with(error.message.startsWith(what) ? error.message : `${what}: ${error.message}`)
  return new CbcError('network', `${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
