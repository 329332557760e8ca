import { expect, it } from 'vitest'
import { withDeadline } from '../../src/core/abort.ts'
import { Attempts } from '../../src/core/attempts.ts'
import { FakeClock } from '../support/clock.ts'

const taken = (attempts: Attempts, of = 20) => Array.from({ length: of }, () => attempts.take()).filter(taking => taking).length

it('work is attempted four more times, or as often as requested', () => {
  expect([taken(new Attempts(new FakeClock())), taken(new Attempts(new FakeClock(), 1))]).toEqual([4, 1])
})

it('work that made progress gets all attempts and all of its time again', async () => {
  const clock = new FakeClock()
  const attempts = new Attempts(clock)
  taken(attempts, 3)
  await clock.pass(119_000)
  attempts.renew()
  await clock.pass(119_000)
  expect(taken(attempts)).toBe(4)
})

it('nothing is attempted again two minutes after the first failed attempt began', async () => {
  const clock = new FakeClock()
  const attempts = new Attempts(clock)
  await clock.pass(500_000)
  const since = clock.monotonic()
  await clock.pass(60_000)
  expect(attempts.take({ since })).toBe(true)
  await clock.pass(60_001)
  expect(attempts.take()).toBe(false)
})

it('an attempt that would have to wait past the deadline is final for every layer', () => {
  const clock = new FakeClock()
  const { signal } = withDeadline(clock, 5000, 'x')
  const attempts = new Attempts(clock)
  expect(attempts.take({ rest: 5000, signal })).toBe(true)
  expect(attempts.take({ rest: 5001, signal })).toBe(false)
  expect(attempts.take()).toBe(false)
})
