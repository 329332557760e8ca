import { describe, expect, it } from 'vitest'
import { BrokenAnswer, SlowError, StatusError } from '../../src/api/http-errors.ts'
import { isNotCarriedOut, isRetryable, retryAfter, retryDelay } from '../../src/api/retry.ts'
import { CbcError } from '../../src/core/errors.ts'
import { READ } from './support.ts'

const status = (code: number, after?: number) => new StatusError(code, '', after)
const unsent = (lasting = false) => Object.assign(new CbcError('network', 'no route'), { sent: false, lasting })

describe('what may be repeated', () => {
  it.each<[string, unknown, { read: boolean; removal: boolean; change: boolean }]>([
    ['a refusal for the rate', status(429), { read: true, removal: true, change: true }],
    ['a request that came too early', status(425), { read: true, removal: true, change: true }],
    ['a failure of the service', status(503), { read: true, removal: true, change: false }],
    ['a gateway that lost its patience', status(408), { read: true, removal: true, change: false }],
    ['an answer for good', status(400), { read: false, removal: false, change: false }],
    ['nothing that was sent', unsent(), { read: true, removal: true, change: true }],
    ['nothing that can be sent', unsent(true), { read: false, removal: false, change: false }],
    ['a slow answer', new SlowError(), { read: true, removal: true, change: false }],
    ['a broken answer', new BrokenAnswer('not JSON'), { read: true, removal: true, change: false }],
    ['a connection that was cut', new CbcError('network', 'cut'), { read: true, removal: true, change: false }],
    ['another error', new CbcError('usage', 'no'), { read: false, removal: false, change: false }],
  ])('%s', (_, failure, expected) => {
    const may = (effect: 'read' | 'removal' | 'change') => isRetryable(failure, { ...READ, effect })
    expect({ read: may('read'), removal: may('removal'), change: may('change') }).toEqual(expected)
  })

  it.each([
    [status(499), true],
    [status(408), false],
    [status(500), false],
    [unsent(), true],
    [new CbcError('network', 'cut'), false],
  ])('was certainly not carried out, as %o: %s', (failure, certain) => expect(isNotCarriedOut(failure)).toBe(certain))
})

describe('the delay before a retry', () => {
  const delay = (failure: unknown, attempt: number, chance: number) =>
    retryDelay(failure, attempt, { below: most => Math.floor((most - 1) * chance) })

  it('doubles with each failure, and is longer after a refusal for the rate', () => {
    expect([1, 2, 3].map(attempt => [delay(status(503), attempt, 0), delay(status(503), attempt, 1)])).toEqual([
      [150, 300],
      [300, 600],
      [600, 1200],
    ])
    expect([delay(status(429), 1, 0), delay(status(429), 1, 1)]).toEqual([500, 1000])
  })

  it('is what the service asks for, a minute at most', () => {
    expect([0, 7000, 60_000, 60_001].map(after => delay(status(503, after), 3, 1))).toEqual([0, 7000, 60_000, 60_000])
  })
})

describe('"Retry-After"', () => {
  const NOW = Date.UTC(2026, 0, 2, 12)
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Fri, 02 Jan 2026 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'Fri, 02 Jan 2026 12:00:05 GMT', date: 'Fri, 02 Jan 2026 12:00:03 GMT' }, 2000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 12:00:05 GMT', date: 'soon' }, 5000],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': '5 s' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('%j', (headers, ms) => expect(retryAfter(headers, NOW)).toBe(ms))
})
