import { expect, it } from 'vitest'
import { append, largest } from '../../src/core/lists.ts'

const MILLION = Array.from({ length: 1_000_000 }, (_, n) => n)

it('appends a million items', () => {
  const list = [-1]
  append(list, MILLION)
  expect([list.length, list[0], list.at(-1)]).toEqual([1_000_001, -1, 999_999])
})

it('finds the largest of a million numbers, and of none the least that it can be', () => {
  expect(largest(MILLION)).toBe(999_999)
  expect([largest([]), largest([], 7), largest([-3], -5)]).toEqual([0, 7, -3])
})
