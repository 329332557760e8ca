import { CbcError } from '../core/errors.ts'
import type { Transport, WireResponse } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'

/** Why a connection could not be made; nothing was sent then. */
const NOT_CONNECTED: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name can\'t be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer to the connection attempt',
  EPROTO: 'it does not speak https',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate can\'t be verified',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate\'s issuer is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

const DROPPED: Record<string, string> = {
  ECONNRESET: 'the connection was dropped',
  EPIPE: 'the connection was dropped',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer was cut short',
  HPE_INVALID_CONSTANT: 'the answer is not HTTP',
}

/** A failure of the network. `sent` is false only where it is certain that the service never saw the request. */
export class ConnectionError extends CbcError {
  readonly sent: boolean
  constructor(host: string, why: string, sent: boolean, cause?: unknown) {
    super('network', `${host}: ${why}`, { hint: sent ? 'try again' : 'check the URL of the profile and the network', cause })
    this.sent = sent
  }
}

/**
 * Carries requests over the network: Node's own HTTP client, which streams bodies in both directions in flat memory and keeps
 * connections open between requests (docs/decisions/0003-transport.md has the figures against fetch).
 */
export async function networkTransport(): Promise<{ send: Transport, close(): void }> {
  // Not `import('node:http')`: on Node 22 and later that evaluates getters which load all of undici (37 ms).
  const builtin = process.getBuiltinModule
  const [http, https] = builtin ? [builtin('node:http'), builtin('node:https')] : await Promise.all([import('node:http'), import('node:https')])
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) }

  const send: Transport = ({ method, url, headers, body, signal, idleTimeout = 60_000 }) => new Promise<WireResponse>((resolve, reject) => {
    const secure = url.protocol === 'https:'
    // Given here, the time counts from the attempt to connect on.
    const options: RequestOptions = { method, headers, agent: agents[secure ? 'https:' : 'http:'], timeout: idleTimeout, ...(signal ? { signal } : {}) }
    const request = (secure ? https : http).request(url, options)
    let connected = false
    const fail = (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) return reject(signal.reason)
      if (error instanceof CbcError) return reject(error)
      const code = error.code ?? ''
      const why = (connected ? DROPPED[code] : NOT_CONNECTED[code]) ?? NOT_CONNECTED[code] ?? DROPPED[code] ?? `${error.message}`
      reject(new ConnectionError(url.host, why, connected, error))
    }
    request.on('socket', socket => {
      // A connection that is used again was made before: a listener on it would stay there for ever.
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => { connected = true })
      else connected = true
    })
    const idle = () => new ConnectionError(url.host, `no answer for ${formatDuration(idleTimeout)}`, connected)
    request.on('timeout', () => request.destroy(idle()))
    request.on('error', fail)
    request.on('response', response => {
      // From here on the time only counts while somebody waits for bytes: a reader who takes his time is no fault of the service.
      request.setTimeout(0)
      const body = chunks(response, url.host, { idleTimeout, idle, ...(signal ? { signal } : {}) })
      resolve({ status: response.statusCode ?? 0, headers: flatten(response), body })
    })
    if (body === undefined) request.end()
    else if (body instanceof Uint8Array) request.end(body)
    else pump(body, request).catch(fail)
  })
  return {
    send,
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

/** Writes a streamed body at the pace of the connection. */
async function pump(body: AsyncIterable<Uint8Array>, request: ClientRequest): Promise<void> {
  try {
    for await (const chunk of body) {
      if (request.destroyed) return
      if (!request.write(chunk)) await new Promise<void>(resolve => {
        const done = () => {
          request.off('drain', done).off('close', done)
          resolve()
        }
        request.once('drain', done).once('close', done)
      })
    }
    request.end()
  } catch (error) {
    request.destroy(error as Error)
    throw error
  }
}

interface Waiting {
  signal?: AbortSignal
  /** Milliseconds to wait for the next chunk. */
  idleTimeout: number
  /** What it means that none came. */
  idle(): Error
}

/** The body's chunks; a body that ends before its announced length is an error, not a short file. */
async function* chunks(response: IncomingMessage, host: string, { signal, idleTimeout, idle }: Waiting): AsyncIterable<Uint8Array> {
  let timer: NodeJS.Timeout | undefined
  const wait = () => { timer = setTimeout(() => response.destroy(idle()), idleTimeout) }
  try {
    wait()
    for await (const chunk of response) {
      clearTimeout(timer)
      yield chunk as Uint8Array
      wait()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof CbcError ? error : new ConnectionError(host, 'the answer was cut short', true, error)
  } finally {
    clearTimeout(timer)
  }
}

function flatten(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}
