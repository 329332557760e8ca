import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shortened } from '../../../src/core/text/shorten.ts'
import { trimEnd, trimEnds, trimStart } from '../../../src/core/text/trim.ts'

it('characters are trimmed from the ends of a text only', () => {
  expect([
    trimEnd('\\a\\\\', '\\'),
    trimStart('/ a/b /', ' /'),
    trimEnds('/ a/ b /', ' /'),
    trimEnds('///', '/'),
    trimEnd('', '='),
  ]).toEqual(['\\a', 'a/b /', 'a/ b', '', ''])
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(' ', '/', 'a') }), text => {
      expect([trimStart(text, ' /'), trimEnd(text, ' /'), trimEnds(text, ' /')]).toEqual([
        text.replace(/^[ /]+/, ''),
        text.replace(/[ /]+$/, ''),
        text.replace(/^[ /]+|[ /]+$/g, ''),
      ])
    }),
  )
})

it('a shortened text does not end in half a character', () => {
  expect([shortened('abc', 3), shortened('abcd', 3), shortened('ab👍d', 3), shortened('a👍d', 3)]).toEqual(['abc', 'abc…', 'ab…', 'a👍…'])
})
