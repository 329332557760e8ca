import dns from 'node:dns'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PLAIN_NETWORK, type NetworkSettings } from '../../src/core/auth-and-network.ts'
import { Secret } from '../../src/core/secret.ts'
import { certificates } from '../../src/lab/tls/certificates.ts'
import { clock, random } from '../../src/host/clock.ts'
import type { ConnectionError } from '../../src/host/connection-error.ts'
import { loopbackLookup } from '../../src/host/loopback-lookup.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'

const folder = testFolder()
const tls = await certificates(folder, [], { clock, random })
const other = await certificates(join(folder, 'other'), [], { clock, random })
const closing: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
})

async function serve(secure = true, host = '127.0.0.1'): Promise<{ url: URL; came: string[] }> {
  const came: string[] = []
  const answer: RequestListener = (request, response) => {
    came.push(
      `${request.method} ${request.url} ${request.headers.host} ${String(request.headers['x-auth-token'])} ${String(request.headers['proxy-authorization'])}`,
    )
    request.resume().on('end', () => response.end('the answer'))
  }
  const server: Server | ReturnType<typeof createPlainServer> = secure
    ? createServer({ key: tls.key, cert: tls.cert }, answer)
    : createPlainServer(answer)
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  closing.push(() => server.close().closeAllConnections())
  return { url: new URL(`${secure ? 'https' : 'http'}://${host}:${(server.address() as AddressInfo).port}/path?q=1`), came }
}

type Settings = Partial<Omit<NetworkSettings, 'proxy'>> & { proxy?: string }
async function open({ proxy, ...settings }: Settings = {}, env: Record<string, string> = {}) {
  const network = await networkTransport(
    { ...PLAIN_NETWORK, ...settings, ...(proxy === undefined ? {} : { proxy: new Secret(proxy) }) },
    env,
  )
  closing.push(() => network.close())
  return {
    ...network,
    async get(url: URL, more: { signal?: AbortSignal; idleTimeout?: number; body?: Uint8Array } = {}): Promise<string> {
      const { status, body } = await network.send({
        method: more.body ? 'POST' : 'GET',
        url,
        headers: { 'x-auth-token': 'TOKEN', ...(more.body ? { 'content-length': String(more.body.length) } : {}) },
        ...more,
      })
      const parts: Uint8Array[] = []
      for await (const part of body) parts.push(part)
      return `${status} ${Buffer.concat(parts).toString()}`
    },
  }
}
const get = async (url: URL, settings: Settings = {}, env: Record<string, string> = {}) => await (await open(settings, env)).get(url)
const failure = (work: Promise<unknown>): Promise<ConnectionError> =>
  work.then(
    () => {
      throw new Error('it worked')
    },
    (error: unknown) => error as ConnectionError,
  )

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

it('NODE_TLS_REJECT_UNAUTHORIZED=0 sends nothing to an unknown server: only the profile can allow it', async () => {
  const { url, came } = await serve()
  const proxy = await startProxy()
  closing.push(() => proxy.close())
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    expect(await failure(get(url))).toMatchObject({ code: 'network', sent: false })
    expect(await failure(get(url, { proxy: proxy.url }))).toMatchObject({ code: 'network', sent: false })
    expect(came).toEqual([])
    expect(await get(url, { verify: false })).toBe('200 the answer')
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  }
})

describe("a host name that is spelled as this machine's", () => {
  const lookedUp = async (name: string, addresses: string[], all: boolean) => {
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((
      _name: string,
      _options: object,
      callback: (error: null, found: object[]) => void,
    ) =>
      callback(
        null,
        addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as never)
    try {
      return await new Promise<unknown>((resolve, reject) =>
        loopbackLookup(name, { all }, (error, found) => (error === null ? resolve(found) : reject(error))),
      )
    } finally {
      lookup.mockRestore()
    }
  }

  it('but leads elsewhere gets no connection', async () => {
    for (const addresses of [['192.0.2.2'], ['127.0.0.1', '192.0.2.2'], ['::ffff:192.0.2.2'], ['2001:db8::1'], ['127.0.0.1.example']]) {
      for (const all of [true, false])
        expect(await failure(lookedUp('evil.localhost', addresses, all))).toMatchObject({
          code: 'network',
          sent: false,
          lasting: true,
          message: expect.stringContaining('plain http is allowed for this machine only') as string,
        })
    }
  })

  it('and leads here gets a connection', async () => {
    expect(await lookedUp('localhost', ['::1', '127.0.0.53'], true)).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.53', family: 4 },
    ])
    expect(await lookedUp('localhost', ['127.0.0.1', '::1'], false)).toBe('127.0.0.1')
    const { url, came } = await serve(false)
    url.hostname = 'localhost'
    expect(await get(url)).toBe('200 the answer')
    expect(came).toHaveLength(1)
  })
})

describe("a server's certificate", () => {
  it('must be from an authority that is known here', async () => {
    const { url, came } = await serve()
    expect(await failure(get(url))).toMatchObject({
      code: 'network',
      sent: false,
      message: expect.stringMatching(`^${url.host}: its certificate`) as string,
      facts: { hint: expect.stringMatching(/ssl_cert_file of the profile/) as string },
    })
    expect(came).toEqual([])
  })

  it("may be from the profile's authority, which then is the only one", async () => {
    const { url } = await serve()
    expect(await get(url, { caFile: tls.ca })).toBe('200 the answer')
    expect(await failure(get(url, { caFile: other.ca }, { SSL_CERT_FILE: tls.ca }))).toMatchObject({
      message: expect.stringMatching(/its certificate/) as string,
    })
  })

  it('may be from an authority of the environment', async () => {
    const { url } = await serve()
    expect(await get(url, {}, { SSL_CERT_FILE: tls.ca })).toBe('200 the answer')
    expect(await get(url, {}, { SSL_CERT_FILE: other.ca, NODE_EXTRA_CA_CERTS: tls.ca })).toBe('200 the answer')
    expect(await get(url, {}, { SSL_CERT_FILE: tls.ca, NODE_EXTRA_CA_CERTS: '/nowhere' })).toBe('200 the answer')
    expect(await failure(get(url, {}, { SSL_CERT_FILE: other.ca }))).toMatchObject({ code: 'network' })
  })

  it('may be invalid if the profile allows it', async () => {
    const { url } = await serve()
    expect(await get(url, { verify: false })).toBe('200 the answer')
    expect(await get(url, { verify: false, caFile: '/nowhere' })).toBe('200 the answer')
  })

  // The certificate names only one of this machine's addresses.
  it.skipIf(process.platform !== 'linux')(
    'may be for another name if the profile allows it, but must be from a known authority',
    async () => {
      const { url } = await serve(true, '127.0.0.2')
      expect(await failure(get(url, { caFile: tls.ca }))).toMatchObject({
        sent: false,
        message: `${url.host}: its certificate is for another name`,
      })
      expect(await get(url, { caFile: tls.ca, verifyHostname: false })).toBe('200 the answer')
      expect(await failure(get(url, { verifyHostname: false }))).toMatchObject({
        message: expect.stringMatching(/its certificate/) as string,
      })
    },
  )

  it.each<[string, () => Settings, Record<string, string>, RegExp]>([
    ['does not exist', () => ({ caFile: '/nowhere/ca.pem' }), {}, /^ssl_cert_file \/nowhere\/ca\.pem: can't be read$/],
    ['is not a certificate', () => ({ caFile: file('text', 'hello') }), {}, /^ssl_cert_file .*text: holds no certificates$/],
    [
      'is broken',
      () => ({ caFile: file('broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') }),
      {},
      /^ssl_cert_file .*broken: holds a certificate that can't be read$/,
    ],
    [
      'of the environment does not exist',
      () => ({}),
      { SSL_CERT_FILE: '/nowhere/ca.pem' },
      /^SSL_CERT_FILE \/nowhere\/ca\.pem: can't be read$/,
    ],
  ])("causes an error if its authority's file %s", async (_, settings, env, message) => {
    expect(await failure(get(new URL('https://127.0.0.1:1/'), settings(), env))).toMatchObject({
      code: 'io',
      message: expect.stringMatching(message) as string,
    })
  })

  it('needs no file if none is set', async () => {
    const { url } = await serve(false)
    expect(await get(url, { caFile: '/nowhere' })).toBe('200 the answer')
  })
})

describe('a connection through a proxy', () => {
  it('uses CONNECT for https, and the proxy sees neither path nor credentials', async () => {
    const { url, came } = await serve()
    const proxy = await startProxy()
    const network = await open({ proxy: proxy.url, caFile: tls.ca })
    for (let time = 0; time < 3; time++) expect(await network.get(url)).toBe('200 the answer')
    expect(await network.get(url, { body: Buffer.alloc(1_000_000) })).toBe('200 the answer')
    expect(proxy.asked).toEqual([`CONNECT ${url.host}`])
    expect(proxy.headers[0]).not.toHaveProperty('x-auth-token')
    expect(came[0]).toBe(`GET /path?q=1 ${url.host} TOKEN undefined`)
    expect(came).toHaveLength(4)
  })

  it('uses the absolute form for http', async () => {
    const { url, came } = await serve(false)
    const proxy = await startProxy({ auth: 'me:pass' })
    const network = await open({ proxy: proxy.url.replace('//', '//me:pass@') })
    expect(await network.get(url)).toBe('200 the answer')
    expect(await network.get(url, { body: Buffer.from('x') })).toBe('200 the answer')
    expect(proxy.asked).toEqual([`GET ${url.href}`, `POST ${url.href}`])
    expect(came[0]).toBe(`GET /path?q=1 ${url.host} TOKEN undefined`)
  })

  it('makes many connections in parallel', async () => {
    const { url } = await serve()
    const network = await open({ proxy: (await startProxy()).url, caFile: tls.ca })
    expect(new Set(await Promise.all(Array.from({ length: 30 }, () => network.get(url))))).toEqual(new Set(['200 the answer']))
  })

  it('still checks the certificate of the server', async () => {
    const { url, came } = await serve()
    const proxy = await startProxy()
    expect(await failure(get(url, { proxy: proxy.url }))).toMatchObject({
      sent: false,
      message: expect.stringMatching(`^${url.host}: its certificate`) as string,
    })
    expect(came).toEqual([])
    expect(await get(url, { proxy: proxy.url, verify: false })).toBe('200 the answer')
  })

  it('may use https to the proxy itself', async () => {
    const [{ url }, plain, proxy] = [await serve(), await serve(false), await startProxy({ auth: 'me:pass', tls })]
    const settings = { proxy: proxy.url.replace('//', '//me:pass@'), caFile: tls.ca }
    const network = await open(settings)
    expect(await network.get(url)).toBe('200 the answer')
    expect(await network.get(url, { body: Buffer.alloc(1_000_000) })).toBe('200 the answer')
    expect(proxy.asked).toEqual([`CONNECT ${url.host}`])
    expect(await get(plain.url, settings)).toBe('200 the answer')
    expect(await failure(get(url, { ...settings, caFile: other.ca }))).toMatchObject({
      sent: false,
      message: expect.stringMatching(`^the proxy ${proxy.host}: its certificate`) as string,
    })
  })

  it('from the environment is used for other machines only', async () => {
    const { url } = await serve()
    const proxy = await startProxy({ refuse: 503 })
    const env = { https_proxy: proxy.url, SSL_CERT_FILE: tls.ca }
    expect(await get(url, {}, env)).toBe('200 the answer')
    expect(await failure(get(new URL('https://defense.example/'), {}, env))).toMatchObject({
      message: `the proxy ${proxy.host}: it refused a connection to defense.example:443 with status 503`,
    })
    expect(await failure(get(new URL('https://[2001:db8::5]:8443/'), {}, env))).toMatchObject({
      message: `the proxy ${proxy.host}: it refused a connection to [2001:db8::5]:8443 with status 503`,
    })
    expect(proxy.asked).toEqual(['CONNECT defense.example:443', 'CONNECT [2001:db8::5]:8443'])
  })
})

describe('an error of the proxy is reported as such', () => {
  const TENANT = new URL('https://defense.example/')
  const HERE = new URL('http://127.0.0.1:1/')

  it.each([TENANT, HERE])('when it is unreachable: %s', async target => {
    const { url, host, close } = await startProxy()
    close()
    expect(await failure(get(target, { proxy: url }))).toMatchObject({
      code: 'network',
      sent: false,
      lasting: false,
      message: `the proxy ${host}: connection refused`,
      facts: { hint: 'check proxy of the profile' },
    })
  })

  it.each([TENANT, HERE])('when it requires a password: %s', async target => {
    const { url, host } = await startProxy({ auth: 'me:pass' })
    expect(await failure(get(target, { proxy: url }))).toMatchObject({
      code: 'network',
      sent: false,
      message: `the proxy ${host}: it requires a user name and password (status 407)`,
      facts: { hint: `write them into proxy of the profile: http://user:password@${host}` },
    })
    const error = await failure(get(target, { proxy: url.replace('//', '//me:SECRET@') }))
    expect(error).toMatchObject({
      message: `the proxy ${host}: it does not accept the user name and password (status 407)`,
      facts: { hint: 'check them in proxy of the profile' },
    })
    expect(JSON.stringify([error.message, error.facts])).not.toContain('SECRET')
  })

  it('when it refuses the connection', async () => {
    const { host, url } = await startProxy({ refuse: 403 })
    const error = await failure(get(TENANT, {}, { HTTPS_PROXY: url }))
    expect(error).toMatchObject({
      sent: false,
      message: `the proxy ${host}: it refused a connection to defense.example:443 with status 403`,
      facts: { hint: "ask the proxy's administrator, or check HTTPS_PROXY" },
    })
  })

  it('when it is not a proxy', async () => {
    const server = createSocketServer(socket => socket.on('error', () => {}).once('data', () => socket.end('SSH-2.0-hello\r\n')))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await failure(get(TENANT, { proxy: host }))).toMatchObject({ sent: false, message: `the proxy ${host}: the answer is not HTTP` })
  })

  it('when it does not answer', async () => {
    const { host, url } = await startProxy({ silent: true })
    expect(await failure((await open({ proxy: url })).get(TENANT, { idleTimeout: 30 }))).toMatchObject({
      sent: false,
      message: `the proxy ${host}: no answer for 30 ms`,
    })
  })

  it('but not when the server behind it does not answer', async () => {
    const server = createSocketServer(() => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const target = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(await failure((await open({ proxy: (await startProxy()).url })).get(target, { idleTimeout: 30 }))).toMatchObject({
      sent: false,
      message: `${target.host}: no answer for 30 ms`,
    })
  })

  it.each([407, 403])('but not for a status %i of the server behind it', async status => {
    const server = createServer({ key: tls.key, cert: tls.cert }, (_, response) => response.writeHead(status).end('mine'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close().closeAllConnections())
    const target = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(await get(target, { proxy: (await startProxy()).url, caFile: tls.ca })).toBe(`${status} mine`)
  })
})

describe('an interruption while the proxy connects', () => {
  const TENANT = new URL('https://defense.example/')
  const reason = new Error('enough')

  it('takes effect at once', async () => {
    const proxy = await startProxy({ silent: true })
    const stop = new AbortController()
    const work = failure((await open({ proxy: proxy.url })).get(TENANT, { signal: stop.signal }))
    await until(() => proxy.asked.length === 1)
    stop.abort(reason)
    expect(await work).toBe(reason)
    const before = failure((await open({ proxy: proxy.url })).get(TENANT, { signal: stop.signal }))
    expect(await before).toBe(reason)
    expect(proxy.asked).toHaveLength(1)
  })

  it('leaves no connection open', async () => {
    const proxy = await startProxy({ silent: true })
    const network = await open({ proxy: proxy.url })
    const work = failure(network.get(TENANT))
    await until(() => proxy.asked.length === 1)
    network.close()
    expect(await work).toMatchObject({ code: 'network' })
  })
})
