import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { BlockList, isIP, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorResponse } from './cloud/http.ts'
import type { Lab } from './lab.ts'

export interface ServeOptions {
  /** 0: any that is free. */
  port: number
  /** A name or address of this machine to listen at. */
  host?: string
}

export interface ServedLab {
  /** `http://127.0.0.1:8080`. */
  url: string
  /** Stops listening and cuts the connections; the lab stays open. */
  close(): Promise<void>
}

/**
 * Serves a lab over HTTP.
 * @throws Error the lab has this machine as an endpoint, and the host can be reached by others; the port is in use
 */
export async function serveLab(lab: Lab, { port, host = '127.0.0.1' }: ServeOptions): Promise<ServedLab> {
  if (lab.local && !isLoopback(host)) throw new Error(`a lab with this machine as an endpoint is served on loopback only, not at ${host}`)
  // An upload of many gigabytes over a slow line takes its time: no limit on a whole request.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    answer(lab, isLoopback(host), request, response).catch(() => response.destroy())
  })
  await listen(server, port, host)
  const { address, port: actual } = server.address() as AddressInfo
  return {
    url: `http://${isIP(address) === 6 ? `[${address}]` : address}:${actual}`,
    close: () => new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function answer(lab: Lab, loopback: boolean, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => { if (!outgoing.writableFinished) gone.abort() })
  const response = await respond(lab, loopback, incoming, gone.signal)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(response.body), outgoing)
  // What a refused request still sends is read and thrown away, so that the client comes to read the answer.
  incoming.resume()
}

async function respond(lab: Lab, loopback: boolean, incoming: IncomingMessage, gone: AbortSignal): Promise<Response> {
  // A page in a browser that has its own name point to 127.0.0.1 (DNS rebinding) is told nothing.
  if (loopback && !namesLoopback(incoming.headers.host)) return errorResponse(403, 'Host is not this machine')
  let request: Request
  try {
    request = toRequest(incoming, gone)
  } catch {
    return errorResponse(400, 'Not a request that can be understood')
  }
  return lab.handle(request)
}

/** @throws TypeError: its address, method or headers are none that a web request can have */
function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: ReadableStream.from(bytesOf(incoming)), duplex: 'half' as const }
  return new Request(new URL(url, `http://${incoming.headers.host ?? 'localhost'}`), { method, headers, signal, ...body })
}

/** Who stops reading leaves the connection whole: it still has to carry the answer. */
async function* bytesOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether a host name or address is reached from this machine alone. */
function isLoopback(host: string): boolean {
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
