import { describe, expect, it } from 'vitest'
import { count, idIn, numberIn, records, texts } from '../../src/api/wire-checks.ts'

describe('a number in an answer', () => {
  it.each([
    [7, 7],
    ['7', 7],
    ['0', 0],
    ['9007199254740991', 9007199254740991],
  ])('is read from %j', (sent, number) => expect(numberIn({ id: sent })).toBe(number))

  it.each(['', ' 7', '7x', '1e3', '0x7', '-7', '9007199254740992', 1.5, -1, NaN, true, [7], null, undefined])(
    'is never guessed from %j',
    sent => {
      expect(() => numberIn({ id: sent })).toThrow(sent == null ? 'has no id' : 'has an impossible id')
    },
  )
})

describe('an id in an answer', () => {
  it.each([
    [7, '7'],
    ['1234567:11412673', '1234567:11412673'],
    ['x'.repeat(256), 'x'.repeat(256)],
  ])('is read from %j', (sent, id) => expect(idIn({ id: sent })).toBe(id))

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%2fb', 'a;b', 'a\nb', 'x'.repeat(257)])('is never %j', sent => {
    expect(() => idIn({ id: sent })).toThrow('has an impossible id')
  })

  it.each([1.5, -1, true, {}, null, undefined])('is not %j', sent => expect(() => idIn({ id: sent })).toThrow('has no id'))
})

it('fields that are texts may come as numbers, and be missing, but nothing else', () => {
  expect(texts({ a: 'x', b: 7, c: null, d: 1 }, ['a', 'b', 'c', 'e'])).toEqual({ a: 'x', b: '7' })
  expect(() => texts({ a: ['x'] }, ['a'])).toThrow('has a a that is not a text')
})

it('a list is one of objects; nothing is an empty one', () => {
  expect([records(undefined), records(null, 'results'), records({ results: [{ id: 1 }] }, 'results')]).toEqual([[], [], [{ id: 1 }]])
  for (const sent of [{}, { results: {} }, { results: null }]) expect(() => records(sent, 'results')).toThrow('is not the documented list')
  for (const sent of [[1], [null], [[]]]) expect(() => records(sent)).toThrow('is not the documented object')
})

it.each([
  [5, 5],
  [0, 0],
  [-1, 9],
  ['5', 9],
  [null, 9],
])('a count of %j counts as %i where 9 are there', (given, counted) => expect(count(given, 9)).toBe(counted))
