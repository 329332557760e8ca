import { describe, expect, it } from 'vitest'
import { interrupted } from '../../src/core/errors.ts'
import { Poll } from '../../src/remote/poll.ts'
import { FakeClock } from '../support/clock.ts'
import { bench, NEVER } from './support.ts'

/** The number of requests for a command that takes `takes` ms, and how long after its end that is noticed. */
async function cost(takes: number, holds: number): Promise<{ requests: number; late: number }> {
  const b = bench({ holds, run: () => ({ takes }) })
  const session = await b.open()
  b.service.seen.length = 0
  const from = b.clock.now()
  await b.run(session.issue({ name: 'process list' }, { signal: NEVER, timeoutMs: 2 * 3_600_000 }))
  return { requests: b.service.seen.length, late: b.clock.now() - from - takes }
}

describe('a command takes', () => {
  it('one issue and at most eleven polls in five seconds when the server does not hold the request', async () => {
    const { requests, late } = await cost(5000, 0)
    expect(requests).toBeLessThanOrEqual(12)
    expect(late).toBeLessThanOrEqual(1000)
  })

  it('almost no requests when the server holds them, and no extra time', async () => {
    expect(await cost(5000, 20_000)).toEqual({ requests: 2, late: 0 })
    expect(await cost(60_000, 20_000)).toEqual({ requests: 4, late: 0 })
  })

  it('one request a second when it runs for an hour', async () => {
    const { requests } = await cost(3_600_000, 0)
    expect(requests).toBeLessThan(3700)
  })

  it.each([0, 10, 40, 100])('hardly longer than its own time when it is quick: %i ms', async takes => {
    expect((await cost(takes, 0)).late).toBeLessThanOrEqual(Math.max(20, takes * 2))
  })
})

describe('polling', () => {
  it('begins fast and backs off to one second', async () => {
    const clock = new FakeClock()
    const asked: number[] = []
    const from = clock.now()
    await clock.run(
      new Poll(clock).until(
        async () => asked.push(clock.now() - from),
        count => count === 14,
        NEVER,
      ),
    )
    const gaps = asked.slice(1).map((at, n) => at - (asked[n] ?? 0))
    expect(asked[0]).toBe(0)
    expect(gaps[0]).toBeLessThanOrEqual(50)
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps)
    expect(gaps.slice(-3)).toEqual([1000, 1000, 1000])
  })

  it('asks again at once when the server held the request', async () => {
    const clock = new FakeClock()
    const asked: number[] = []
    await clock.run(
      new Poll(clock).until(
        async () => {
          asked.push(clock.now())
          await clock.sleep(5000)
          return asked.length
        },
        count => count === 4,
        NEVER,
      ),
    )
    expect(asked.slice(1).map((at, n) => at - (asked[n] ?? 0))).toEqual([5000, 5000, 5000])
  })

  it("ends with the signal's reason, and sends nothing more", async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const reason = interrupted()
    let asked = 0
    const work = new Poll(clock).until(
      async () => {
        if (++asked === 3) controller.abort(reason)
        return false
      },
      done => done,
      controller.signal,
    )
    await expect(clock.run(work)).rejects.toBe(reason)
    expect(asked).toBe(3)
    await expect(
      new Poll(clock).until(
        async () => ++asked,
        () => true,
        controller.signal,
      ),
    ).rejects.toBe(reason)
    expect(asked).toBe(3)
  })

  it('fails when a request fails', async () => {
    await expect(
      new Poll(new FakeClock()).until(
        () => Promise.reject(new Error('no')),
        () => true,
        NEVER,
      ),
    ).rejects.toThrow('no')
  })
})
