import { describe, expect, test } from 'vitest'
import { programCandidates, splitArguments } from '../../../../src/lab/windows/processes/command-line.ts'

describe('command lines', () => {
  test.each([
    ['a b  c', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ['a\\b "c\\d"', ['a\\b', 'c\\d']],
    ['\\"a', ['"a']],
    ['"a ""b"""', ['a "b"']],
    ['"a\\\\" b', ['a\\', 'b']],
    ['""', ['']],
    ['', []],
  ])('%j is split into %j', (tail, args) => {
    expect(splitArguments(tail)).toEqual(args)
  })

  test("without quotes may end the program's name at every space", () => {
    expect(programCandidates('C:\\Program Files\\x.exe -a').map(({ program }) => program)).toEqual([
      'C:\\Program',
      'C:\\Program Files\\x.exe',
      'C:\\Program Files\\x.exe -a',
    ])
    expect(programCandidates('"C:\\Program Files\\x.exe" -a')).toEqual([{ program: 'C:\\Program Files\\x.exe', tail: ' -a' }])
  })
})
