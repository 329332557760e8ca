import { expect, it } from 'vitest'
import { append, largest } from '../../src/core/lists.ts'

const MILLION = Array.from({ length: 1_000_000 }, (_, n) => n)

it('a million items can be appended', () => {
  const list = [-1]
  append(list, MILLION)
  expect([list.length, list[0], list.at(-1)]).toEqual([1_000_001, -1, 999_999])
})

it('the largest of a million numbers is found, and the minimum for an empty list', () => {
  expect(largest(MILLION)).toBe(999_999)
  expect([largest([]), largest([], 7), largest([-3], -5)]).toEqual([0, 7, -3])
})
