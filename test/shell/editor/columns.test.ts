import { describe, expect, test } from 'vitest'
import { inColumns } from '../../../src/shell/editor/columns.ts'

describe('names in columns', () => {
  test('are sorted downwards, and fill the width', () => {
    expect(inColumns(['a', 'bb', 'ccc', 'd', 'e'], 13, 10)).toEqual(['a    d', 'bb   e', 'ccc'])
    expect(inColumns(['a', 'b', 'c'], 80, 10)).toEqual(['a  b  c'])
    expect(inColumns([], 80, 10)).toEqual([])
  })

  test('count wide letters twice', () => {
    expect(inColumns(['日本', 'a', 'b', 'c'], 13, 10)).toEqual(['日本  b', 'a     c'])
  })

  test('count the names that do not fit', () => {
    expect(inColumns(['a', 'b', 'c', 'd', 'e'], 5, 3)).toEqual(['a  d', 'b  e', 'c'])
    expect(inColumns(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 5, 3)).toEqual(['a  c', 'b  d', '... and 3 more'])
    expect(inColumns(['a', 'b', 'c'], 5, 1)).toEqual(['... and 3 more'])
    expect(inColumns(['a'], 5, 0)).toEqual([])
  })

  test('shorten a long name, and show control characters of the endpoint visibly', () => {
    expect(inColumns(['abcdefghij'], 8, 3)).toEqual(['abcd...'])
    expect(inColumns(['a\x1b[2J\nb'], 40, 3)).toEqual(['a^[[2J^Jb'])
  })
})
