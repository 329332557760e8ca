import { afterAll, describe, expect, it } from 'vitest'
import { AccessTokens } from '../../src/api/access-tokens.ts'
import { cspIssuer } from '../../src/api/csp.ts'
import type { Call } from '../../src/api/call.ts'
import { Http } from '../../src/api/http.ts'
import type { Authentication } from '../../src/core/auth-and-network.ts'
import type { Transport, WireRequest } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../src/lab/cloud/access/keys.ts'
import { openLab } from '../../src/lab/lab.ts'
import { random } from '../../src/host/clock.ts'
import { FakeClock } from '../support/clock.ts'
import { labService } from '../support/host.ts'
import { bytes, failure } from './support.ts'

const HOME = new URL('https://service.example')
const CSP = new URL('https://csp.example/front/')
const LIFE = 1799_000

type Csp = Exclude<Authentication, { kind: 'api-key' }>
const API_TOKEN: Csp = { kind: 'csp-api-token', token: new Secret(LAB_API_TOKEN), csp: CSP }
const APP: Csp = { kind: 'csp-oauth-app', id: LAB_OAUTH_APP.appId, secret: new Secret(LAB_OAUTH_APP.appSecret), csp: CSP }

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map(close => close()))
})

/** A client of a lab whose Cloud Services Platform has its own host, and its requests. `answer` may pass a request to the lab. */
function bench(auth: Csp, answer: (request: WireRequest) => ReturnType<Transport> | undefined = () => undefined) {
  const clock = new FakeClock()
  const lab = openLab({ clock, random, checkIn: 0 })
  closing.push(() => lab.close())
  const service = labService(lab)
  const sent: WireRequest[] = []
  const transport: Transport = async request => {
    sent.push(request)
    request.signal?.throwIfAborted()
    return await (answer(request) ??
      service.send({ ...request, url: new URL(request.url.href.replace('https://csp.example/front/', 'https://csp.example/')) }))
  }
  const lines: string[] = []
  const door = {
    transport,
    clock,
    onExchange: (exchange: object) => {
      lines.push(JSON.stringify(exchange))
    },
  }
  const http = new Http({ ...door, url: HOME, credentials: new AccessTokens(cspIssuer(auth, door), clock) })
  const call = (over: Partial<Call> = {}): Call => ({
    method: 'GET',
    path: `/appservices/v6/orgs/${lab.org}/liveresponse/sessions`,
    effect: 'read',
    what: 'list sessions',
    ...over,
  })
  const asked = () => sent.filter(({ url }) => url.host === CSP.host)
  return {
    http,
    call,
    clock,
    sent,
    asked,
    lines,
    pass: (ms: number) => clock.run(clock.sleep(ms)),
    get: async (over?: Partial<Call>) => await clock.run(http.json(call(over))),
  }
}

const answered = (status: number, body: unknown) =>
  Promise.resolve({ status, headers: {}, body: bytes(typeof body === 'string' ? body : JSON.stringify(body)) })
const isCsp = ({ url }: WireRequest) => url.host === CSP.host
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

describe('the Cloud Services Platform', () => {
  it('exchanges an API token for an access token, requested once and sent with each call', async () => {
    const { get, sent } = bench(API_TOKEN)
    await get()
    await get()
    expect(sent.map(({ method, url }) => `${method} ${url.host}${url.pathname}`)).toEqual([
      'POST csp.example/front/csp/gateway/am/api/auth/api-tokens/authorize',
      'GET service.example/appservices/v6/orgs/ABCD1234/liveresponse/sessions',
      'GET service.example/appservices/v6/orgs/ABCD1234/liveresponse/sessions',
    ])
    expect(sent[0]?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' })
    expect(Buffer.from(sent[0]?.body as Uint8Array).toString()).toBe(`api_token=${encodeURIComponent(LAB_API_TOKEN)}`)
    expect(sent[0]?.headers).not.toHaveProperty('authorization')
    expect(sent[1]?.headers['authorization']).toMatch(/^Bearer \w+$/)
    expect(sent[2]?.headers['authorization']).toBe(sent[1]?.headers['authorization'])
    expect(sent[1]?.headers).not.toHaveProperty('x-auth-token')
  })

  it('exchanges the id and secret of an OAuth app for an access token', async () => {
    const { get, sent } = bench(APP)
    await get()
    expect(sent[0]?.url.pathname).toBe('/front/csp/gateway/am/api/auth/token')
    expect(sent[0]?.headers['authorization']).toBe(basic(LAB_OAUTH_APP.appId, LAB_OAUTH_APP.appSecret))
    expect(Buffer.from(sent[0]?.body as Uint8Array).toString()).toBe('grant_type=client_credentials')
  })

  it('is asked for a new token a minute before the old one expires', async () => {
    const { get, asked, pass } = bench(API_TOKEN)
    await get()
    await pass(LIFE - 60_001)
    await get()
    expect(asked()).toHaveLength(1)
    await pass(1)
    await get()
    expect(asked()).toHaveLength(2)
  })

  it('is asked once by simultaneous calls, at first and at each renewal', async () => {
    const { http, call, clock, asked, pass } = bench(API_TOKEN)
    const many = () => clock.run(Promise.all(Array.from({ length: 20 }, () => http.json(call()))))
    await many()
    expect(asked()).toHaveLength(1)
    await pass(LIFE)
    await many()
    expect(asked()).toHaveLength(2)
  })

  it('is asked for a new token when one is rejected, and the call is repeated, even a change', async () => {
    let refusals = 20
    const { http, call, clock, asked, sent } = bench(API_TOKEN, request =>
      isCsp(request) ? undefined : refusals-- > 0 ? answered(401, { message: 'no' }) : answered(200, {}),
    )
    await clock.run(
      Promise.all(
        Array.from({ length: 20 }, () =>
          http.json(call({ method: 'POST', body: { device_id: 11412673 }, effect: 'change', what: 'start session' })),
        ),
      ),
    )
    expect(asked()).toHaveLength(2)
    expect(sent.filter(request => !isCsp(request))).toHaveLength(40)
  })

  it('is not asked forever', async () => {
    const { get, asked, sent } = bench(API_TOKEN, request => (isCsp(request) ? undefined : answered(401, { message: 'no' })))
    expect(await failure(get())).toMatchObject({
      code: 'auth',
      message: 'list sessions: the access token of the Cloud Services Platform was not accepted',
      facts: { http_status: 401, hint: expect.stringMatching(/roles of its API token/) as string },
    })
    expect([asked().length, sent.length]).toEqual([2, 4])
  })

  it("may be unavailable for a while near the end of a token's life", async () => {
    let gone = false
    const { get, pass } = bench(API_TOKEN, request => (gone && isCsp(request) ? answered(503, '') : undefined))
    await get()
    gone = true
    await pass(LIFE - 59_000)
    await get({ what: 'with the old one' })
    await pass(59_000)
    expect(await failure(get())).toMatchObject({ code: 'network' })
  })

  it.each([[undefined], ['soon'], [-1], [0], [null], [{}]])(
    'may announce %j as the lifetime of a token: half an hour is assumed',
    async expires_in => {
      const { get, asked, pass } = bench(API_TOKEN, request =>
        isCsp(request) ? answered(200, { access_token: 'T', expires_in }) : answered(200, []),
      )
      await get()
      await pass(29 * 60_000 - 1)
      await get()
      expect(asked()).toHaveLength(1)
      await pass(1)
      await get()
      expect(asked()).toHaveLength(2)
    },
  )

  it('may issue tokens that live for seconds', async () => {
    const { get, asked, pass } = bench(API_TOKEN, request =>
      isCsp(request) ? answered(200, { access_token: 'T', expires_in: 4 }) : answered(200, []),
    )
    await get()
    await pass(2999)
    await get()
    expect(asked()).toHaveLength(1)
    await pass(1)
    await get()
    expect(asked()).toHaveLength(2)
  })
})

describe('without an access token,', () => {
  const start: Partial<Call> = { method: 'POST', body: {}, effect: 'change', what: 'start session' }
  const refusing = (auth: Csp, status: number, body: unknown = { message: 'invalid_grant' }) =>
    bench(auth, request => (isCsp(request) ? answered(status, body) : undefined))

  it.each<[Csp, number, string, RegExp]>([
    [{ ...API_TOKEN, token: new Secret('wrong') }, 0, 'does not accept the API token', /csp_api_token/],
    [
      { ...APP, secret: new Secret('wrong') },
      0,
      "does not accept the OAuth app's id and secret",
      /csp_oauth_app_id and csp_oauth_app_secret/,
    ],
    [API_TOKEN, 401, 'does not accept the API token', /API tokens expire/],
    [APP, 403, 'refuses access to the OAuth app', /csp_oauth/],
  ])("the error says which of the profile's settings is wrong", async (auth, status, why, hint) => {
    const { get, sent } = status === 0 ? bench(auth) : refusing(auth, status)
    const error = await failure(get(start))
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining(`get access token: the Cloud Services Platform at csp.example ${why}`) as string,
      facts: { hint: expect.stringMatching(hint) as string },
    })
    expect(sent.filter(request => !isCsp(request))).toEqual([])
  })

  it('the error says that the platform is missing', async () => {
    expect(await failure(refusing(API_TOKEN, 404, '<html>').get())).toMatchObject({
      code: 'auth',
      message: 'get access token: there is no Cloud Services Platform at csp.example',
      facts: { hint: 'check csp_url_override of the profile' },
    })
  })

  it.each([[{}], [[]], ['null'], [{ access_token: '' }], [{ access_token: 5 }], [{ access_token: 'a\r\nx-evil: 1' }]])(
    'the error says that the answer contains no token: %j',
    async body => {
      expect(await failure(refusing(API_TOKEN, 200, body).get())).toMatchObject({
        code: 'network',
        message: expect.stringContaining('get access token: the answer of the Cloud Services Platform has none') as string,
      })
    },
  )

  it('a change was not made, and the platform is not asked over and over', async () => {
    const { get, asked, sent } = refusing(API_TOKEN, 503, '')
    const error = await failure(get(start))
    expect(error).toMatchObject({ code: 'network', message: 'start session: get access token: csp.example answered 503' })
    expect(sent).toHaveLength(asked().length)
    const once = asked().length
    await failure(get())
    expect(asked()).toHaveLength(2 * once)
  })

  it('the error shows no secret', async () => {
    const secret = 'Sec/ret+1'
    const auth: Csp = { kind: 'csp-oauth-app', id: 'app', secret: new Secret(secret), csp: CSP }
    const echo = `${secret} ${encodeURIComponent(secret)} ${basic('app', secret)} `
    const { get, lines } = bench(auth, request => answered(500, { message: `${echo}${String(request.headers['authorization'])}` }))
    const error = await failure(get())
    expect(error.message).toContain('[secret]')
    for (const text of [secret, encodeURIComponent(secret), basic('app', secret).slice(6)])
      expect(error.message + lines.join('')).not.toContain(text)
  })

  it('an access token that the service echoes is not shown either', async () => {
    const { get, lines, sent } = bench(API_TOKEN, request =>
      isCsp(request) ? undefined : answered(400, { message: `bad: ${String(request.headers['authorization'])}` }),
    )
    const error = await failure(get())
    expect(error.message).toBe('list sessions: bad: Bearer [secret]')
    expect(lines.join('')).not.toContain(sent.at(-1)?.headers['authorization']?.slice(7))
  })
})

describe('an interruption while an access token is requested', () => {
  it('takes effect at once', async () => {
    let waiting: AbortSignal | undefined
    const { http, call } = bench(
      API_TOKEN,
      ({ signal }) =>
        new Promise((_, reject) => {
          waiting = signal
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        }),
    )
    const stop = new AbortController()
    const work = failure(http.json(call({ signal: stop.signal })))
    while (waiting === undefined) await new Promise(resolve => setImmediate(resolve))
    stop.abort(new DOMException('enough', 'AbortError'))
    expect(await work).toMatchObject({ code: 'interrupted' })
    expect(waiting.aborted).toBe(true)
  })
})
