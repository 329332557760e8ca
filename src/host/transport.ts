import type { ClientRequest, IncomingMessage } from 'node:http'
import { PLAIN_NETWORK, type NetworkSettings } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'
import type { Transport, WireRequest, WireResponse } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { certificateOf } from './certificate.ts'
import { connectionError, ConnectionError } from './connection-error.ts'
import { Ways, type Way } from './http-agents.ts'
import { straysRead } from './stray-bytes.ts'

/**
 * Carries requests over the network: Node's own HTTP client, which streams bodies in both directions in flat memory and keeps
 * connections open between requests (docs/decisions/0003-transport.md has the figures against fetch).
 * @param settings of the profile
 * @param env      names proxies and authorities too
 */
export async function networkTransport(
  settings: NetworkSettings = PLAIN_NETWORK,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ send: Transport; close(): void }> {
  // Not `import('node:http')`: on Node 22 and later that evaluates getters which load all of undici (37 ms).
  const builtin = process.getBuiltinModule
  const [http, https] = builtin
    ? [builtin('node:http'), builtin('node:https')]
    : await Promise.all([import('node:http'), import('node:https')])
  const ways = new Ways({ http, https }, settings, env)
  return {
    async send(wire) {
      const way = await ways.to(wire.url)
      await straysRead()
      return await exchange(wire, way)
    },
    close: () => ways.close(),
  }
}

function exchange({ method, url, headers, body, signal, idleTimeout = 60_000 }: WireRequest, way: Way): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    // Given here, the time counts from the attempt to connect on.
    const request = way.request({ method, headers, timeout: idleTimeout, ...(signal ? { signal } : {}) })
    let connected = false
    let sent = body === undefined || body instanceof Uint8Array
    const fail = (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) return reject(signal.reason)
      reject(error instanceof CbcError ? error : connectionError(connected ? url.host : way.peer, error, connected, way.hint))
    }
    // Node tells of it only when there is a socket, which a proxy may take its time to make.
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    request.on('socket', socket => {
      // A connection that is used again was made before: a listener on it would stay there for ever.
      if (socket.connecting)
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
          connected = true
        })
      else connected = true
    })
    const idle = () => new ConnectionError(connected ? url.host : way.peer, `no answer for ${formatDuration(idleTimeout)}`, connected)
    request.on('timeout', () => request.destroy(idle()))
    request.on('error', fail)
    request.on('response', response => {
      const refusal = way.refusal?.(response.statusCode ?? 0)
      if (refusal !== undefined) return void request.destroy(refusal)
      // From here on the time only counts while somebody waits for bytes: a reader who takes his time is no fault of the service.
      request.setTimeout(0)
      const bytes = chunks(response, url.host, { idleTimeout, idle, ...(signal ? { signal } : {}) }, () => {
        // Who answered before all was sent wants no more of it: nothing goes on being sent, to keep the program waiting.
        if (!sent) request.destroy()
      })
      resolve({
        status: response.statusCode ?? 0,
        headers: flatten(response),
        body: bytes,
        certificate: () => certificateOf(response.socket),
      })
    })
    if (body === undefined) request.end()
    else if (body instanceof Uint8Array) request.end(body)
    else
      pump(body, request).then(() => {
        sent = true
      }, fail)
  })
}

/** Writes a streamed body at the pace of the connection. */
async function pump(body: AsyncIterable<Uint8Array>, request: ClientRequest): Promise<void> {
  try {
    for await (const chunk of body) {
      if (request.destroyed) return
      if (!request.write(chunk))
        await new Promise<void>(resolve => {
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
async function* chunks(
  response: IncomingMessage,
  host: string,
  { signal, idleTimeout, idle }: Waiting,
  over: () => void,
): AsyncIterable<Uint8Array> {
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    timer = setTimeout(() => response.destroy(idle()), idleTimeout)
  }
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
    over()
  }
}

function flatten(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}
