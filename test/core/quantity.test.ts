import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, formatSize, parseCount, parseDuration } from '../../src/core/quantity.ts'

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5s', 1500],
  ])('%s is read', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', 'soon', '5', '-5s', '0s', 's', '5 s', '1h30', '5S', '5sx', 'x5s', '999999999999d'])('%j is not a duration', text => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'usage', message: `"${text}" is not a duration` }))
  })

  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [999.7, '1.0 s'],
    [4200, '4.2 s'],
    [59_940, '59.9 s'],
    [59_990, '1 m 0 s'],
    [200_000, '3 m 20 s'],
    [3_599_900, '1 h 0 m'],
    [5_400_000, '1 h 30 m'],
  ])('%d ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [12 * 1024 ** 2, '12 MiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1024 ** 3, '1.0 GiB'],
    [5 * 1024 ** 6, '5120 PiB'],
  ])('%d bytes are shown as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })

  it('never have more than four digits, up to PiB', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        bytes => /^\d{1,4}(\.\d)? /.test(formatSize(bytes)) && Number.parseFloat(formatSize(bytes)) < 1024,
      ),
    )
  })
})

describe('counts', () => {
  it('are whole numbers', () => {
    fc.assert(fc.property(fc.maxSafeNat(), count => parseCount(String(count), '--n') === count))
  })

  it.each(['', '-1', '+1', '1.5', '1e3', '0x10', ' 1', '99999999999999999999', 'one'])('%j is not a count', text => {
    expect(() => parseCount(text, '--head')).toThrow(
      expect.objectContaining({ code: 'usage', message: `--head: "${text}" is not a whole number` }),
    )
  })

  it('respect the minimum', () => {
    expect(() => parseCount('0', '--n', 1)).toThrow('--n: "0" is not a whole number of at least 1')
    expect(parseCount('1', '--n', 1)).toBe(1)
  })
})
