import type * as Http from 'node:http'
import type { ClientRequest, RequestOptions } from 'node:http'
import type * as Https from 'node:https'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Duplex } from 'node:stream'
import { formatDuration } from '../core/quantity.ts'
import { connectionError, ConnectionError } from './connection-error.ts'
import type { Proxy } from './proxies.ts'
import type { Trust } from './trust.ts'

/** Node's own modules, which are too slow to import by name (transport.ts). */
export interface Modules {
  readonly http: typeof Http
  readonly https: typeof Https
}

/** A connection that Node's agent asks for. */
interface WantedConnection {
  host: string
  port: number
  servername?: string
  /** Milliseconds that each step may take. */
  timeout: number
}

function hostAndPort({ host, port }: WantedConnection): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** An agent for https whose connections go through a proxy: CONNECT (RFC 9110, section 9.3.6), then TLS with the server itself. */
export function tunnelAgent(proxy: Proxy, trust: Trust, modules: Modules, stop: AbortSignal): Https.Agent {
  const { http, https } = modules
  const agent = new https.Agent({ keepAlive: true })
  const options = { agent: proxy.url.protocol === 'https:' ? new https.Agent({ ...trust }) : new http.Agent(), signal: stop }
  const open = async (wanted: WantedConnection) =>
    await handshake(await connectThroughProxy(wanted, proxy, modules, options), wanted, trust, stop)
  agent.createConnection = (options, callback) => {
    const { host, port, servername, timeout } = options as Record<string, unknown>
    const wanted = {
      host: String(host),
      port: Number(port),
      timeout: Number(timeout),
      ...(typeof servername === 'string' && servername !== '' ? { servername } : {}),
    }
    // The callback's type demands a stream even beside an error.
    open(wanted).then(
      socket => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    )
    return undefined
  }
  return agent
}

/** Makes a request to the proxy itself. */
export function proxyRequest({ url, authorization }: Proxy, modules: Modules, options: RequestOptions): ClientRequest {
  const [by, port] = url.protocol === 'https:' ? [modules.https, 443] : [modules.http, 80]
  const headers = { ...options.headers, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization.reveal() }) }
  return by.request({ ...options, headers, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port || port })
}

/** Connects to a server through the proxy. @throws ConnectionError */
function connectThroughProxy(wanted: WantedConnection, proxy: Proxy, modules: Modules, options: RequestOptions): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const [target, { timeout }] = [hostAndPort(wanted), wanted]
    const request = proxyRequest(proxy, modules, { ...options, method: 'CONNECT', path: target, headers: { host: target }, timeout })
    request.on('connect', (response, socket) => {
      const status = response.statusCode ?? 0
      socket.setTimeout(0)
      if (status >= 200 && status < 300) return resolve(socket)
      socket.destroy()
      reject(proxyRefusal(proxy, status, target))
    })
    request.on('timeout', () =>
      request.destroy(
        new ConnectionError(
          `the proxy ${proxy.url.host}`,
          `no answer for ${formatDuration(timeout)}`,
          false,
          undefined,
          `check ${proxy.from}`,
        ),
      ),
    )
    request.on('error', error =>
      reject(
        error instanceof ConnectionError ? error : connectionError(`the proxy ${proxy.url.host}`, error, false, `check ${proxy.from}`),
      ),
    )
    request.end()
  })
}

/** Sets up TLS with the server over the proxy's connection. */
function handshake(socket: Duplex, wanted: WantedConnection, trust: Trust, stop: AbortSignal): Promise<TLSSocket> {
  const { host, servername = '', timeout } = wanted
  return new Promise((resolve, reject) => {
    const secured = connectTls({ ...trust, socket, host, servername, ALPNProtocols: ['http/1.1'] })
    const onStop = () => secured.destroy(stop.reason as Error)
    const onSilence = () => secured.destroy(new ConnectionError(hostAndPort(wanted), `no answer for ${formatDuration(timeout)}`, false))
    const settle = (done: () => void) => {
      secured.setTimeout(0)
      secured.off('timeout', onSilence).off('error', onError)
      stop.removeEventListener('abort', onStop)
      done()
    }
    const onError = (error: Error) => settle(() => reject(error))
    stop.addEventListener('abort', onStop)
    secured.setTimeout(timeout)
    secured.on('timeout', onSilence).on('error', onError)
    secured.once('secureConnect', () => settle(() => resolve(secured)))
  })
}

/** Returns the error for a request that the proxy refuses. @param target `host:port` */
export function proxyRefusal({ url, from, authorization }: Proxy, status: number, target: string): Error {
  const host = `the proxy ${url.host}`
  if (status !== 407)
    return new ConnectionError(
      host,
      `it refused a connection to ${target} with status ${status}`,
      false,
      undefined,
      `ask the proxy's administrator, or check ${from}`,
    )
  return authorization === undefined
    ? new ConnectionError(
        host,
        'it requires a user name and password (status 407)',
        false,
        undefined,
        `write them into ${from}: http://user:password@${url.host}`,
      )
    : new ConnectionError(host, 'it does not accept the user name and password (status 407)', false, undefined, `check them in ${from}`)
}
