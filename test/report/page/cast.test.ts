import { expect, it } from 'vitest'
import { readCast, withoutPauses } from '../../../src/report/page/cast.ts'

const HEAD = '{"version": 2, "width": 80, "height": 24, "timestamp": 1796012100}'

it('what was written is read, and what was typed or cut off is not', () => {
  const text = [HEAD, '[0.5, "o", "a"]', '[0.6, "i", "secret"]', '[1, "o", "b"]', '[2, "o", "cu'].join('\n')
  expect(readCast(text)).toEqual({
    columns: 80,
    rows: 24,
    began: 1_796_012_100,
    events: [
      [0.5, 'a'],
      [1, 'b'],
    ],
  })
})

it('a clock that ran backwards does not hold up the player', () => {
  const text = [HEAD, '[5, "o", "a"]', '[2, "o", "b"]', '["x", "o", "c"]', '[6, "o", "d"]'].join('\n')
  expect(readCast(text).events.map(([at]) => at)).toEqual([5, 5, 5, 6])
})

it('long pauses are played as short ones', () => {
  const cast = {
    columns: 80,
    rows: 24,
    began: undefined,
    events: [
      [1, 'a'],
      [301, 'b'],
      [302, 'c'],
      [900, 'd'],
    ] as const,
  }
  expect(withoutPauses(cast, 2).events).toEqual([
    [1, 'a'],
    [3, 'b'],
    [4, 'c'],
    [6, 'd'],
  ])
})
