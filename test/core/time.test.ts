import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime, parseTime } from '../../src/core/time.ts'

const MOMENT = Date.UTC(2021, 9, 7, 21, 13, 6)

describe('times as servers send them', () => {
  it.each([
    '2021-10-07T21:13:06Z',
    '2021-10-07T21:13:06.000Z',
    '2021-10-07T21:13:06',
    '2021-10-07 21:13:06',
    '2021-10-07T23:13:06+02:00',
    '2021-10-07T16:13:06-0500',
    MOMENT,
    MOMENT / 1000,
    String(MOMENT),
    String(MOMENT / 1000),
    `${MOMENT / 1000}.0`,
  ])('%j is normalized', value => {
    expect(parseTime(value)).toBe(MOMENT)
    expect(isoTime(value)).toBe('2021-10-07T21:13:06Z')
  })

  it('keep milliseconds that are not zero', () => {
    expect(isoTime('2021-10-07T21:13:06.123456Z')).toBe('2021-10-07T21:13:06.123Z')
    expect(isoTime(MOMENT + 5)).toBe('2021-10-07T21:13:06.005Z')
  })

  it.each([null, undefined, 0, '0'])('%j becomes null', value => {
    expect(isoTime(value)).toBeNull()
    expect(parseTime(value)).toBeUndefined()
  })

  it.each([1e300, -1e300, Number.MAX_VALUE, 8.64e15 + 1, '9'.repeat(30)])('%j is not a date', value => {
    expect(parseTime(value)).toBeUndefined()
    expect(isoTime(value)).toBe(value)
  })

  it.each(['', 'yesterday', NaN, Infinity, 1e300, true])('%j is kept as it is', value => {
    expect(isoTime(value)).toEqual(value)
  })

  it('in normalized form are read back unchanged, whatever the moment', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1601-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), date => {
        const text = isoTime(date.toISOString())
        expect(parseTime(text)).toBe(date.getTime())
        expect(isoTime(text)).toBe(text)
      }),
    )
  })
})
