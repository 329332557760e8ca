import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteWord, tokenize, words } from '../../src/engine/tokenize.ts'

const SPECIAL = fc.constantFrom('"', "'", '\\', ' ', '\t', ';', '&', '|', '>', '#', 'a', '')
const word = fc.oneof(
  fc.array(SPECIAL, { maxLength: 8 }).map(parts => parts.join('')),
  fc.string(),
  fc.string({ unit: 'binary' }),
)

describe('words', () => {
  it('survive quoting, whatever they contain', () => {
    fc.assert(
      fc.property(fc.array(word), list => {
        const tokens = tokenize(list.map(quoteWord).join(' '))
        expect(tokens.every(token => token.kind === 'word')).toBe(true)
        expect(tokens.map(token => token.text)).toEqual(list)
      }),
    )
  })

  it.each([
    ['', []],
    ['  \t ', []],
    ['ls', ['ls']],
    [' ls  -l\t', ['ls', '-l']],
    ['ls C:\\Users\\x', ['ls', 'C:\\Users\\x']],
    ['cat \\\\srv\\c$\\n\\t', ['cat', '\\\\srv\\c$\\n\\t']],
    ['ls C:\\', ['ls', 'C:\\']],
    ['ls "C:\\Program Files\\"', ['ls', 'C:\\Program Files\\']],
    ["ls 'C:\\Program Files\\' x", ['ls', 'C:\\Program Files\\', 'x']],
    ['ls C:\\"Program Files"\\x', ['ls', 'C:\\Program Files\\x']],
    ['a""b', ['ab']],
    ['""', ['']],
    ["''", ['']],
    ['"" x', ['', 'x']],
    ['"say ""hi"""', ['say "hi"']],
    ['""""', ['"']],
    ["'it\"s'", ['it"s']],
    ['"it\'s"', ["it's"]],
    ["'a''b'", ['ab']],
    ['\'a\'"b"', ['ab']],
    ['a # b', ['a']],
    ['# all', []],
    ['a#b "#c"', ['a#b', '#c']],
    ['"a;b" \'c|d\' "e>f" "&"', ['a;b', 'c|d', 'e>f', '&']],
  ])('are split in %j', (line, expected) => {
    expect(words(line)).toEqual(expected)
  })
})

describe('operators', () => {
  const shape = (line: string) => tokenize(line).map(token => (token.kind === 'operator' ? [token.text] : token.text))

  it.each([
    ['a;b', ['a', [';'], 'b']],
    ['a && b', ['a', ['&&'], 'b']],
    ['a&&b', ['a', ['&&'], 'b']],
    ['a &', ['a', ['&']]],
    ['a>b', ['a', ['>'], 'b']],
    ['a >>b', ['a', ['>>'], 'b']],
    ['a>>>b', ['a', ['>>'], ['>'], 'b']],
    ['a|b|c', ['a', ['|'], 'b', ['|'], 'c']],
    ['a "&&" b', ['a', '&&', 'b']],
    ['"a"&b', ['a', ['&'], 'b']],
    ['a ;# b', ['a', [';']]],
  ])('are split in %j', (line, expected) => {
    expect(shape(line)).toEqual(expected)
  })

  it('keep their position in the line, as words do', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.oneof(word.map(quoteWord), fc.constantFrom(';', '&&', '|', '>', '>>', '&')), { maxLength: 8 })
          .map(parts => parts.join(' ')),
        line => {
          let last = -1
          for (const token of tokenize(line)) {
            expect(token.at).toBeGreaterThan(last)
            last = token.at
            if (token.kind === 'operator') expect(line.startsWith(token.text, token.at)).toBe(true)
            else if (!token.quoted) expect(line.startsWith(token.text, token.at)).toBe(true)
            else expect(line.slice(token.at)).toMatch(/^[^\s]*["']/)
          }
        },
      ),
    )
  })
})

describe('an unclosed quote', () => {
  it.each([
    ['ls "C:\\Program Files', '"', 4],
    ['a \'b "c"', "'", 3],
    ['"""', '"', 1],
  ])('in %j is an error that says where it begins', (line, quote, column) => {
    expect(() => tokenize(line)).toThrow(
      expect.objectContaining({ code: 'usage', message: `the quote ${quote} at column ${column} is not closed` }),
    )
  })

  it('is closed at the end of a line that is still being typed', () => {
    expect(tokenize('ls "C:\\Program ', true)).toEqual([
      { kind: 'word', text: 'ls', at: 0, quoted: false },
      { kind: 'word', text: 'C:\\Program ', at: 3, quoted: true },
    ])
    fc.assert(
      fc.property(word, text => {
        tokenize(text, true)
      }),
    )
  })
})
