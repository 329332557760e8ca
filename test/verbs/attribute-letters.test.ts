import { expect, it } from 'vitest'
import { attributeLetters } from '../../src/verbs/attribute-letters.ts'

it.each([
  [['DIRECTORY', 'HIDDEN', 'SYSTEM', 'READONLY'], 'd-hsr'],
  [['ARCHIVE'], '-a---'],
  [[], '-----'],
  [['NORMAL'], '-----'],
  [['HIDDEN', 'SYSTEM', 'DIRECTORY', 'REPARSE_POINT', 'NOT_CONTENT_INDEXED'], 'd-hs-li'],
  [['ARCHIVE', 'COMPRESSED', 'SOMETHING_NEW', 'ANOTHER'], '-a---c+'],
])('shows %j as %s', (attributes, letters) => {
  expect(attributeLetters(attributes)).toBe(letters)
})
