import { expect, it } from 'vitest'
import { retry } from '../../src/core/retry.ts'
import { FakeClock } from '../support/clock.ts'

/** Fails as often as given, then succeeds. */
function failing(times: number): { attempt: (n: number) => Promise<string>; seen: number[] } {
  const seen: number[] = []
  return {
    seen,
    async attempt(n) {
      seen.push(n)
      if (n <= times) throw new Error(`failure ${n}`)
      return 'done'
    },
  }
}

it('work is attempted again after the rest that each failure asks for, and its result returned', async () => {
  const clock = new FakeClock()
  const from = clock.monotonic()
  const { attempt, seen } = failing(2)
  expect(await clock.run(retry(attempt, (_, failed) => ({ retryIn: failed * 1000 }), { clock }))).toBe('done')
  expect({ seen, took: clock.monotonic() - from }).toEqual({ seen: [1, 2, 3], took: 3000 })
})

it('what the judge of a failure throws is what the work fails with', async () => {
  const judge = (error: unknown, failed: number) => {
    if (failed === 2) throw new Error(`final: ${String(error)}`)
    return { retryIn: 0 }
  }
  await expect(retry(failing(9).attempt, judge, { clock: new FakeClock() })).rejects.toThrow('final: Error: failure 2')
})

it('a failed attempt that succeeded after all is not repeated', async () => {
  const { attempt, seen } = failing(9)
  expect(await retry(attempt, () => ({ result: 'found' }), { clock: new FakeClock() })).toBe('found')
  expect(seen).toEqual([1])
})

it.each([0, 5000])('nothing is attempted after an abort, with a rest of %i ms', async rest => {
  const clock = new FakeClock()
  const stop = new AbortController()
  const { attempt, seen } = failing(9)
  const judge = () => {
    stop.abort(new Error('interrupted'))
    return { retryIn: rest }
  }
  await expect(retry(attempt, judge, { clock, signal: stop.signal })).rejects.toThrow('interrupted')
  expect({ seen, sleeping: clock.sleeping }).toEqual({ seen: [1], sleeping: 0 })
})
