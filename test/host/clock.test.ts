import { describe, expect, it } from 'vitest'
import { clock, random } from '../../src/host/clock.ts'

describe('sleep', () => {
  it('ends by itself, a shorter one before a longer one', async () => {
    const order: number[] = []
    await Promise.all([30, 1].map(ms => clock.sleep(ms).then(() => order.push(ms))))
    expect(order).toEqual([1, 30])
  })

  it("ends with the signal's reason, before it starts and while it lasts", async () => {
    const stop = new AbortController()
    const reason = new Error('stop')
    const sleeping = clock.sleep(1e9, stop.signal)
    stop.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
    await expect(clock.sleep(0, stop.signal)).rejects.toBe(reason)
  })

  it('may be longer than the limit of a timer', async () => {
    const stop = new AbortController()
    const long = clock.sleep(2 ** 40, stop.signal).then(
      () => 'long',
      () => 'stopped',
    )
    expect(await Promise.race([long, clock.sleep(20).then(() => 'short')])).toBe('short')
    stop.abort()
    expect(await long).toBe('stopped')
  })
})

it('random numbers are within their range', () => {
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(Array.from({ length: 200 }, () => random.below(3)))).toEqual(new Set([0, 1, 2]))
})
