import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { PLAIN_NETWORK } from '../../src/core/auth-and-network.ts'
import type { Transport } from '../../src/core/ports.ts'
import { clock, random } from '../../src/host/clock.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { certificates } from '../../src/lab/tls/certificates.ts'
import { testFolder } from '../support/folder.ts'

const tls = await certificates(testFolder(), [], { clock, random })
/** For each connection that was made: whether its TLS session was resumed. */
let made: boolean[]
const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
  request.resume()
  if (request.url === '/last') response.setHeader('connection', 'close')
  response.end('{}')
})
server.on('secureConnection', socket => made.push(socket.isSessionReused()))
let url: URL
beforeAll(async () => {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
beforeEach(() => {
  made = []
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise(done => server.close(done))
})

async function ask(send: Transport, path: string, method = 'GET'): Promise<void> {
  const body = method === 'GET' ? {} : { body: Buffer.from('{}') }
  const headers: Record<string, string> = method === 'GET' ? {} : { 'content-length': '2' }
  const answer = await send({ method, url: new URL(path, url), headers, ...body })
  for await (const _ of answer.body);
}

it('requests one after the other share one connection, and those at the same time no more than there are', async () => {
  const { send, close } = await networkTransport({ ...PLAIN_NETWORK, caFile: tls.ca })
  try {
    for (const method of ['GET', 'POST', 'GET', 'DELETE', 'GET']) await ask(send, '/', method)
    expect(made).toHaveLength(1)
    await Promise.all([ask(send, '/'), ask(send, '/')])
    await Promise.all([ask(send, '/'), ask(send, '/')])
    expect(made).toHaveLength(2)
  } finally {
    close()
  }
})

it('a connection that the server closed is followed by one that resumes its TLS session', async () => {
  const { send, close } = await networkTransport({ ...PLAIN_NETWORK, caFile: tls.ca })
  try {
    for (const path of ['/last', '/last', '/']) await ask(send, path)
    expect(made).toEqual([false, true, true])
  } finally {
    close()
  }
})
