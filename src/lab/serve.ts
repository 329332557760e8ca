import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { BlockList, isIP, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { errorResponse, textOf } from './cloud/http.ts'
import { isForStorage } from './cloud/storage-url.ts'
import type { Lab } from './lab.ts'
import { requestOf } from './request.ts'

export interface ServeOptions {
  /** 0: any free port. */
  port: number
  /** A name or address of this machine to listen at. */
  host?: string
  /** Key and certificate, PEM: serves https. */
  tls?: { key: string; cert: string }
  /** Whether calls below `/lab/` are answered; default: only when listening on loopback. */
  control?: boolean
}

export interface ServedLab {
  /** Such as `http://127.0.0.1:8080`. */
  url: string
  /** Accepts no more requests, gives pending ones a few seconds to finish, and cuts off the rest; the lab stays open. */
  close(): Promise<void>
}

/** How long pending requests may take to finish when the server closes, ms. */
const CLOSE_TIMEOUT_MS = 5000

/**
 * Serves a lab over HTTP or HTTPS. The first redirect to the storage opens a second, free port that serves the storage.
 * @throws Error when the port is in use, or when this machine is an endpoint of the lab and other machines can reach the host
 */
export async function serveLab(lab: Lab, { port, host = '127.0.0.1', tls, control = isLoopback(host) }: ServeOptions): Promise<ServedLab> {
  if (lab.local && !isLoopback(host)) throw new Error(`a lab with this machine as an endpoint is served on loopback only, not at ${host}`)
  const front: PortOptions = {
    loopback: isLoopback(host),
    secure: tls !== undefined,
    handle: request => (isForStorage(new URL(request.url)) ? notFound() : lab.handle(request, control)),
  }
  const back: PortOptions = { ...front, handle: async request => (isForStorage(new URL(request.url)) ? lab.handle(request) : notFound()) }
  const listener = await open(front, port, host, tls)
  let storage: Promise<Listener> | undefined
  lab.redirectTo(async ({ protocol, hostname }) => `${protocol}//${hostname}:${(await (storage ??= open(back, 0, host, tls))).port}`)
  return {
    url: listener.url,
    async close() {
      const all = [listener, ...(storage === undefined ? [] : [await storage])]
      lab.drain()
      await Promise.all(all.map(one => one.close()))
    },
  }
}

/** What a port serves, and how. */
interface PortOptions {
  /** Whether only this machine can reach it. */
  loopback: boolean
  secure: boolean
  handle(request: Request): Promise<Response>
}

interface Listener {
  url: string
  port: number
  close(): Promise<void>
}

async function notFound(): Promise<Response> {
  return errorResponse(404, 'No resource here')
}

async function open(options: PortOptions, port: number, host: string, tls: ServeOptions['tls']): Promise<Listener> {
  const underWay = new Set<Promise<void>>()
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const task = answer(options, request, response)
      .catch(() => {
        response.destroy()
      })
      .finally(() => underWay.delete(task))
    underWay.add(task)
  }
  // An upload of many gigabytes over a slow line takes its time: no limit on a whole request.
  const server =
    tls === undefined
      ? createServer({ requestTimeout: 0 }, onRequest)
      : (await import('node:https')).createServer({ requestTimeout: 0, ...tls }, onRequest)
  // Longer than clients keep idle connections, as gateways do: a client that reuses one finds it still open.
  server.keepAliveTimeout = 75_000
  await listen(server, port, host)
  const { address, port: actual } = server.address() as AddressInfo
  const name = host === 'localhost' ? host : isIP(address) === 6 ? `[${address}]` : address
  return { url: `${tls === undefined ? 'http' : 'https'}://${name}:${actual}`, port: actual, close: () => close(server, underWay) }
}

async function close(server: Server, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  const stop = new AbortController()
  await Promise.race([Promise.all(underWay), pause(CLOSE_TIMEOUT_MS, undefined, { signal: stop.signal }).catch(() => undefined)])
  stop.abort()
  server.closeAllConnections()
  await closed
}

async function answer(options: PortOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  const response = await respond(options, incoming, gone.signal)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const text = textOf(response)
  if (text !== undefined || response.body === null) outgoing.end(text)
  else {
    // The body may take a long time to come.
    outgoing.flushHeaders()
    await pipeline(Readable.fromWeb(response.body), outgoing)
  }
  // Discard what a refused request still sends, so that the client gets to reading the answer.
  incoming.resume()
}

async function respond(options: PortOptions, incoming: IncomingMessage, gone: AbortSignal): Promise<Response> {
  // Refuses DNS rebinding: a web page whose host name points to 127.0.0.1.
  if (options.loopback && !namesLoopback(incoming.headers.host)) return errorResponse(403, 'Host is not this machine')
  let request: Request
  try {
    request = toRequest(incoming, options.secure, gone)
  } catch {
    return errorResponse(400, 'The request is malformed')
  }
  return options.handle(request)
}

/** @throws TypeError when its URL, method or headers are not valid in a web request */
function toRequest(incoming: IncomingMessage, secure: boolean, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: ReadableStream.from(bytesOf(incoming)), duplex: 'half' as const }
  return requestOf(
    new URL(url, `${secure ? 'https' : 'http'}://${incoming.headers.host ?? 'localhost'}`),
    { method, headers, ...body },
    signal,
  )
}

/** Yields the body. A reader that stops early doesn't destroy the connection, which still has to carry the answer. */
async function* bytesOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether a host name or address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const family = isIP(bare)
  return family === 0 ? bare === 'localhost' || bare.endsWith('.localhost') : LOOPBACK.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

function namesLoopback(header: string | undefined): boolean {
  const match = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(header ?? '')
  return match?.[1] !== undefined && isLoopback(match[1])
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
