import { describe, expect, it } from 'vitest'
import { PLAIN_NETWORK, type Authentication } from '../../src/core/auth-and-network.ts'
import type { Transport, WireRequest } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { connect, type Connection } from '../../src/engine/connection.ts'
import { clock } from '../../src/host/clock.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { startProxy } from '../support/proxy.ts'
import { scripted } from '../support/server.ts'
import { answering, bytes, client, collect, failure, READ } from './support.ts'

const SERVICE = 'https://service.example'
const STORAGE = 'https://storage.example'
const CSP = new URL('https://csp.example')
const ACCESS = 'ACCESS-TOKEN-4711'

/** Every kind of authentication, and the headers that must be sent to the service's own origin only. */
const CALLERS: [Authentication, Record<string, string>][] = [
  [{ kind: 'api-key', token: new Secret('SECRETKEY4711/ID4711') }, { 'x-auth-token': 'SECRETKEY4711/ID4711' }],
  [{ kind: 'csp-api-token', token: new Secret('APITOKEN4711'), csp: CSP }, { authorization: `Bearer ${ACCESS}` }],
  [{ kind: 'csp-oauth-app', id: 'APP4711', secret: new Secret('APPSECRET4711'), csp: CSP }, { authorization: `Bearer ${ACCESS}` }],
]

/** Every kind of request, and a valid answer to it. */
const CALLS: [string, string, (connection: Connection) => Promise<unknown>][] = [
  ['a JSON answer', '{"id": 7, "name": "X"}', async ({ devices }) => await devices.get(7)],
  ["a file's content", 'content', async ({ liveResponse }) => await collect((await liveResponse.openFile('1:7', 'f')).bytes)],
  ['the file of a job', 'content', async ({ jobs }) => await collect((await jobs.download('7')).bytes)],
]
const CASES = CALLERS.flatMap(([auth, headers]) =>
  CALLS.map(([what, text, call]) => ({ kind: auth.kind, what, auth, headers, text, call })),
)

const NOTHING: Record<string, string> = {}

/** A service that redirects everything, other origins that answer, and a record of all requests. */
function opened(
  auth: Authentication,
  text: string,
  next: (from: URL) => string | undefined,
): { connection: Connection; sent: WireRequest[] } {
  const sent: WireRequest[] = []
  const transport: Transport = async request => {
    if (request.url.origin === CSP.origin)
      return { status: 200, headers: {}, body: bytes(JSON.stringify({ access_token: ACCESS, expires_in: 1800 })) }
    sent.push(request)
    const location = next(request.url)
    return { status: location === undefined ? 200 : 307, headers: location === undefined ? NOTHING : { location }, body: bytes(text) }
  }
  return {
    connection: connect({
      name: 'test',
      orgKey: 'ABCD1234',
      auth,
      url: new URL(SERVICE),
      transport,
      clock: new HurriedClock(),
      close() {},
    }),
    sent,
  }
}

describe.each(CASES)('$what that is redirected, requested with an $kind,', ({ auth, headers, text, call }) => {
  it('comes from another origin without any credentials', async () => {
    const { connection, sent } = opened(auth, text, ({ origin }) => (origin === SERVICE ? `${STORAGE}/x?sig=1` : undefined))
    await call(connection)
    expect(sent.map(({ url }) => url.origin)).toEqual([SERVICE, STORAGE])
    expect(sent[0]?.headers).toMatchObject(headers)
    expect(Object.keys(sent[1]?.headers ?? {}).sort()).toEqual(['accept'])
    expect(`${sent[1]?.url.href} ${JSON.stringify(sent[1]?.headers)}`).not.toMatch(/4711/)
  })

  it('comes from the same origin with them', async () => {
    const { connection, sent } = opened(auth, text, ({ pathname }) => (pathname === '/there' ? undefined : '/there'))
    await call(connection)
    expect(sent[1]?.url.href).toBe(`${SERVICE}/there`)
    expect(sent[1]?.headers).toMatchObject(headers)
  })

  it('loses them for good once it left the origin, even when redirected back', async () => {
    const { connection, sent } = opened(auth, text, ({ origin, pathname }) =>
      origin === STORAGE ? `${SERVICE}/back` : pathname === '/back' ? undefined : `${STORAGE}/`,
    )
    await call(connection)
    expect(sent.map(({ url }) => url.origin)).toEqual([SERVICE, STORAGE, SERVICE])
    expect(JSON.stringify(sent.slice(1).map(one => one.headers))).not.toMatch(/4711/)
  })

  it.each([
    ['over plain http', 'http://service.example/x', /redirected from https to http/],
    ['over plain http to another host', 'http://127.0.0.1/x', /redirected from https to http/],
    ["to a scheme that is not the web's", 'file:///etc/passwd', /not a URL/],
    ['nowhere', 'https://', /not a URL/],
  ])('is refused %s', async (_, location, message) => {
    const { connection, sent } = opened(auth, text, () => location)
    expect(await failure(call(connection))).toMatchObject({ code: 'network', message: expect.stringMatching(message) as string })
    expect(sent).toHaveLength(1)
  })

  it('is refused in a redirect loop', async () => {
    const { connection, sent } = opened(auth, text, ({ href }) => `${href}x`)
    expect(await failure(call(connection))).toMatchObject({ code: 'network', message: expect.stringMatching(/in circles/) as string })
    expect(sent).toHaveLength(5)
  })
})

it('only a redirect is followed: an answer with another status may name a location too', async () => {
  const headers = { location: `${STORAGE}/x` }
  for (const status of [201, 404]) {
    const { transport, requests } = answering({ status, headers, text: '{"message": "here"}' })
    const { http } = await client(SERVICE, { transport })
    await http.json(READ).catch(() => {})
    expect(requests.map(({ url }) => url.origin)).toEqual([SERVICE])
  }
})

/** Bodies contain secrets: a file, a search, the credentials for an access token. */
it.each<[string, (connection: Connection) => Promise<unknown>]>([
  ['a search', ({ devices }) => devices.search({})],
  ['a change', ({ usb }) => usb.createApprovals([])],
  ['a file', ({ liveResponse }) => liveResponse.uploadFile('1:7', { name: 'x', size: 1, boundary: 'cbc-1', bytes: () => bytes('x') })],
])('%s is sent only to the service', async (_, call) => {
  const { connection, sent } = opened({ kind: 'api-key', token: new Secret('SECRETKEY4711/ID4711') }, '{}', () => `${STORAGE}/x`)
  expect(await failure(call(connection))).toMatchObject({ code: 'network', facts: { http_status: 307 } })
  expect(sent.map(({ url }) => url.origin)).toEqual([SERVICE])
})

it.each(CALLERS.slice(1))('the request for an access token is sent only to the platform', async auth => {
  const asked: string[] = []
  const transport: Transport = async ({ url }) => {
    asked.push(url.origin)
    return { status: 307, headers: { location: `${STORAGE}/x` }, body: bytes('') }
  }
  const connection = connect({
    name: 'test',
    orgKey: 'ABCD1234',
    auth,
    url: new URL(SERVICE),
    transport,
    clock: new HurriedClock(),
    close() {},
  })
  expect(await failure(connection.devices.get(7))).toMatchObject({ code: 'network' })
  expect(asked).toEqual([CSP.origin])
})

it('the password of a proxy is sent only to the proxy, on both legs', async () => {
  const proxy = await startProxy({ auth: 'jane:PASSWORD4711' })
  const storage = await scripted([{ method: 'GET', path: '/x', response: { status: 200, body: { id: 7, name: 'X' } } }])
  const server = await scripted([
    {
      method: 'GET',
      path: '/appservices/v6/orgs/ABCD1234/devices/7',
      response: { status: 302, headers: { location: `${storage.url}/x` } },
    },
  ])
  const { send, close } = await networkTransport({ ...PLAIN_NETWORK, proxy: new Secret(proxy.url.replace('//', '//jane:PASSWORD4711@')) })
  const connection = connect({
    name: 'test',
    orgKey: 'ABCD1234',
    auth: { kind: 'api-key', token: new Secret('SECRETKEY4711/ID4711') },
    url: new URL(server.url),
    transport: send,
    clock,
    close,
  })
  expect(await connection.devices.get(7)).toMatchObject({ id: 7 })
  await connection.close()
  expect(proxy.headers.map(one => one['proxy-authorization'])).toEqual(
    Array(2).fill(`Basic ${Buffer.from('jane:PASSWORD4711').toString('base64')}`),
  )
  for (const { requests } of [server, storage]) expect(requests.map(one => one.headers['proxy-authorization'])).toEqual([undefined])
  expect(storage.requests[0]?.headers).not.toHaveProperty('x-auth-token')
  await Promise.all([server.done(), storage.done()])
})
