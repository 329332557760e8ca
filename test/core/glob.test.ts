import fc from 'fast-check'
import { expect, it } from 'vitest'
import { glob } from '../../src/core/glob.ts'

/** The meaning of the two wildcards, implemented independently. */
const meaning = (pattern: string, ignoreCase: boolean) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    ignoreCase ? 'isu' : 'su',
  )

it('* means any text, and ? any single character', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'A', 'b', '.', '\n', 'ſ', 's', '\u{1f468}', '\ud83d', '\udc68', '\\', '['),
    maxLength: 8,
  })
  const pattern = fc.string({ unit: fc.constantFrom('*', '*', '?', 'a', 'b', '.', 'S', '\u{1f468}', '\ud83d', '\\', '['), maxLength: 6 })
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (wanted, name, ignoreCase) => {
      expect(glob(wanted, ignoreCase)(name)).toBe(meaning(wanted, ignoreCase).test(name))
    }),
    { numRuns: 2000 },
  )
})

it('a name that almost matches in many ways takes no extra time', () => {
  const name = 'a'.repeat(100_000)
  expect(glob(`${'*a'.repeat(20)}*b`, true)(name)).toBe(false)
  expect(glob(`${'*a'.repeat(20)}*`, true)(name)).toBe(true)
  expect(glob(`${'*a?'.repeat(10)}*b*`, false)(`${name}b${name}`)).toBe(true)
})
