import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphemes } from '../../../src/shell/editor/graphemes.ts'

const PIECES = ['a', 'e\u0301', '\u0301', '👩‍💻', '🇩', '🇪', '日', '\u{e0100}', '\r\n', '\ud83d', '👍🏽', '\u1100\u1161']

test('a long text is cut at the same characters as a short one, wherever its parts end', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const long = fc.array(fc.constantFrom(...PIECES), { minLength: 300, maxLength: 1500, size: 'max' }).map(pieces => pieces.join(''))
  fc.assert(
    fc.property(long, text => {
      expect(graphemes(text)).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment))
    }),
    { numRuns: 50 },
  )
})

test('a character that is longer than a part stays whole', () => {
  expect(graphemes(`x${'\u0301'.repeat(5000)}é`)).toHaveLength(2)
})
