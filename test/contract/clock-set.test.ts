import { describe, expect, it, vi } from 'vitest'
import { AccessTokens } from '../../src/api/access-tokens.ts'
import { clock as hostClock } from '../../src/host/clock.ts'
import { cached } from '../../src/shell/listing-cache.ts'
import { answering, client, failure, READ } from '../api/support.ts'
import { bench, NEVER } from '../remote/support.ts'
import { FakeClock } from '../support/clock.ts'

const YEAR = 365 * 86_400_000

it('the monotonic clock of the host continues while the time of day is set', async () => {
  const wall = vi.spyOn(Date, 'now').mockReturnValue(0)
  try {
    const from = hostClock.monotonic()
    await hostClock.sleep(20)
    const passed = hostClock.monotonic() - from
    expect(Number.isInteger(passed) && passed >= 15, String(passed)).toBe(true)
  } finally {
    wall.mockRestore()
  }
})

describe.each([
  ['forward', YEAR],
  ['back', -YEAR],
])('when the time of day is set a year %s during the work,', (_, ms) => {
  it('a request is repeated as often as ever', async () => {
    const clock = new FakeClock()
    const { transport, requests } = answering({ status: 503 })
    const { http } = await client('https://service.example', { clock, transport: request => (clock.set(ms), transport(request)) })
    await clock.run(failure(http.json(READ)))
    expect(requests).toHaveLength(5)
  })

  it('a trace shows the time that a request took', async () => {
    const clock = new FakeClock()
    const { transport } = answering({ text: '{}' })
    const { http, exchanges } = await client('https://service.example', {
      clock,
      transport: async request => {
        clock.set(ms)
        await clock.sleep(40)
        return await transport(request)
      },
    })
    await clock.run(http.json(READ))
    expect(exchanges.map(exchange => exchange.ms)).toEqual([40])
  })

  it('a command whose answer was lost is looked for as long as ever', async () => {
    const looks = async (set: number) => {
      const b = bench()
      let lost = 0
      b.service.before = ({ method, path }) => {
        if (method === 'POST' && path.endsWith('/commands') && lost++ === 0) return new Error('the connection was dropped')
        if (path.endsWith('/commands')) b.clock.set(set)
        return undefined
      }
      const session = await b.open()
      await b.run(session.issue({ name: 'delete file', path: 'C:\\x' }, { signal: NEVER }))
      return b.service.calls.filter(call => call.startsWith('GET') && call.endsWith('/commands')).length
    }
    expect(await looks(ms)).toBe(await looks(0))
  })

  it('a command is polled as often as ever, whether or not the server holds the request', async () => {
    const polls = async (set: number, holds: number) => {
      const b = bench({ holds, run: () => ({ takes: 9000 }) })
      const session = await b.open()
      b.service.before = () => void b.clock.set(set)
      await b.run(session.issue({ name: 'process list' }, { signal: NEVER }))
      return b.service.calls.length
    }
    for (const holds of [0, 3000]) expect(await polls(ms, holds)).toBe(await polls(0, holds))
  })

  it('an access token is used as long as it is valid', async () => {
    const clock = new FakeClock()
    let issued = 0
    const tokens = new AccessTokens(
      { issue: async () => ({ text: `token-${++issued}`, life: 1_800_000 }), hint: '', secrets: () => [] },
      clock,
    )
    await tokens.headers()
    clock.set(ms)
    expect(await tokens.headers()).toEqual({ authorization: 'Bearer token-1' })
    await clock.pass(1_800_000)
    expect(await tokens.headers()).toEqual({ authorization: 'Bearer token-2' })
  })

  it('a listing is cached as long as it is fresh', async () => {
    const clock = new FakeClock()
    let asked = 0
    const remembered = cached(clock, 2000)
    const ask = () => remembered('C:\\', async () => ++asked)
    await ask()
    clock.set(ms)
    expect(await ask()).toBe(1)
    await clock.pass(2001)
    expect(await ask()).toBe(2)
  })
})
