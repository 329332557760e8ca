import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEachFile } from './after-file.ts'

export interface ProxyOptions {
  /** `user:password` that the proxy requires. */
  auth?: string
  /** Refuses every CONNECT with this status. */
  refuse?: number
  /** Accepts CONNECT and never answers. */
  silent?: boolean
  /** Uses TLS itself. */
  tls?: { key: string; cert: string }
}

export interface TestProxy {
  /** `http://127.0.0.1:port`, or https. */
  url: string
  /** `host:port`. */
  host: string
  /** The request lines: `CONNECT 127.0.0.1:1234`, `GET http://127.0.0.1:1234/path`. */
  asked: string[]
  /** The headers of each request. */
  headers: IncomingMessage['headers'][]
  close(): void
}

const open = new Set<() => void>()
afterEachFile(() => {
  for (const close of open) close()
})

/** Starts a real proxy on loopback that supports CONNECT and requests in absolute form. */
export async function startProxy({ auth, refuse, silent = false, tls }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const sockets = new Set<Socket>()
  const mayPass = (incoming: IncomingMessage) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    headers.push(incoming.headers)
    return auth === undefined || incoming.headers['proxy-authorization'] === `Basic ${Buffer.from(auth).toString('base64')}`
  }
  const onRequest: RequestListener = (incoming, response) => {
    if (!mayPass(incoming)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('log in')
    const { 'proxy-authorization': _, ...passed } = incoming.headers
    incoming.pipe(
      request(incoming.url ?? '', { method: incoming.method ?? '', headers: passed }, answer => {
        response.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(response)
      }).on('error', () => response.writeHead(502).end()),
    )
  }
  const server: Server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {})
    const status = mayPass(incoming) ? refuse : 407
    if (silent) return
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(incoming.url ?? '') ?? []
    const further = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      further.pipe(socket).pipe(further)
    })
    sockets.add(further)
    further.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    open.delete(close)
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  open.add(close)
  return { url: `${tls === undefined ? 'http' : 'https'}://${host}`, host, asked, headers, close }
}
