import { afterEach, describe, expect, it, vi } from 'vitest'
import { linked, withDeadline } from '../../src/core/abort.ts'
import { Attempts } from '../../src/core/attempts.ts'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import { ConnectionError } from '../../src/host/connection-error.ts'
import { FakeClock, settle } from '../support/clock.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { until } from '../support/host.ts'
import { scripted } from '../support/server.ts'
import { answering, bytes, CHANGE, client, failure, READ, silent, TOKEN } from './support.ts'

const AGAIN = { 'Retry-After': '0' }
const OK = { status: 200, body: { ok: true } }

afterEach(() => {
  vi.useRealTimers()
})

describe('a JSON request', () => {
  it("sends credentials, body and query to the profile's URL, and reads the answer", async () => {
    const server = await scripted([
      {
        method: 'POST',
        path: '/front/things?wait=true&q=a+b',
        body: { n: 1 },
        headers: { 'x-auth-token': TOKEN, 'content-type': 'application/json', accept: 'application/json', 'content-length': '7' },
        response: { status: 201, body: { id: 5 } },
      },
      {
        method: 'GET',
        path: '/front/things/1',
        body: '',
        headers: { 'x-auth-token': TOKEN, accept: 'application/json' },
        response: { status: 200, body: [] },
      },
      { method: 'DELETE', path: '/front/things/1', response: { status: 204 } },
    ])
    const { http, exchanges } = await client(`${server.url}/front/`)
    expect(await http.json({ ...CHANGE, query: { wait: 'true', q: 'a b' } })).toEqual({ id: 5 })
    expect(await http.json(READ)).toEqual([])
    expect(await http.json({ ...READ, method: 'DELETE' })).toBeUndefined()
    await server.done()
    expect(server.requests[1]?.headers).not.toHaveProperty('content-type')
    expect(exchanges).toEqual([
      { method: 'POST', path: '/front/things?wait=true&q=a+b', outcome: '201', ms: expect.any(Number) },
      { method: 'GET', path: '/front/things/1', outcome: '200', ms: expect.any(Number) },
      { method: 'DELETE', path: '/front/things/1', outcome: '204', ms: expect.any(Number) },
    ])
  })

  it.each([
    ['HTML', '<html><body>Log in</body></html>', /get thing: the service's answer is a web page/, /proxy or login page/],
    ['garbage', '\u0000\u0001{{{', /get thing: the service's answer is not JSON/, /try again/],
    ['half an object', '{"id": 5, "na', /get thing: the service's answer is not JSON/, /try again/],
  ])('reports %s in a successful answer', async (_, body, message, hint) => {
    const server = await scripted(Array.from({ length: 5 }, () => ({ method: 'GET', path: '/things/1', response: { status: 200, body } })))
    const { http } = await client(server.url, { clock: new HurriedClock() })
    const error = await failure(http.json(READ))
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringMatching(message),
      facts: { http_status: 200, hint: expect.stringMatching(hint) },
    })
    await server.done()
  })

  it('accepts an empty body', async () => {
    const server = await scripted([{ method: 'GET', path: '/things/1', response: { status: 200 } }])
    expect(await (await client(server.url)).http.json(READ)).toBeUndefined()
    await server.done()
  })
})

it('is shown as waited for until it is over, whether it succeeds or fails, unless it is part of another one', async () => {
  const shown: string[] = []
  const onWait = (what: string) => {
    shown.push(what)
    return () => shown.push('over')
  }
  const { transport } = answering({ text: '{}' }, { text: '{}' }, { status: 404 })
  const { http } = await client('https://service.example', { transport, onWait })
  await http.json(READ)
  await http.json({ ...READ, waitIsShown: true })
  await failure(http.json(READ))
  expect(shown).toEqual(['get thing', 'over', 'get thing', 'over'])
})

describe('repeating a request', () => {
  it.each([500, 502, 503, 504, 408, 429])('repeats a read after %i', async status => {
    const server = await scripted([
      { method: 'GET', path: '/things/1', response: { status, headers: AGAIN } },
      { method: 'GET', path: '/things/1', headers: { 'x-auth-token': TOKEN }, response: OK },
    ])
    const { http, exchanges } = await client(server.url)
    expect(await http.json(READ)).toEqual({ ok: true })
    await server.done()
    expect(exchanges.map(({ outcome }) => outcome)).toEqual([String(status), '200'])
  })

  it.each([
    ['before any answer', true as const],
    ['in the middle of the answer', 5],
  ])('repeats a read when the connection was dropped %s', async (_, drop) => {
    const server = await scripted([
      { method: 'GET', path: '/things/1', response: { ...OK, drop } },
      { method: 'GET', path: '/things/1', response: OK },
    ])
    expect(await (await client(server.url)).http.json(READ)).toEqual({ ok: true })
    await server.done()
  })

  it('repeats a read by POST with its body', async () => {
    const server = await scripted([
      { method: 'POST', path: '/things', body: { n: 1 }, response: { status: 503, headers: AGAIN } },
      { method: 'POST', path: '/things', body: { n: 1 }, response: OK },
    ])
    expect(await (await client(server.url)).http.json({ ...CHANGE, effect: 'read' })).toEqual({ ok: true })
    await server.done()
  })

  it.each([
    ['a web page', '<html>'],
    ['garbage', '{'],
    ['a truncated answer', '[1,'],
  ])('repeats a read after %s', async (_, body) => {
    const server = await scripted([
      { method: 'GET', path: '/things/1', response: { status: 200, body } },
      { method: 'GET', path: '/things/1', response: OK },
    ])
    expect(await (await client(server.url, { clock: new HurriedClock() })).http.json(READ)).toEqual({ ok: true })
    await server.done()
  })

  it('gives up after four more attempts', async () => {
    const gone = { method: 'GET', path: '/things/1', response: { status: 503, headers: AGAIN, body: { message: 'down for repair' } } }
    const server = await scripted([gone, gone, gone, gone, gone])
    const error = await failure((await client(server.url)).http.json(READ))
    expect(error).toMatchObject({ code: 'network', facts: { http_status: 503, hint: 'the service has a problem; try again' } })
    expect(error.message).toMatch(/^get thing: 127\.0\.0\.1:\d+ answered 503 \(down for repair\)$/)
    await server.done()
  })

  it.each([400, 401, 403, 404, 409, 418])('does not repeat anything after %i', async status => {
    const server = await scripted([{ method: 'GET', path: '/things/1', response: { status, headers: AGAIN } }])
    await failure((await client(server.url)).http.json(READ))
    await server.done()
  })

  it.each([500, 502, 503, 504, 408])('does not repeat a change after %i', async status => {
    const server = await scripted([{ method: 'POST', path: '/things', response: { status, headers: AGAIN } }])
    const error = await failure((await client(server.url)).http.json(CHANGE))
    expect(error.facts.http_status).toBe(status)
    await server.done()
  })

  it('repeats a change after 429, which means it was refused', async () => {
    const server = await scripted([
      { method: 'POST', path: '/things', response: { status: 429, headers: AGAIN } },
      { method: 'POST', path: '/things', response: { status: 429, headers: AGAIN } },
      { method: 'POST', path: '/things', body: { n: 1 }, response: { status: 201, body: { id: 1 } } },
    ])
    expect(await (await client(server.url)).http.json(CHANGE)).toEqual({ id: 1 })
    await server.done()
  })

  it('reports the rate limit when every attempt gets 429', async () => {
    const busy = { method: 'POST', path: '/things', response: { status: 429, headers: AGAIN } }
    const server = await scripted([busy, busy, busy, busy, busy])
    expect(await failure((await client(server.url)).http.json(CHANGE))).toMatchObject({
      code: 'network',
      facts: { http_status: 429, hint: 'wait a minute and try again' },
    })
    await server.done()
  })

  it.each([
    ['429, a change', 429, CHANGE, '7', 7000],
    ['429, a read', 429, READ, '7', 7000],
    ['503, a read', 503, READ, '7', 7000],
    ['a date', 503, READ, 'Fri, 02 Jan 2026 03:04:12 GMT', 7000],
    ['a date, by the clock of the answer', 503, READ, 'Fri, 02 Jan 2026 13:00:05 GMT', 5000, 'Fri, 02 Jan 2026 13:00:00 GMT'],
    ['a date in the past', 503, READ, 'Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['a minute at most', 429, CHANGE, '86400', 60_000],
    ['nonsense', 503, READ, 'soon', 150],
  ])('waits as long as Retry-After says: %s', async (_, status, call, header, ms, date?: string) => {
    const clock = new FakeClock()
    const times: number[] = []
    const { transport } = answering(
      { status, headers: { 'retry-after': header, ...(date === undefined ? {} : { date }) } },
      { text: '{"ok":true}' },
    )
    const { http } = await client('https://service.example', { clock, transport: request => (times.push(clock.now()), transport(request)) })
    expect(await clock.run(http.json(call))).toEqual({ ok: true })
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(ms)
  })

  it('waits longer each time, randomly up to twice as long', async () => {
    const clock = new FakeClock()
    for (const [below, rests] of [
      [0, [150, 300, 600, 1200]],
      [1, [300, 600, 1200, 2400]],
    ] as const) {
      const times: number[] = []
      const { transport } = answering({ status: 503 })
      const random = { below: (limit: number) => below * (limit - 1) }
      const { http } = await client('https://service.example', {
        clock,
        random,
        transport: request => (times.push(clock.now()), transport(request)),
      })
      await clock.run(failure(http.json(READ)))
      expect(times.slice(1).map((time, n) => time - (times[n] ?? 0))).toEqual(rests)
    }
  })

  it('stops when the deadline of the work leaves no more time', async () => {
    const clock = new FakeClock()
    const from = clock.monotonic()
    const { transport, requests } = answering({ status: 503, headers: { 'retry-after': '10' } })
    const { http } = await client('https://service.example', { clock, transport })
    const deadline = withDeadline(clock, 25_000, 'all of it', withDeadline(clock, 60_000, 'more than that').signal)
    expect(await clock.run(failure(http.json({ ...READ, signal: linked(deadline.signal).signal })))).toMatchObject({
      code: 'network',
      facts: { http_status: 503 },
    })
    expect([requests.length, clock.monotonic() - from]).toEqual([3, 20_000])
  })

  it('shares one limit of attempts among all layers', async () => {
    const clock = new FakeClock()
    const { transport, requests } = answering({ status: 500 })
    const { http } = await client('https://service.example', { clock, transport })
    const attempts = new Attempts(clock)
    const layer = async (work: () => Promise<unknown>): Promise<unknown> => {
      try {
        return await work()
      } catch (error) {
        if (!attempts.take()) throw error
        return await layer(work)
      }
    }
    await clock.run(failure(layer(() => layer(() => http.json({ ...READ, attempts })))))
    expect(requests).toHaveLength(5)
  })

  it('does not count a failure that was overcome against the layers above', async () => {
    const clock = new FakeClock()
    let calls = 0
    const { http } = await client('https://service.example', {
      clock,
      transport: async () => ({ status: ++calls % 3 === 0 ? 200 : 503, headers: {}, body: bytes('{}') }),
    })
    const attempts = new Attempts(clock)
    for (let n = 0; n < 10; n++) await clock.run(http.json({ ...READ, attempts }))
    expect(calls).toBe(30)
  })

  it('never repeats after an invalid certificate', async () => {
    const clock = new FakeClock()
    const { transport } = answering(
      new ConnectionError('service.example', 'its certificate has expired', false, { code: 'CERT_HAS_EXPIRED' }),
    )
    const { http } = await client('https://service.example', { clock, transport })
    const attempts = new Attempts(clock)
    await failure(http.json({ ...READ, attempts }))
    expect(attempts.take()).toBe(false)
  })

  it('makes all requests of the client wait after 429, then sends them one after the other', async () => {
    const clock = new FakeClock()
    const times: number[] = []
    let refusals = 1
    const { http } = await client('https://service.example', {
      clock,
      transport: async () => {
        times.push(clock.monotonic())
        const refused = refusals-- > 0
        return { status: refused ? 429 : 200, headers: { 'retry-after': '3' }, body: bytes('{}') }
      },
    })
    const from = clock.monotonic()
    await clock.run(http.json(READ))
    await clock.run(Promise.all([http.json(READ), http.json(READ), http.json(READ)]))
    const after = times.map(time => time - from)
    expect(after.slice(0, 2)).toEqual([0, 3000])
    expect(new Set(after).size).toBe(5)
    // Once the service accepts requests again, they are sent without a wait.
    for (let n = 0; n < 5; n++) await clock.run(http.json(READ))
    times.length = 0
    await clock.run(Promise.all([http.json(READ), http.json(READ), http.json(READ)]))
    expect(new Set(times).size).toBe(1)
  })

  it('repeats a deletion, and counts a missing object as deleted by it', async () => {
    const removal = { ...READ, method: 'DELETE', effect: 'removal' } as const
    const gone = { status: 404, body: { message: 'File Not Found' } }
    const server = await scripted([
      { method: 'DELETE', path: '/things/1', response: { ...OK, drop: true } },
      { method: 'DELETE', path: '/things/1', response: gone },
    ])
    expect(await (await client(server.url, { clock: new HurriedClock() })).http.json(removal)).toBeUndefined()
    await server.done()
    const other = await scripted([{ method: 'DELETE', path: '/things/1', response: gone }])
    expect(await failure((await client(other.url)).http.json(removal))).toMatchObject({ code: 'not_found' })
    const busy = await scripted([
      { method: 'DELETE', path: '/things/1', response: { status: 429, headers: AGAIN } },
      { method: 'DELETE', path: '/things/1', response: gone },
    ])
    expect(await failure((await client(busy.url)).http.json(removal))).toMatchObject({ code: 'not_found' })
  })
})

describe('a change whose answer is lost has an unknown outcome', () => {
  it.each([
    ['the connection is dropped before any answer', { ...OK, drop: true as const }, /dropped/],
    ['the connection is dropped during the answer', { ...OK, drop: 4 }, /cut short/],
    ['the service answers 500', { status: 500, body: '{}' }, /answered 500/],
    ['a gateway answers 502', { status: 502, body: '<html>' }, /answered 502/],
    ['a gateway answers 504', { status: 504, body: '<html>' }, /answered 504/],
    ['the answer is a web page', { status: 200, body: '<html>' }, /web page/],
    ['the answer is garbage', { status: 201, body: '{' }, /not JSON/],
  ])('when %s', async (_, response, why) => {
    const server = await scripted([{ method: 'POST', path: '/things', response }])
    const error = await failure((await client(server.url)).http.json(CHANGE))
    expect(error).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(why),
      facts: { hint: 'look before you do it again' },
    })
    expect(error.message).toMatch(/^make thing: .*; it may or may not have happened$/)
    await server.done()
  })

  it('but not when nothing was sent', async () => {
    const server = await scripted([])
    await server.done()
    const error = await failure((await client(server.url)).http.json(CHANGE))
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^make thing: 127\.0\.0\.1:\d+: connection refused$/),
      facts: { hint: expect.stringMatching(/check the URL/) },
    })
  })

  it('even when the transport does not say whether anything was sent', async () => {
    const { transport, requests } = answering(new CbcError('network', 'it broke'))
    const { http } = await client('https://service.example', { transport })
    expect(await failure(http.json(CHANGE))).toMatchObject({ code: 'unknown_outcome' })
    expect(requests).toHaveLength(1)
  })
})

describe('a slow service', () => {
  it.each([
    [READ, 'network', 'get thing: service.example did not answer in time'],
    [CHANGE, 'unknown_outcome', 'make thing: service.example did not answer in time; it may or may not have happened'],
  ])('gets the time limit of the call, then the error is %j', async (call, code, message) => {
    const clock = new FakeClock()
    const { http } = await client('https://service.example', { transport: silent, clock })
    const from = clock.now()
    expect(await clock.run(failure(http.json({ ...call, timeoutMs: 130_000 })))).toMatchObject({ code, message })
    expect(clock.now() - from).toBe(130_000)
  })

  it('gets 60 seconds when the call sets no limit, including the body', async () => {
    const clock = new FakeClock()
    const dribbling = async function* () {
      yield Buffer.from('{')
      await clock.sleep(3_600_000)
    }
    let idle: number | undefined
    const { http } = await client('https://service.example', {
      clock,
      transport: async ({ signal, idleTimeout }) => {
        idle = idleTimeout
        const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
        const inner = dribbling()
        return { status: 200, headers: {}, body: { [Symbol.asyncIterator]: () => ({ next: () => Promise.race([inner.next(), aborted]) }) } }
      },
    })
    const from = clock.now()
    expect(await clock.run(failure(http.json(CHANGE)))).toMatchObject({ code: 'unknown_outcome' })
    expect(clock.now() - from).toBe(60_000)
    // Of the two timeouts, that of the call is decisive.
    expect(idle).toBeGreaterThan(60_000)
  })

  it('is given up on over the real transport too', async () => {
    const server = await scripted([{ method: 'POST', path: '/things', response: { ...OK, delay: 2000 } }])
    const { http } = await client(server.url)
    expect(await failure(http.json({ ...CHANGE, timeoutMs: 30 }))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(/did not answer in time/),
    })
  })
})

describe('an aborted call', () => {
  it('for a change that was sent says that its outcome is unknown', async () => {
    const clock = new FakeClock()
    const { http } = await client('https://service.example', { transport: silent, clock })
    const controller = new AbortController()
    const { signal } = withDeadline(clock, 5000, 'make things: not finished within 5.0 s', controller.signal)
    const work = failure(http.json({ ...CHANGE, signal: controller.signal }))
    const other = failure(http.json({ ...READ, signal: controller.signal }))
    expect(await clock.run(failure(http.json({ ...CHANGE, signal })))).toMatchObject({
      code: 'unknown_outcome',
      message: 'make things: not finished within 5.0 s; it may or may not have happened',
    })
    controller.abort(interrupted())
    expect(await work).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; make thing: was sent, but given up before the answer came; it may or may not have happened',
      facts: { hint: 'look before you do it again' },
    })
    expect(await other).toMatchObject({ code: 'interrupted', message: 'interrupted' })
  })

  it('for a change that waits for its turn does not mention an unknown outcome', async () => {
    const clock = new FakeClock()
    const { transport, requests } = answering({ status: 429, headers: { 'retry-after': '9' } })
    const { http } = await client('https://service.example', { transport, clock })
    const controller = new AbortController()
    const work = failure(http.json({ ...CHANGE, signal: controller.signal }))
    await clock.pass(1000)
    controller.abort(interrupted())
    expect(await work).toMatchObject({ code: 'interrupted', message: 'interrupted' })
    expect(requests).toHaveLength(1)
  })

  it('ends at once, with the reason', async () => {
    const server = await scripted([{ method: 'GET', path: '/things/1', response: { ...OK, delay: 5000 } }])
    const { http } = await client(server.url)
    const controller = new AbortController()
    const work = failure(http.json({ ...READ, signal: controller.signal }))
    await until(() => server.requests.length === 1)
    const reason = interrupted()
    controller.abort(reason)
    expect(await work).toBe(reason)
  })

  it('sends nothing when it is aborted before it begins', async () => {
    const { transport, requests } = answering({ text: '{}' })
    const { http } = await client('https://service.example', { transport })
    expect(await failure(http.json({ ...READ, signal: AbortSignal.abort() }))).toMatchObject({ code: 'interrupted' })
    expect(requests).toHaveLength(0)
  })

  it('ends while it waits for the next attempt', async () => {
    const { transport, requests } = answering({ status: 429, headers: { 'retry-after': '3600' } })
    const { http } = await client('https://service.example', { transport })
    const controller = new AbortController()
    const work = failure(http.json({ ...READ, signal: controller.signal }))
    await until(() => requests.length === 1)
    await settle()
    controller.abort(interrupted())
    expect(await work).toMatchObject({ code: 'interrupted' })
    expect(requests).toHaveLength(1)
  })

  it('leaves no timer of the time limit behind', async () => {
    const clock = new FakeClock()
    const { transport } = answering({ text: '{}' })
    const { http } = await client('https://service.example', { transport, clock })
    await http.json(READ)
    await settle()
    expect(clock.sleeping).toBe(0)
  })

  it('leaves no timer when the answer arrived before everything was sent', async () => {
    const clock = new FakeClock()
    let rest: Promise<void> | undefined
    const { http } = await client('https://service.example', {
      clock,
      transport: async ({ body }) => {
        const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
        await chunks.next()
        rest = (async () => {
          while (!(await chunks.next()).done) await settle()
        })()
        return { status: 429, headers: {}, body: bytes('') }
      },
    })
    const signal = withDeadline(clock, 500, 'x')
    await clock.run(
      failure(http.upload({ ...CHANGE, signal: signal.signal }, { name: 'a', size: 3, boundary: 'b', bytes: () => bytes('1', '2', '3') })),
    )
    await rest
    signal.clear()
    await settle()
    expect(clock.sleeping).toBe(0)
  })
})

it('a network that drops every packet is reported as such', async () => {
  const { transport, requests } = answering(new ConnectionError('service.example', 'no such host', false))
  const { http, exchanges } = await client('https://service.example', { transport })
  expect(await failure(http.json(CHANGE))).toMatchObject({ code: 'network', message: 'make thing: service.example: no such host' })
  expect(requests).toHaveLength(1)
  expect(exchanges).toEqual([{ method: 'POST', path: '/things', outcome: 'service.example: no such host', ms: expect.any(Number) }])
})

it('an endless answer is given up', async () => {
  const chunk = Buffer.alloc(16 * 1024 * 1024)
  let sent = 0
  const endless = async function* () {
    for (;;) {
      sent += chunk.length
      yield chunk
    }
  }
  const { transport } = answering({ status: 200, headers: {}, body: endless() })
  const { http } = await client('https://service.example', { transport })
  expect(await failure(http.json(CHANGE))).toMatchObject({ code: 'unknown_outcome', message: expect.stringMatching(/does not end/) })
  expect(sent).toBeLessThan(300 * 1024 * 1024)
})

it('an unexpected status is an error of the service, not of the program', async () => {
  const { transport } = answering({ status: 999, headers: {}, body: bytes('?') })
  const { http } = await client('https://service.example', { transport })
  expect(await failure(http.json(READ))).toMatchObject({ code: 'network', facts: { http_status: 999 } })
})
