import { afterEachFile } from '../support/after-file.ts'
import { ApiKey } from '../../src/api/credentials.ts'
import type { Call } from '../../src/api/call.ts'
import type { Exchange } from '../../src/api/exchange.ts'
import { Http, type HttpOptions } from '../../src/api/http.ts'
import { CbcError } from '../../src/core/errors.ts'
import type { Transport, WireResponse } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { networkTransport } from '../../src/host/transport.ts'

export const TOKEN = 'ABCDEFGHIJKLMNO123456789/ABCD123456'
export const READ: Call = { method: 'GET', path: '/things/1', effect: 'read', what: 'get thing', permission: 'org.things READ' }
export const CHANGE: Call = {
  method: 'POST',
  path: '/things',
  body: { n: 1 },
  effect: 'change',
  what: 'make thing',
  permission: 'org.things CREATE',
}

const networks: { close(): void }[] = []
afterEachFile(() => {
  for (const network of networks.splice(0)) network.close()
})

/** Creates a client over the program's real transport that records its requests. */
export async function client(url: string, more: Partial<HttpOptions> = {}): Promise<{ http: Http; exchanges: Exchange[] }> {
  const exchanges: Exchange[] = []
  const network = await networkTransport()
  networks.push(network)
  return {
    http: new Http({
      url: new URL(url),
      credentials: new ApiKey(new Secret(TOKEN)),
      transport: network.send,
      clock: new HurriedClock(),
      onExchange: exchange => {
        exchanges.push(exchange)
      },
      ...more,
    }),
    exchanges,
  }
}

/** Returns the error of work that must fail. */
export async function failure(work: Promise<unknown>): Promise<CbcError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof CbcError) return error
  throw new Error(`expected a CbcError, got ${String(error)}`)
}

/** Returns a transport with the given answers. */
export function answering(...answers: ((Partial<WireResponse> & { text?: string }) | Error)[]): {
  transport: Transport
  requests: Parameters<Transport>[0][]
} {
  const requests: Parameters<Transport>[0][] = []
  return {
    requests,
    transport: async request => {
      requests.push(request)
      const answer = answers[Math.min(requests.length, answers.length) - 1]
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer')
      return { status: 200, headers: {}, body: bytes(answer.text ?? ''), ...answer }
    },
  }
}

export async function* bytes(...parts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** Never answers, but respects its signal as transports do. */
export const silent: Transport = ({ signal }) =>
  new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
