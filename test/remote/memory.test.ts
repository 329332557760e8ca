import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { ApiKey } from '../../src/api/credentials.ts'
import { Http } from '../../src/api/http.ts'
import { LiveResponse } from '../../src/api/live-response.ts'
import { SILENT, type LocalSource, type Transport } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { RemoteSession } from '../../src/remote/session.ts'
import { download } from '../../src/remote/download.ts'
import { upload } from '../../src/remote/transfer.ts'
import { clock } from '../../src/host/clock.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { memoryInUse } from '../support/garbage.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { DEVICE, FakeService } from '../support/service.ts'
import { NEVER } from './support.ts'

const MiB = 1024 * 1024
const SIZE = 300 * MiB
/** The memory that a transfer may use in addition to what was used before. */
const ROOM = 50 * MiB

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** A session whose files use a real connection to a server that stores none, and everything else a service in memory. */
async function open(): Promise<{ session: RemoteSession; received: () => number }> {
  let received = 0
  const chunk = Buffer.alloc(MiB / 4, 'x')
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-length': String(SIZE) })
        for (let sent = 0; sent < SIZE; sent += chunk.length)
          if (!response.write(chunk)) await new Promise(resolve => response.once('drain', resolve))
        response.end()
        return
      }
      for await (const part of request) received += (part as Buffer).length
      response.writeHead(201).end('{"id":"file-0"}')
    })()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const network = await networkTransport()
  closing.push(
    () => network.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const service = new FakeService(clock, {
    run: request => ({
      result: request.name === 'get file' ? { file_details: { file_id: 'file-0' } } : { files: [{ filename: 'big', size: SIZE }] },
    }),
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport: Transport = request => {
    const bytes = request.url.pathname.endsWith('/content') || (request.method === 'POST' && request.url.pathname.endsWith('/files'))
    return bytes ? network.send({ ...request, url: new URL(request.url.pathname, origin) }) : service.transport(request)
  }
  const http = new Http({ url: new URL('https://service.example'), credentials: new ApiKey(new Secret('KEY/ID')), transport, clock })
  const session = await RemoteSession.open(
    {
      api: new LiveResponse(http, 'ABCD1234'),
      clock,
      device: { id: DEVICE },
      random: { uuid: () => 'boundary', below: () => 0 },
      establishTimeoutMs: PATIENCE_MS,
      timeoutMs: PATIENCE_MS,
    },
    SILENT,
    NEVER,
  )
  return { session, received: () => received }
}

/** After how many bytes the memory is looked at again. */
const LOOK_EVERY = 20 * MiB

/** Measures the maximum memory used above the initial amount, bytes. */
function watch(): { look(done: number): void; most(): number } {
  const before = memoryInUse()
  let [most, looked] = [0, 0]
  return {
    look(done) {
      if (done < looked + LOOK_EVERY) return
      looked = done
      most = Math.max(most, memoryInUse() - before)
    },
    most: () => most,
  }
}

function sha256OfAll(): string {
  const hash = createHash('sha256')
  for (let done = 0; done < SIZE; done += MiB) hash.update(Buffer.alloc(MiB, 'x'))
  return hash.digest('hex')
}

it('a download of 300 MiB takes a constant amount of memory', async () => {
  const { session } = await open()
  const memory = watch()
  let written = 0
  const target = {
    path: '/here/big',
    async write(chunk: Uint8Array) {
      written += chunk.length
      memory.look(written)
    },
    async commit() {},
    async discard() {},
  }
  expect(await download(session, 'C:\\big', target, { size: SIZE }, { signal: NEVER, progress: SILENT })).toEqual({
    size: SIZE,
    sha256: sha256OfAll(),
  })
  expect(written).toBe(SIZE)
  expect(memory.most()).toBeLessThan(ROOM)
})

it('an upload of 300 MiB takes a constant amount of memory', async () => {
  const { session, received } = await open()
  const memory = watch()
  const source: LocalSource = {
    path: '/here/big',
    name: 'big',
    size: SIZE,
    modified: 0,
    async *bytes() {
      for (let sent = 0; sent < SIZE; sent += MiB) {
        memory.look(sent)
        yield Buffer.alloc(MiB, 'x')
      }
    },
  }
  expect(await upload(session, source, 'C:\\big', { signal: NEVER, progress: SILENT })).toEqual({ size: SIZE, sha256: sha256OfAll() })
  expect(received()).toBeGreaterThan(SIZE)
  expect(memory.most()).toBeLessThan(ROOM)
})
