import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HRESULT } from '../../../src/lab/endpoint.ts'
import { fitsPattern } from '../../../src/lab/linux/pattern.ts'
import { joinWords, splitWords } from '../../../src/lab/linux/words.ts'

describe('splitWords', () => {
  it.each([
    ['ls -l  /tmp\t/var', ['ls', '-l', '/tmp', '/var']],
    ['  sh -c \'echo "a b"\' ', ['sh', '-c', 'echo "a b"']],
    ['echo "a \\"b\\" \\$x \\n" \'\' ""', ['echo', 'a "b" $x \\n', '', '']],
    ["a\\ b c\\'d \"e\"'f'g", ['a b', "c'd", 'efg']],
    ['one\\\ntwo "three\\\nfour"', ['onetwo', 'threefour']],
    ['echo $HOME * ~ ; a | b > c # d', ['echo', '$HOME', '*', '~', ';', 'a', '|', 'b', '>', 'c', '#', 'd']],
  ])('splits %j', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it.each(['', ' \t', '"open', "open '", 'at the end\\', 'a\0b'])('refuses %j', line => {
    expect(() => splitWords(line)).toThrow(expect.objectContaining({ code: HRESULT.INVALID_PARAMETER }))
  })

  it('splits what joinWords joined', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary' }).filter(word => !word.includes('\0')),
          { minLength: 1 },
        ),
        words => {
          expect(splitWords(joinWords(words))).toEqual(words)
        },
      ),
    )
  })

  it('agrees with the shell when there is nothing to expand', () => {
    const letter = fc.constantFrom('a', 'ü', ' ', '\t', '\n', '\\', "'", '"', '-')
    const lines = fc.sample(fc.string({ unit: letter, minLength: 1, maxLength: 12 }), 300).filter(line => {
      // An unquoted line end ends a command in a shell, but is only a space here.
      try {
        return splitWords(line).length > 0 && !line.includes('\n')
      } catch {
        return false
      }
    })
    const script = lines.map(line => `show ${line}`).join('\n')
    const told = execFileSync('/bin/sh', ['-c', `show() { for word; do printf '%s\\0' "$word"; done; printf '\\1'; }\n${script}`], {
      encoding: 'utf8',
    })
    expect(told).toBe(
      lines
        .map(
          line =>
            `${splitWords(line)
              .map(word => `${word}\0`)
              .join('')}\x01`,
        )
        .join(''),
    )
    expect(lines.length).toBeGreaterThan(20)
  })
})

it('fitsPattern agrees with the equivalent regular expression', () => {
  const text = (letters: string[]): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...letters), maxLength: 9 })
  fc.assert(
    fc.property(text(['a', 'b', '*', '?', '🙂']), text(['a', 'b', 'A', '🙂']), (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u')
      expect(fitsPattern(pattern, name)).toBe(expression.test(name))
    }),
    { numRuns: 1000 },
  )
})

it('fitsPattern never takes long', () => {
  expect(fitsPattern(`${'*a'.repeat(60)}b`, 'a'.repeat(255))).toBe(false)
})
