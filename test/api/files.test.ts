import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import type { Transport } from '../../src/core/ports.ts'
import { until } from '../support/host.ts'
import { scripted } from '../support/server.ts'
import { bytes, CHANGE, client, collect, failure, READ, TOKEN } from './support.ts'

const DOWNLOAD = { ...READ, path: '/content', what: 'download' }
const UPLOAD = {
  method: CHANGE.method,
  path: '/files',
  effect: 'change',
  what: 'upload',
  permission: 'org.liveresponse.file CREATE',
} as const

/** A server's origin under another name: loopback has many addresses. */
const redirect = (location: string, status = 302) => ({ status, headers: { location }, body: 'moved' })

describe('Get File Content', () => {
  it('returns the bytes as they arrive, and the announced size', async () => {
    const content = randomBytes(300_000)
    const server = await scripted([
      { method: 'GET', path: '/content', headers: { 'x-auth-token': TOKEN }, response: { status: 200, body: content } },
    ])
    const { http } = await client(server.url)
    const { bytes: stream, size } = await http.download(DOWNLOAD)
    expect([size, (await collect(stream)).equals(content)]).toEqual([300_000, true])
    await server.done()
  })

  it('returns no size when none is announced', async () => {
    const server = await scripted([{ method: 'GET', path: '/content', response: { status: 200, body: bytes('ab', 'c') } }])
    const answer = await (await client(server.url)).http.download(DOWNLOAD)
    expect([answer.size, String(await collect(answer.bytes))]).toEqual([undefined, 'abc'])
    await server.done()
  })

  it.each([301, 302, 303, 307, 308])('follows a redirect (%i) to another origin without the credentials', async status => {
    const storage = await scripted([{ method: 'GET', path: '/bucket/x?Signature=abc', response: { status: 200, body: 'content' } }])
    const server = await scripted([
      {
        method: 'GET',
        path: '/content',
        headers: { 'x-auth-token': TOKEN },
        response: redirect(`${storage.url}/bucket/x?Signature=abc`, status),
      },
    ])
    const { http, exchanges } = await client(server.url)
    expect(String(await collect((await http.download(DOWNLOAD)).bytes))).toBe('content')
    await Promise.all([server.done(), storage.done()])
    expect(storage.requests[0]?.headers).not.toHaveProperty('x-auth-token')
    expect(JSON.stringify(storage.requests[0]?.headers)).not.toContain(TOKEN)
    // The query of the storage URL grants access to it.
    expect(exchanges.map(({ path }) => path)).toEqual(['/content', `${storage.url}/bucket/x`])
  })

  it("keeps the credentials on the service's own origin", async () => {
    const server = await scripted([
      { method: 'GET', path: '/content', response: redirect('/blob?part=1') },
      { method: 'GET', path: '/blob?part=1', headers: { 'x-auth-token': TOKEN }, response: { status: 200, body: 'content' } },
    ])
    const { http, exchanges } = await client(server.url)
    expect(String(await collect((await http.download(DOWNLOAD)).bytes))).toBe('content')
    await server.done()
    expect(exchanges.map(({ path }) => path)).toEqual(['/content', '/blob?part=1'])
  })

  it('never sends the credentials again after leaving, even when redirected back', async () => {
    const requests: { url: string; token: string | undefined }[] = []
    const transport: Transport = async ({ url, headers }) => {
      requests.push({ url: url.href, token: headers['x-auth-token'] })
      const next = new Map(
        Object.entries({
          'https://service.example/content': 'https://evil.example/',
          'https://evil.example/': 'https://service.example/secrets',
        }),
      ).get(url.href)
      const moved: Record<string, string> = next === undefined ? {} : { location: next }
      return { status: next === undefined ? 200 : 302, headers: moved, body: bytes('x') }
    }
    const { http } = await client('https://service.example', { transport })
    await collect((await http.download(DOWNLOAD)).bytes)
    expect(requests).toEqual([
      { url: 'https://service.example/content', token: TOKEN },
      { url: 'https://evil.example/', token: undefined },
      { url: 'https://service.example/secrets', token: undefined },
    ])
  })

  it.each([
    ['from https to http', 'http://service.example/content', /from https to http/],
    ['to another scheme', 'file:///etc/passwd', /not a URL/],
    ['to nowhere', 'http://[', /not a URL/],
  ])('refuses a redirect %s', async (_, location, message) => {
    let count = 0
    const transport: Transport = async () => {
      count += 1
      return { status: 302, headers: { location }, body: bytes('') }
    }
    const { http } = await client('https://service.example', { transport })
    expect(await failure(http.download(DOWNLOAD))).toMatchObject({ code: 'network', message: expect.stringMatching(message) })
    expect(count).toBe(1)
  })

  it('gives up on redirect loops', async () => {
    const round = { method: 'GET', path: '/content', response: redirect('/content') }
    const server = await scripted([round, round, round, round, round])
    expect(await failure((await client(server.url)).http.download(DOWNLOAD))).toMatchObject({
      code: 'network',
      message: 'download: the service redirected in circles',
    })
    await server.done()
  })

  it('is repeated after a temporary failure', async () => {
    const server = await scripted([
      { method: 'GET', path: '/content', response: { status: 503, headers: { 'Retry-After': '0' } } },
      { method: 'GET', path: '/content', response: { status: 429, headers: { 'Retry-After': '0' } } },
      { method: 'GET', path: '/content', response: { status: 200, body: 'content' } },
    ])
    expect(String(await collect((await (await client(server.url)).http.download(DOWNLOAD)).bytes))).toBe('content')
    await server.done()
  })

  it.each([
    [403, 'auth', 'org.things READ'],
    [404, 'not_found', undefined],
  ])('with status %i fails with %s', async (status, code, permission) => {
    const server = await scripted([{ method: 'GET', path: '/content', response: { status, body: { message: 'no' } } }])
    const error = await failure((await client(server.url)).http.download(DOWNLOAD))
    expect(error).toMatchObject({ code, message: 'download: no', facts: { http_status: status } })
    if (permission !== undefined) expect(error.facts.hint).toContain(permission)
    await server.done()
  })

  it('fails when the bytes are cut short', async () => {
    const server = await scripted([{ method: 'GET', path: '/content', response: { status: 200, body: 'x'.repeat(1000), drop: 500 } }])
    const { bytes: stream } = await (await client(server.url)).http.download(DOWNLOAD)
    expect(await failure(collect(stream))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^download: 127\.0\.0\.1:\d+: the answer was cut short$/),
    })
    await server.done()
  })

  it('stops midway when it is interrupted', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(10_000)
    }
    const server = await scripted([{ method: 'GET', path: '/content', response: { status: 200, body: endless() } }])
    const controller = new AbortController()
    const { bytes: stream } = await (await client(server.url)).http.download({ ...DOWNLOAD, signal: controller.signal })
    const reason = interrupted()
    const reading = failure(
      (async () => {
        for await (const _ of stream) controller.abort(reason)
      })(),
    )
    expect(await reading).toBe(reason)
  })
})

describe('Upload File to Carbon Black Cloud', () => {
  const file = (content: string | Buffer, more = {}) => ({
    name: 'example_file.txt',
    size: Buffer.byteLength(content),
    boundary: 'cbc-1',
    bytes: () => bytes(content),
    ...more,
  })

  it('sends one part, named after the file, byte for byte', async () => {
    const content = Buffer.concat([Buffer.from('\r\n--cbc\r\n\0'), randomBytes(200_000)])
    const server = await scripted([
      {
        method: 'POST',
        path: '/files',
        headers: { 'x-auth-token': TOKEN, accept: 'application/json' },
        response: { status: 201, body: { id: 'f' } },
      },
    ])
    expect(await (await client(server.url)).http.upload(UPLOAD, file(content))).toEqual({ id: 'f' })
    await server.done()
    const [request] = server.requests
    expect(request?.parts).toEqual([{ name: 'file', filename: 'example_file.txt', type: 'application/octet-stream', bytes: content }])
    expect(request?.headers['content-length']).toBe(String(request?.body.length))
  })

  it.each([
    ['a "quoted" name', 'a %22quoted%22 name'],
    ['two\r\nX-Evil: lines', 'two%0D%0AX-Evil: lines'],
    ['käse 日本.txt', 'käse 日本.txt'],
  ])('encodes a file name so that it cannot break out: %j', async (name, sent) => {
    const server = await scripted([{ method: 'POST', path: '/files', response: { status: 201, body: { id: 'f' } } }])
    await (await client(server.url)).http.upload(UPLOAD, file('x', { name }))
    await server.done()
    expect(server.requests[0]?.parts?.map(part => part.filename)).toEqual([sent])
  })

  it('starts over after 429', async () => {
    const whole = ({ parts }: { parts?: { bytes: Buffer }[] | undefined }) => {
      expect(parts?.map(part => String(part.bytes))).toEqual(['content'])
    }
    const server = await scripted([
      { method: 'POST', path: '/files', body: whole, response: { status: 429, headers: { 'Retry-After': '0' } } },
      { method: 'POST', path: '/files', body: whole, response: { status: 201, body: { id: 'f' } } },
    ])
    expect(await (await client(server.url)).http.upload(UPLOAD, file('content'))).toEqual({ id: 'f' })
    await server.done()
  })

  it.each([
    [400, 'remote'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'not_found'],
    [500, 'unknown_outcome'],
    [504, 'unknown_outcome'],
  ])('with status %i fails with %s, and is not sent again', async (status, code) => {
    const server = await scripted([{ method: 'POST', path: '/files', response: { status, body: { message: 'no' } } }])
    expect(await failure((await client(server.url)).http.upload(UPLOAD, file('x')))).toMatchObject({ code, facts: { http_status: status } })
    await server.done()
  })

  it('fails when its source fails, and closes the connection', async () => {
    const server = await scripted([{ method: 'POST', path: '/files', response: { status: 201 } }])
    const broken = async function* () {
      yield Buffer.from('x')
      throw new CbcError('io', 'a.txt: changed while it was read')
    }
    const error = await failure((await client(server.url)).http.upload(UPLOAD, file('xyz', { bytes: broken })))
    expect(error).toMatchObject({ code: 'io', message: 'a.txt: changed while it was read' })
    expect(server.requests).toHaveLength(0)
  })

  it('stops midway when it is interrupted', async () => {
    const server = await scripted([{ method: 'POST', path: '/files', response: { status: 201 } }])
    const controller = new AbortController()
    let closed = false
    const endless = async function* () {
      try {
        for (let n = 0; ; n++) {
          if (n === 50) controller.abort(interrupted())
          yield Buffer.alloc(10_000)
        }
      } finally {
        closed = true
      }
    }
    const error = await failure(
      (await client(server.url)).http.upload({ ...UPLOAD, signal: controller.signal }, file('', { size: 1e9, bytes: endless })),
    )
    expect(error).toMatchObject({ code: 'interrupted' })
    await until(() => closed)
  })
})
