import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteWord } from '../../src/engine/tokenize.ts'
import { parseLine, type Chain, type Statement } from '../../src/shell/statements.ts'

const first = (...words: string[]): Statement => ({ words })
const statements = (line: string) => parseLine(line).map(chain => chain.statements)
/** Each as a statement list of its own. */
const apart = (...all: Statement[]) => all.map(one => [one])

describe('a line', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['# all', []],
    [';', []],
    ['ls', apart(first('ls'))],
    ['ls ; ps;', apart(first('ls'), first('ps'))],
    [';;ls;;', apart(first('ls'))],
    ['ls && ps', [[first('ls'), first('ps')]]],
    ['a; b && c', [[first('a')], [first('b'), first('c')]]],
    ['ls "a;b" \'c && d\'', apart(first('ls', 'a;b', 'c && d'))],
    ['ls C:\\Users\\', apart(first('ls', 'C:\\Users\\'))],
    ['ls # ; ps', apart(first('ls'))],
    ['ls > out', apart({ ...first('ls'), redirect: { path: 'out', append: false } })],
    ['ls >> "my out"', apart({ ...first('ls'), redirect: { path: 'my out', append: true } })],
    ['> out ls -l', apart({ ...first('ls', '-l'), redirect: { path: 'out', append: false } })],
    ['ls > a > b', apart({ ...first('ls'), redirect: { path: 'b', append: false } })],
    ['ls>out; ps', apart({ ...first('ls'), redirect: { path: 'out', append: false } }, first('ps'))],
    ['ls | wc -l', apart({ ...first('ls'), pipe: 'wc -l' })],
    ['ls | grep "a b" | sort -r > x', apart({ ...first('ls'), pipe: 'grep "a b" | sort -r > x' })],
    ["ls | grep 'x;y'; ps | wc", apart({ ...first('ls'), pipe: "grep 'x;y'" }, { ...first('ps'), pipe: 'wc' })],
    ['ps | cat && ls', [[{ ...first('ps'), pipe: 'cat' }, first('ls')]]],
  ] as [string, Statement[][]][])('is split into statements: %j', (line, expected) => {
    expect(statements(line)).toEqual(expected)
  })

  it.each([
    // After | the local shell's language applies: its quotes, brackets and redirections.
    ["ls | grep it\\'s; pwd", "grep it\\'s"],
    ['ls | awk \'{print "a;b"}\' ; pwd', 'awk \'{print "a;b"}\''],
    ['ls | sed "s/\\"//;p"; pwd', 'sed "s/\\"//;p"'],
    ['ls | cat 2>&1; pwd', 'cat 2>&1'],
    ['ls | cat &> x ; pwd', 'cat &> x'],
    ['ls | (cat; echo) ; pwd', '(cat; echo)'],
    ['ls | cat $(echo a & echo b); pwd', 'cat $(echo a & echo b)'],
    ['ls | cat `a;b`;pwd', 'cat `a;b`'],
  ])('leaves to the local shell what belongs to it: %j', (line, pipe) => {
    expect(statements(line)).toEqual(apart({ ...first('ls'), pipe }, first('pwd')))
  })

  it('may have comments after local commands', () => {
    expect(statements('ls | wc -l # how many; pwd')).toEqual(apart({ ...first('ls'), pipe: 'wc -l' }))
    expect(statements('ls | grep x#y')).toEqual(apart({ ...first('ls'), pipe: 'grep x#y' }))
  })

  it.each<[string, Chain[]]>([
    ['ls &', [{ statements: [first('ls')], background: true, text: 'ls' }]],
    [
      'get a & ls',
      [
        { statements: [first('get', 'a')], background: true, text: 'get a' },
        { statements: [first('ls')], background: false, text: 'ls' },
      ],
    ],
    [
      'a&&b & ;c',
      [
        { statements: [first('a'), first('b')], background: true, text: 'a&&b' },
        { statements: [first('c')], background: false, text: 'c' },
      ],
    ],
    ['ls | wc &', [{ statements: [{ ...first('ls'), pipe: 'wc' }], background: true, text: 'ls | wc' }]],
    ['ls "a & b"', [{ statements: [first('ls', 'a & b')], background: false, text: 'ls "a & b"' }]],
  ])('may run in the background: %j', (line, expected) => {
    expect(parseLine(line)).toEqual(expected)
  })

  it.each([
    ['!ls -l', [], 'ls -l'],
    ['  ! cat "x; y" > z && w', [], 'cat "x; y" > z && w'],
    ['!', [], ''],
    ["!echo it's", [], "echo it's"],
    ["ls; !echo it's; echo b", [[first('ls')]], "echo it's; echo b"],
  ])('passes everything after ! to the local shell unchanged: %j', (line, before, local) => {
    expect(statements(line)).toEqual([...before, [{ words: [], local }]])
  })

  it('may join a local command by &&, and ! counts only at the start of a command', () => {
    expect(statements('ls && !make')).toEqual([[first('ls'), { words: [], local: 'make' }]])
    expect(statements('cat a !b "!c"')).toEqual(apart(first('cat', 'a', '!b', '!c')))
    expect(statements('"!c"')).toEqual(apart(first('!c')))
  })

  it.each([
    ['&& ls', 'no command beside &&'],
    ['ls &&', 'no command beside &&'],
    ['a && ; b', 'no command beside &&'],
    ['a ; && b', 'no command beside &&'],
    ['ls >', 'no file after >'],
    ['ls >> ; ps', 'no file after >>'],
    ['ls > | x', 'no file after >'],
    ['ls > > x', 'no file after >'],
    ['ls |', 'no command after |'],
    ['ls | ; ps', 'no command after |'],
    ['| sort', 'no command before'],
    ['> out', 'no command before'],
    ['ls > x | y', '> and | exclude each other'],
    ['&', 'no command before &'],
    ['ls & &', 'no command before &'],
    ['ls & && ps', 'no command beside &&'],
    ['ls || ps', 'no ||'],
    ['ls "open', 'is not closed'],
  ])('is invalid: %j: %s', (line, says) => {
    expect(() => parseLine(line)).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(says) as string }))
  })

  it('keeps every word of every command', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom(';', '&&', '|', '>', '"', "'", '!', '!x', '&', '#', '\\'))
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1 }), { minLength: 1 }), commands => {
        expect(statements(commands.map(words => words.map(quoteWord).join(' ')).join(' ; '))).toEqual(commands.map(words => [{ words }]))
      }),
    )
  })
})
