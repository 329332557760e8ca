import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { WireRequest, WireResponse } from '../../src/core/ports.ts'
import type { ConnectionError } from '../../src/host/connection-error.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { testFolder } from '../support/folder.ts'
import { until } from '../support/host.ts'
import { recycledLater } from '../support/recycling.ts'

const network = await networkTransport()
const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => network.close())

async function serve(listener: RequestListener): Promise<{ url: URL; server: Server }> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push({ close: () => server.close().closeAllConnections() })
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?q=1`), server }
}

/** Answers with the SHA-256 of what it receives, slowly. */
const slowHash: RequestListener = (request, response) => {
  void (async () => {
    const hash = createHash('sha256')
    for await (const part of request) {
      hash.update(part as Buffer)
      await new Promise(resolve => setImmediate(resolve))
    }
    response.end(hash.digest('hex'))
  })()
}

/** A server of bare sockets. */
async function sockets(listener: (socket: Socket) => void): Promise<URL> {
  const open = new Set<Socket>()
  const server = createSocketServer(socket => {
    open.add(socket)
    socket.on('error', () => {})
    listener(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push({
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const send = (url: URL, request: Partial<WireRequest> = {}) => network.send({ method: 'GET', url, headers: {}, ...request })

async function read({ body }: WireResponse): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

const failure = (work: Promise<unknown>): Promise<ConnectionError> =>
  work.then(
    () => {
      throw new Error('it worked')
    },
    (error: unknown) => error as ConnectionError,
  )

describe('an HTTP request', () => {
  it('sends method, path, headers and body, and returns status, headers and body', async () => {
    const { url } = await serve((request, response) => {
      void (async () => {
        const parts: Buffer[] = []
        for await (const part of request) parts.push(part as Buffer)
        response.writeHead(418, { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] })
        response.end(
          JSON.stringify({
            method: request.method,
            url: request.url,
            token: request.headers['x-auth-token'],
            body: Buffer.concat(parts).toString(),
          }),
        )
      })()
    })
    const response = await send(url, { method: 'POST', headers: { 'x-auth-token': 't' }, body: Buffer.from('whole') })
    expect(response).toMatchObject({ status: 418, headers: { 'x-answer': 'yes', 'set-cookie': 'a=1, b=2' } })
    expect(JSON.parse((await read(response)).toString())).toEqual({ method: 'POST', url: '/path?q=1', token: 't', body: 'whole' })
  })

  it('follows no redirect', async () => {
    const { url } = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    const response = await send(url)
    expect(response).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1:1/' } })
    await read(response)
  })

  it('keeps its connection for the next one', async () => {
    const ports = new Set<number | undefined>()
    const { url } = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('x')
    })
    for (let time = 0; time < 3; time++) await read(await send(url))
    expect(ports.size).toBe(1)
  })
})

/** 64 MiB in pieces, which are counted as they are read. */
function large(): { size: number; taken: () => number; bytes: AsyncIterable<Uint8Array>; sha256(): string } {
  const piece = Buffer.alloc(256 * 1024, 'cbc')
  const [size, hash] = [256 * piece.length, createHash('sha256')]
  let taken = 0
  return {
    size,
    taken: () => taken,
    sha256: () => hash.digest('hex'),
    bytes: (async function* () {
      for (; taken < size; taken += piece.length) {
        hash.update(piece)
        yield piece
      }
    })(),
  }
}

describe('an answer without a request', () => {
  const answer = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`

  it.each([
    ['is already there when the next request begins', async () => {}],
    [
      'arrives while nothing is requested',
      async () => {
        await setTimeout(20)
      },
    ],
  ])('on a kept connection ends it, and is never taken for the next answer, when it %s', async (_when, rest) => {
    const open: Socket[] = []
    const url = await sockets(socket => {
      open.push(socket.setNoDelay())
      socket.on('data', () => socket.write(answer(`from ${open.indexOf(socket)}`)))
    })
    expect((await read(await send(url))).toString()).toBe('from 0')
    // The connection is really kept.
    expect((await read(await send(url))).toString()).toBe('from 0')
    open[0]?.write(answer('a stray'))
    await rest()
    expect((await read(await send(url))).toString()).toBe('from 1')
  })
})

describe('a streamed body', () => {
  it('is sent at the pace of the receiver', async () => {
    let release = () => {}
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    const { url } = await serve((request, response) => {
      void (async () => {
        await released
        const hash = createHash('sha256')
        for await (const part of request) hash.update(part as Buffer)
        response.end(hash.digest('hex'))
      })()
    })
    const { size, bytes, taken, sha256 } = large()
    const sending = send(url, { method: 'POST', headers: { 'content-length': String(size) }, body: bytes })
    let before = -1
    // The transfer has stopped once a hundred turns of the event loop bring nothing.
    await until(async () => {
      const now = taken()
      for (let turn = 0; turn < 100; turn++) await new Promise(resolve => setImmediate(resolve))
      const still = taken() === now && now === before
      before = now
      return still && now > 0
    })
    expect(taken()).toBeLessThan(size / 2)
    release()
    expect((await read(await sending)).toString()).toBe(sha256())
    expect(taken()).toBe(size)
  })

  it('arrives as it was, though the memory of its chunks is used again while the receiver is slow', async () => {
    const { url } = await serve(slowHash)
    const { size, bytes, sha256 } = large()
    const answer = await send(url, { method: 'POST', headers: { 'content-length': String(size) }, body: recycledLater(bytes) })
    expect((await read(answer)).toString()).toBe(sha256())
  })

  it('is sent as it was hashed, when a file is read ahead for a slow receiver', async () => {
    const path = join(testFolder(), 'x')
    writeFileSync(
      path,
      Uint32Array.from({ length: 3_000_000 }, (_, n) => n),
    )
    const { url } = await serve(slowHash)
    const source = await localFiles.open(path)
    const hash = createHash('sha256')
    const body = (async function* () {
      for await (const chunk of source.bytes({ reuse: true })) {
        hash.update(chunk)
        yield chunk
      }
    })()
    const answer = await send(url, { method: 'POST', headers: { 'content-length': String(source.size) }, body })
    expect((await read(answer)).toString()).toBe(hash.digest('hex'))
  })

  it('is received at the pace of its reader', async () => {
    const { size, bytes, taken, sha256 } = large()
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': size })
      void (async () => {
        for await (const part of bytes) if (!response.write(part)) await new Promise(resolve => response.once('drain', resolve))
        response.end()
      })()
    })
    const response = await send(url)
    const hash = createHash('sha256')
    let [got, first] = [0, true]
    for await (const part of response.body) {
      hash.update(part)
      got += part.length
      if (!first) continue
      first = false
      for (let turn = 0; turn < 500; turn++) await new Promise(resolve => setImmediate(resolve))
      expect(taken()).toBeLessThan(size / 2)
    }
    expect(got).toBe(size)
    expect(hash.digest('hex')).toBe(sha256())
  })

  it('ends when its reader leaves', async () => {
    let closed = false
    const { url } = await serve((_, response) => {
      response.on('close', () => {
        closed = true
      })
      const more = () => {
        while (response.write(Buffer.alloc(65536))) continue
      }
      response.on('drain', more)
      more()
    })
    for await (const _ of (await send(url)).body) break
    await until(() => closed)
  })

  it('ends when its source fails', async () => {
    let [came, aborted] = [false, false]
    const { url } = await serve(request => {
      came = true
      request
        .on('error', () => {
          aborted = true
        })
        .resume()
    })
    const broken = new Error('the file went away')
    const body = (async function* () {
      yield Buffer.from('a')
      await until(() => came)
      throw broken
    })()
    expect(await failure(send(url, { method: 'POST', headers: { 'content-length': '10' }, body }))).toMatchObject({
      code: 'network',
      cause: broken,
    })
    await until(() => aborted)
  })

  it('is abandoned when the answer arrives before its end', async () => {
    const { url } = await serve((_, response) => response.writeHead(413, { connection: 'close' }).end('too large'))
    const response = await send(url, { method: 'POST', headers: { 'content-length': String(large().size) }, body: large().bytes })
    expect(response.status).toBe(413)
  })
})

describe('an error is reported when', () => {
  it('the port is closed', async () => {
    const { url, server } = await serve(() => {})
    await new Promise(resolve => server.close(resolve))
    expect(await failure(send(url))).toMatchObject({
      code: 'network',
      message: `${url.host}: connection refused`,
      sent: false,
      facts: { hint: 'check the URL and the network' },
    })
  })

  it('the connection drops before an answer', async () => {
    const url = await sockets(socket => socket.once('data', () => socket.resetAndDestroy()))
    expect(await failure(send(url))).toMatchObject({
      code: 'network',
      message: `${url.host}: the connection was dropped`,
      sent: true,
      facts: { hint: 'try again' },
    })
  })

  it('the answer is not HTTP', async () => {
    const url = await sockets(socket => socket.once('data', () => socket.end('SSH-2.0-hello\r\n')))
    expect(await failure(send(url))).toMatchObject({ code: 'network', message: `${url.host}: the answer is not HTTP`, sent: true })
  })

  it('https is spoken to a server without it', async () => {
    const url = await sockets(socket => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    url.protocol = 'https:'
    expect(await failure(send(url))).toMatchObject({ code: 'network', sent: false, message: `${url.host}: it does not speak TLS` })
  })

  it.each(['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n'])(
    'the body is cut: %j',
    async answer => {
      const url = await sockets(socket => socket.once('data', () => socket.end(answer)))
      expect(await failure(read(await send(url)))).toMatchObject({
        code: 'network',
        message: `${url.host}: the answer was cut short`,
        sent: true,
      })
    },
  )

  it('no answer arrives', async () => {
    const url = await sockets(() => {})
    expect(await failure(send(url, { idleTimeout: 30 }))).toMatchObject({
      code: 'network',
      message: `${url.host}: no answer for 30 ms`,
      sent: true,
    })
  })

  it('the body stops', async () => {
    const url = await sockets(socket => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort')))
    expect(await failure(read(await send(url, { idleTimeout: 30 })))).toMatchObject({
      code: 'network',
      message: `${url.host}: no answer for 30 ms`,
    })
  })

  it('but not when the reader is slow', async () => {
    const { size, bytes } = large()
    const { url } = await serve((_, response) => {
      void (async () => {
        for await (const part of bytes) if (!response.write(part)) await new Promise(resolve => response.once('drain', resolve))
        response.end()
      })()
    })
    const silent = await sockets(() => {})
    let got = 0
    let paused = false
    for await (const part of (await send(url, { idleTimeout: 500 })).body) {
      got += part.length
      if (paused) continue
      paused = true
      // Another request without an answer shows when at least that time has passed.
      await failure(send(silent, { idleTimeout: 600 }))
    }
    expect(got).toBe(size)
  })
})

describe('an abort takes effect', () => {
  const reason = new Error('enough')

  it.each([
    ['before', true],
    ['while it waits', false],
  ])('%s', async (_when, early) => {
    let asked = 0
    const { url } = await serve(() => {
      asked += 1
    })
    const stop = new AbortController()
    if (early) stop.abort(reason)
    const sending = failure(send(url, { signal: stop.signal }))
    if (!early) {
      await until(() => asked === 1)
      stop.abort(reason)
    }
    expect(await sending).toBe(reason)
    expect(asked).toBe(early ? 0 : 1)
  })

  it('during the answer', async () => {
    const { url } = await serve((_, response) => response.write('begun'))
    const stop = new AbortController()
    const response = await send(url, { signal: stop.signal })
    const reading = failure(
      (async () => {
        for await (const _ of response.body) stop.abort(reason)
      })(),
    )
    expect(await reading).toBe(reason)
  })

  it('during the request', async () => {
    const { url } = await serve(() => {})
    const stop = new AbortController()
    const { bytes, size, taken } = large()
    const sending = failure(send(url, { method: 'POST', headers: { 'content-length': String(size) }, body: bytes, signal: stop.signal }))
    await until(() => taken() > 0)
    stop.abort(reason)
    expect(await sending).toBe(reason)
  })
})

it('an answer before the end of the request stops the request, without a wait', async () => {
  let pulled = 0
  let left = false
  const { url } = await serve((_, response) => {
    response.writeHead(413).end('too large')
  })
  const endless = async function* () {
    try {
      for (;;) {
        pulled += 1
        yield Buffer.alloc(64 * 1024)
      }
    } finally {
      left = true
    }
  }
  const answer = await send(url, { method: 'POST', headers: { 'content-length': String(2 ** 40) }, body: endless() })
  expect([answer.status, String(await read(answer))]).toEqual([413, 'too large'])
  await until(() => left)
  expect(pulled).toBeGreaterThan(0)
})
