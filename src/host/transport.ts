import type { ClientRequest, IncomingMessage } from 'node:http'
import { PLAIN_NETWORK, type NetworkSettings } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'
import type { Transport, WireRequest, WireResponse } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { certificateOf } from './certificate.ts'
import { connectionError, ConnectionError } from './connection-error.ts'
import { directBody } from './direct-read.ts'
import { HttpAgents, type AgentRoute } from './http-agents.ts'
import { waitForStrayBytes } from './stray-bytes.ts'
import { limitYoungObjects } from './young-objects.ts'

/**
 * Returns the transport over the network. It uses Node's own HTTP client, which streams bodies in both directions in constant memory and
 * keeps connections open between requests (docs/decisions/0003-transport.md compares it with fetch).
 * @param settings the profile's network settings
 * @param env      may name proxies and certificate authorities too
 */
export async function networkTransport(
  settings: NetworkSettings = PLAIN_NETWORK,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ send: Transport; close(): void }> {
  // Not `import('node:http')`: on Node 22 and later that evaluates getters which load all of undici (37 ms).
  const { getBuiltinModule } = process
  const agents = new HttpAgents(
    {
      http: getBuiltinModule('node:http'),
      // With it comes TLS, which a service on this machine may do without.
      get https() {
        return getBuiltinModule('node:https')
      },
    },
    settings,
    env,
  )
  const ofJson = limitYoungObjects()
  return {
    async send(wire) {
      const way = await agents.to(wire.url)
      await waitForStrayBytes()
      const response = await sendRequest(wire, way)
      return isJson(response) ? { ...response, body: counted(response.body, ofJson) } : response
    },
    close: () => agents.close(),
  }
}

function isJson({ headers }: WireResponse): boolean {
  return headers['content-type']?.includes('json') === true
}

async function* counted(body: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    count(part.length)
    yield part
  }
}

function sendRequest(
  { method, url, headers, body, signal, idleTimeout = 60_000, reuse = false }: WireRequest,
  way: AgentRoute,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    // Set here, the timeout covers the attempt to connect as well.
    const request = way.request({ method, headers, timeout: idleTimeout, ...(signal ? { signal } : {}) })
    let connected = false
    let sent = body === undefined || body instanceof Uint8Array
    const fail = (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) return reject(signal.reason)
      reject(error instanceof CbcError ? error : connectionError(connected ? url.host : way.peer, error, connected, way.hint))
    }
    // Node reports the abort only once there is a socket, and a proxy may take a while to make one.
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    request.on('socket', socket => {
      // A reused connection has been made already: a listener on it would never be removed.
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
      // From here on the timeout only runs while somebody waits for bytes: a slow reader is not the service's fault.
      request.setTimeout(0)
      const chunks = (reuse ? directBody(response) : undefined) ?? (response as AsyncIterable<Uint8Array>)
      const bytes = bodyChunks(response, chunks, url.host, { idleTimeout, idle, ...(signal ? { signal } : {}) }, () => {
        // A server that answers before everything was sent wants no more of it: sending the rest would only keep the program waiting.
        if (!sent) request.destroy()
      })
      resolve({
        status: response.statusCode ?? 0,
        headers: headersOf(response),
        body: bytes,
        certificate: () => certificateOf(response.socket),
      })
    })
    if (body === undefined) request.end()
    else if (body instanceof Uint8Array) request.end(body)
    else
      writeBody(body, request).then(() => {
        sent = true
      }, fail)
  })
}

/** Writes a streamed body at the pace of the connection: the next chunk is prepared while one is on its way. */
async function writeBody(body: AsyncIterable<Uint8Array>, request: ClientRequest): Promise<void> {
  let written = Promise.resolve()
  try {
    for await (const chunk of body) {
      await written
      if (request.destroyed) return
      written = write(chunk, request)
    }
    request.end()
  } catch (error) {
    request.destroy(error as Error)
    throw error
  }
}

/** Writes a chunk. @returns resolves when its memory is no longer used: it has been handed to the system, or the request is over */
function write(chunk: Uint8Array, request: ClientRequest): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      request.off('close', done)
      resolve()
    }
    request.once('close', done)
    request.write(chunk, done)
  })
}

interface IdleLimit {
  signal?: AbortSignal
  /** Milliseconds to wait for the next chunk. */
  idleTimeout: number
  /** The error for a chunk that didn't arrive in time. */
  idle(): Error
}

/** Yields the body's chunks; a body that ends before its announced length is an error, not a short file. */
async function* bodyChunks(
  response: IncomingMessage,
  chunks: AsyncIterable<Uint8Array>,
  host: string,
  { signal, idleTimeout, idle }: IdleLimit,
  over: () => void,
): AsyncIterable<Uint8Array> {
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    timer = setTimeout(() => response.destroy(idle()), idleTimeout)
  }
  try {
    wait()
    for await (const chunk of chunks) {
      clearTimeout(timer)
      yield chunk
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

function headersOf(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}
