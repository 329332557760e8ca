import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { cut, cutMiddle, widthOf, wrap } from '../../src/ui/cut.ts'

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('漢', 'a', ' ', '👍', 'e\u0301', '\\'), maxLength: 60 }),
)

it('wrapping breaks a text into lines that fit, and omits nothing', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 60 }), (whole, width) => {
      const lines = wrap(whole, width)
      expect(lines.join('')).toBe(whole)
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})

it('wrapping breaks after a space near the end of a line, or else at its end', () => {
  expect(wrap('cmd.exe /c echo hello', 17)).toEqual(['cmd.exe /c echo ', 'hello'])
  expect(wrap('a bcdefghijklmnop', 10)).toEqual(['a bcdefghi', 'jklmnop'])
})

it('wrapping works even if a line has no room for one character', () => {
  for (const whole of [`ﾊ${'ﾟ'.repeat(50)}`, `👍${'\u0301'.repeat(50)}`]) expect(wrap(whole, 3).join('')).toBe(whole)
})

it('wrapping handles a megabyte', () => {
  expect(wrap('x'.repeat(1_000_000), 40)).toHaveLength(25_000)
  expect(wrap('漢'.repeat(100_000), 40)).toHaveLength(5000)
})

describe('a shortened text', () => {
  it('fits, and is unchanged if it fitted before', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 60 }), (whole, width) => {
        for (const shorten of [cut, cutMiddle]) {
          expect(stringWidth(shorten(whole, width))).toBeLessThanOrEqual(width)
          if (widthOf(whole) <= width) expect(shorten(whole, width)).toBe(whole)
        }
      }),
    )
  })

  it('of a path keeps its last part as long as possible', () => {
    expect(cutMiddle('C:\\Windows\\System32\\drivers\\etc\\hosts', 20)).toBe('C:\\Windows\\Sy…\\hosts')
    expect(cutMiddle('/var/lib/something/else/', 12)).toBe('/var/…/else/')
    expect(cutMiddle('C:\\x\\a-very-long-name.exe', 10)).toBe('…-name.exe')
  })
})
