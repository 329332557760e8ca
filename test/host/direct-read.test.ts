import { createHash } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { PLAIN_NETWORK } from '../../src/core/auth-and-network.ts'
import type { WireRequest } from '../../src/core/ports.ts'
import { clock, random } from '../../src/host/clock.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { certificates } from '../../src/lab/tls/certificates.ts'
import { testFolder } from '../support/folder.ts'
import { until } from '../support/host.ts'

const tls = await certificates(testFolder(), [], { clock, random })
const closing: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
})

/** 17 MiB that repeat nowhere, so that each byte out of place is noticed. */
const CONTENT = Buffer.alloc(17 * 1024 * 1024)
for (let at = 0; at < CONTENT.length; at += 4) CONTENT.writeUInt32LE(at, at)

/** Serves, and opens a client for it. `connections` are those that were made to the server. */
async function open(secure: boolean, answer: RequestListener) {
  const connections: Socket[] = []
  const server = secure ? createSecureServer({ key: tls.key, cert: tls.cert }, answer) : createServer(answer)
  server.on('connection', (socket: Socket) => connections.push(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const network = await networkTransport(secure ? { ...PLAIN_NETWORK, caFile: tls.ca } : PLAIN_NETWORK)
  closing.push(
    () => server.close().closeAllConnections(),
    () => network.close(),
  )
  const url = new URL(`${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const send = async (more: Partial<WireRequest> = {}) => await network.send({ method: 'GET', url, headers: {}, reuse: true, ...more })
  return { connections, send, small: async () => await text((await send({ url: new URL('/small', url) })).body) }
}

const whole: RequestListener = (_, response) => response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT)

/** Reads a body as its chunks come. @returns its size and hash, and how many places in memory its chunks were in */
async function digest(body: AsyncIterable<Uint8Array>, rest: () => Promise<void> = async () => {}) {
  const hash = createHash('sha256')
  const memory = new Set<ArrayBufferLike>()
  let size = 0
  for await (const chunk of body) {
    await rest()
    hash.update(chunk)
    size += chunk.length
    memory.add(chunk.buffer)
  }
  return { size, sha256: hash.digest('hex'), places: memory.size }
}
const sha256 = createHash('sha256').update(CONTENT).digest('hex')

describe.each([
  ['http', false],
  ['https', true],
])('a large body over %s, whose chunks are used at once,', (_scheme, secure) => {
  it('arrives whole in the same few places of memory, whether its reader is fast or rests after each chunk', async () => {
    const { send } = await open(secure, whole)
    for (const rest of [undefined, () => new Promise<void>(resolve => void setImmediate(resolve))]) {
      const { places, ...found } = await digest((await send()).body, rest)
      expect(found).toEqual({ size: CONTENT.length, sha256 })
      // Those of the blocks, and of what came together with the head.
      expect(places).toBeLessThan(8)
    }
  })

  it('is received at the pace of its reader', async () => {
    let written = 0
    const { send } = await open(secure, (_, response) => {
      response.writeHead(200, { 'content-length': 16 * CONTENT.length })
      const more = () => {
        while (!response.destroyed && response.write(CONTENT.subarray(0, 1024 * 1024), () => (written += 1))) continue
      }
      response.on('drain', more)
      more()
    })
    for await (const _ of (await send()).body) {
      let before = -1
      // It has stopped once a hundred turns of the event loop bring nothing.
      await until(async () => {
        const now = written
        for (let turn = 0; turn < 100; turn++) await new Promise(resolve => void setImmediate(resolve))
        const still = now === before && written === now
        before = now
        return still
      })
      expect(written).toBeLessThan(8 * 17)
      break
    }
  })

  it('that is cut off gives what came of it, and then an error', async () => {
    const { send } = await open(secure, (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length + 1 })
      response.write(CONTENT, () => response.destroy())
    })
    let size = 0
    const reading = (async () => {
      for await (const chunk of (await send()).body) size += chunk.length
    })()
    await expect(reading).rejects.toMatchObject({ code: 'network', message: expect.stringMatching(/the answer was cut short/) as string })
    expect(size).toBe(CONTENT.length)
  })

  it('that stops coming is given up', async () => {
    const { send, small } = await open(secure, (request, response) => {
      if (request.url !== '/') return void response.end('small')
      response.writeHead(200, { 'content-length': CONTENT.length + 1 }).write(CONTENT)
    })
    // The connection is made without the limit.
    await small()
    await expect(digest((await send({ idleTimeout: 300 })).body)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/no answer for 300 ms/) as string,
    })
  })

  it('ends with an abort, and when its reader leaves', async () => {
    const { connections, send } = await open(secure, (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length + 1 }).write(CONTENT)
    })
    const [stop, reason] = [new AbortController(), new Error('enough')]
    const { body } = await send({ signal: stop.signal })
    const reading = (async () => {
      for await (const _ of body) stop.abort(reason)
    })()
    await expect(reading).rejects.toBe(reason)
    for await (const _ of (await send()).body) break
    await until(() => connections.length === 2 && connections.every(({ destroyed }) => destroyed))
  })

  it('leaves the next request a connection of its own, and nothing of what came after its length', async () => {
    const { connections, send, small } = await open(secure, (request, response) => {
      if (request.url !== '/') return void response.end('small')
      response.writeHead(200, { 'content-length': CONTENT.length })
      response.write(CONTENT)
      response.socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray')
    })
    expect(await digest((await send()).body)).toMatchObject({ size: CONTENT.length, sha256 })
    expect([await small(), connections.length]).toEqual(['small', 2])
  })
})

describe('a large body', () => {
  it.each<[string, RequestListener]>([
    [
      'of unknown length',
      (_, response) => {
        response.write(CONTENT)
        response.end()
      },
    ],
    ['of a refusal', (_, response) => response.writeHead(500, { 'content-length': CONTENT.length }).end(CONTENT)],
  ])('%s comes whole too, and keeps its connection', async (_which, answer) => {
    const { connections, send } = await open(false, answer)
    for (let time = 0; time < 2; time++) expect(await digest((await send()).body)).toMatchObject({ size: CONTENT.length, sha256 })
    expect(connections).toHaveLength(1)
  })
})
