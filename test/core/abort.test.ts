import { describe, expect, it } from 'vitest'
import { cleanupSignalOf, delayed, linked, timeLeft, twoStageAbort, withDeadline, within } from '../../src/core/abort.ts'
import { interrupted } from '../../src/core/errors.ts'
import { ManualClock, until } from '../support/host.ts'

describe('withDeadline', () => {
  it('ends with a timeout when the time is up, not before', async () => {
    const clock = new ManualClock()
    const { signal } = withDeadline(clock, 1000, 'ls: not finished')
    clock.advance(999)
    await Promise.resolve()
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    await until(() => signal.aborted)
    expect(signal.reason).toMatchObject({ code: 'timeout', message: 'ls: not finished' })
  })

  it('ends with the reason of its parent signal', () => {
    const outer = new AbortController()
    const { signal } = withDeadline(new ManualClock(), 1000, 'x', outer.signal)
    const reason = interrupted()
    outer.abort(reason)
    expect(signal.reason).toBe(reason)
    expect(withDeadline(new ManualClock(), 1000, 'x', outer.signal).signal.reason).toBe(reason)
  })

  it('leaves no timer and no listener behind', async () => {
    const clock = new ManualClock()
    const outer = new AbortController()
    const { signal, clear } = withDeadline(clock, 1000, 'x', outer.signal)
    expect(clock.sleeping).toBe(1)
    clear()
    expect(clock.sleeping).toBe(0)
    outer.abort()
    clock.advance(2000)
    await Promise.resolve()
    expect(signal.aborted).toBe(false)
  })
})

describe('a deadline', () => {
  it('applies to all work that gets its signal, or one linked to it, and the earliest counts', () => {
    const clock = new ManualClock()
    const outer = withDeadline(clock, 10_000, 'all')
    const inner = withDeadline(clock, 60_000, 'a part', linked(outer.signal).signal)
    const narrow = withDeadline(clock, 4000, 'a part', outer.signal)
    clock.advance(1000)
    expect(
      [outer, inner, narrow, { signal: undefined }, { signal: new AbortController().signal }].map(({ signal }) => timeLeft(clock, signal)),
    ).toEqual([9000, 9000, 3000, Infinity, Infinity])
  })

  it('is reported by the innermost work, which knows what was not done in time', async () => {
    const clock = new ManualClock()
    const outer = withDeadline(clock, 1000, 'ls: not finished')
    const inner = withDeadline(clock, 5000, 'no session; the endpoint may be offline', linked(outer.signal).signal)
    clock.advance(1000)
    await until(() => inner.signal.aborted)
    expect([outer, inner].map(({ signal }) => (signal.reason as Error).message)).toEqual([
      'ls: not finished',
      'no session; the endpoint may be offline',
    ])
  })

  it('that passes around a longer one is reported with the time that there really was', async () => {
    const clock = new ManualClock()
    const outer = withDeadline(clock, 1000, 'all')
    const inner = withDeadline(clock, 300_000, time => `rm: not finished within ${time}`, linked(outer.signal).signal)
    clock.advance(1000)
    await until(() => inner.signal.aborted)
    expect(inner.signal.reason).toMatchObject({ message: 'rm: not finished within 1.0 s' })
  })

  it('for cleaning up is a little later', async () => {
    const clock = new ManualClock()
    const outer = withDeadline(clock, 1000, 'ls: not finished')
    const late = delayed(clock, 300, outer.signal)
    expect(timeLeft(clock, late.signal)).toBe(1300)
    clock.advance(1000)
    await until(() => outer.signal.aborted)
    expect(late.signal.aborted).toBe(false)
    clock.advance(300)
    await until(() => late.signal.aborted)
    expect(late.signal.reason).toBe(outer.signal.reason)
    late.clear()
    expect(clock.sleeping).toBe(0)
  })

  it('is none without a time limit, and leaves no timer when the work is done', async () => {
    const clock = new ManualClock()
    const { signal } = new AbortController()
    expect(await within(clock, undefined, 'ls', signal, async given => given === signal)).toBe(true)
    expect(await within(clock, 5000, 'ls', signal, async given => timeLeft(clock, given))).toBe(5000)
    expect(clock.sleeping).toBe(0)
  })
})

it('signals under which much work goes on side by side do not make Node warn of a leak', async () => {
  const warnings: string[] = []
  const onWarning = ({ name }: Error) => void warnings.push(name)
  process.on('warning', onWarning)
  const { signal } = twoStageAbort(interrupted)
  const clock = new ManualClock()
  const signals = [
    signal,
    cleanupSignalOf(signal),
    linked(signal).signal,
    withDeadline(clock, 9, 'x', signal).signal,
    delayed(clock, 9, signal).signal,
  ]
  for (const one of signals) for (let count = 0; count < 20; count++) one?.addEventListener('abort', () => {})
  await new Promise(process.nextTick)
  process.off('warning', onWarning)
  // Only Node 20 warns.
  expect(warnings).toEqual([])
})
