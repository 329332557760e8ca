import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../src/core/abort.ts'
import { interrupted } from '../../src/core/errors.ts'
import { ManualClock, until } from '../support/host.ts'

describe('withDeadline', () => {
  it('ends with a timeout when the time is over, not before', async () => {
    const clock = new ManualClock()
    const { signal } = withDeadline(clock, 1000, 'ls: not finished')
    clock.advance(999)
    await Promise.resolve()
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    await until(() => signal.aborted)
    expect(signal.reason).toMatchObject({ code: 'timeout', message: 'ls: not finished' })
  })

  it('ends with the reason of the signal that it stands below', () => {
    const outer = new AbortController()
    const { signal } = withDeadline(new ManualClock(), 1000, 'x', outer.signal)
    const reason = interrupted()
    outer.abort(reason)
    expect(signal.reason).toBe(reason)
    expect(withDeadline(new ManualClock(), 1000, 'x', outer.signal).signal.reason).toBe(reason)
  })

  it('lets go of clock and signal', async () => {
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
