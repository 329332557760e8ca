import { expect, it } from 'vitest'
import { wrapped } from '../../../src/core/text/wrap.ts'

it.each([
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 13, ['one two three']],
  ['one two three', 3, ['one', 'two', 'three']],
  ['see https://service.example/long for more', 10, ['see', 'https://service.example/long', 'for more']],
  ['https://service.example/long', 10, ['https://service.example/long']],
  ['', 10, ['']],
  ['one two', Infinity, ['one two']],
])('%j wraps between words at %d characters, and never within one', (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines)
})

it('a very long word takes no longer than its length', () => {
  expect(wrapped(`a ${'x'.repeat(1_000_000)} b`, 80)).toHaveLength(3)
})
