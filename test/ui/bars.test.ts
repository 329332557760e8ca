import { describe, expect, it } from 'vitest'
import { bars } from '../../src/ui/bars.ts'

describe('bars', () => {
  it.each([
    [[8, 4, 1], 8, ['████████', '████', '█']],
    [[16, 1], 8, ['████████', '▌']],
    [[1000, 1, 0], 8, ['████████', '▏', '']],
    [[2, 1], 100, ['█'.repeat(40), '█'.repeat(20)]],
    [[5, 3], 3, ['', '']],
    [[0, 0], 20, ['', '']],
    [[NaN, 4, -3, Infinity], 8, ['', '████████', '', '']],
    [[], 20, []],
  ])('for %j in %i columns: %j', (numbers, room, drawn) => {
    expect(bars(numbers, room)).toEqual(drawn)
  })
})
