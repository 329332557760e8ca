import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asCbcError } from '../core/errors.ts'
import type { Health, ServedHealth } from '../core/host.ts'

/** A supervisor asks and leaves; who doesn't, is left. */
const REQUEST_TIMEOUT_MS = 5000
const MAX_CONNECTIONS = 50

/**
 * Answers a supervisor's questions: `/` whether the program works (200, else 503), `/live` whether it is there at all.
 * @param host a name or address of this machine
 * @throws CbcError io: it can't listen there
 */
export async function serveHealth({ host, port }: { host: string; port: number }, health: () => Health): Promise<ServedHealth> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }, (request, response) =>
    answer(request, response, health),
  )
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(asCbcError(Object.assign(error, { path: `${host}:${port}` }))))
    server.listen(port, host, resolve)
  })
  const { address, port: chosen } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${chosen}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer({ method, url }: IncomingMessage, response: ServerResponse, health: () => Health): void {
  const isAsked = method === 'GET' || method === 'HEAD'
  const { ok, facts } = url === '/live' ? { ok: true, facts: { status: 'live' } } : health()
  const status = url !== '/' && url !== '/live' ? 404 : !isAsked ? 405 : ok ? 200 : 503
  const body = status === 404 || status === 405 ? '' : `${JSON.stringify({ ok, ...facts })}\n`
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' })
  response.end(body)
}
