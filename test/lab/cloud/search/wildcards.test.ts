import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileWildcards } from '../../../../src/lab/cloud/search/wildcards.ts'

describe('wildcards', () => {
  it('match like the equivalent regular expression', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '.'), maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '.', '\n'), maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (pattern, text, anywhere) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(compileWildcards(pattern, anywhere)(text)).toBe(new RegExp(anywhere ? source : `^${source}$`, 'is').test(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['CORP\\KIOSK', 'corp\\kiosk', true],
    ['CORP\\\\KIOSK', 'CORP\\KIOSK', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a\\?', 'ax', false],
    ['"a b"', 'a b', true],
    ['\\', '\\', true],
  ])('%s and %s: %s', (pattern, text, wanted) => {
    expect(compileWildcards(pattern, false)(text)).toBe(wanted)
  })

  it('never take long', () => {
    expect(compileWildcards('*a'.repeat(200) + 'c', true)('a'.repeat(3000) + 'b')).toBe(false)
  })
})
