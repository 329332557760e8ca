import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fishWord, posixWord, shellWord } from '../../src/core/quote.ts'
import { languageOf } from '../../src/host/shell-language.ts'

/** File names with every character that is special in some shell, and any others. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, unit: fc.constantFrom(...' ab\\\'"`$(){}[]<>|&;!#~*?=:,.-/@%^\n\t') }),
    fc.string({ minLength: 1, unit: 'grapheme-composite' }),
    fc.constantFrom('=ls', '~root', '-n', '%1', 'eve$(touch${IFS}X).txt', '`id`', "$'\\x41'", '!!', '{a,b}', '*', '#x', ''),
  )
  .filter(text => !/[\0\p{Cs}]/u.test(text))

describe.each([
  ['sh', [], posixWord],
  ['bash', ['--norc'], posixWord],
  ['zsh', ['-f'], posixWord],
  ['fish', ['--no-config'], fishWord],
] as const)('a quoted word for %s', (shell, options, word) => {
  it.skipIf(spawnSync(shell, ['-c', 'exit 0']).error !== undefined)(
    'is read back unchanged, whatever it contains (skipped without that shell)',
    () => {
      const names = fc.sample(name, 500)
      const read = execFileSync(shell, [...options, '-c', names.map(text => `printf '%s\\0' ${word(text)}`).join('\n')], {
        env: { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] },
      })
      expect(read.toString().split('\0').slice(0, -1)).toEqual(names)
    },
  )
})

describe('a quoted word for a shell of this machine', () => {
  it.each([
    ['a b', 'cmd', '"a b"'],
    ['R&calc.exe', 'cmd', '"R&calc.exe"'],
    ['100%', 'cmd', undefined],
    ['a"b', 'cmd', undefined],
    ['plain.txt', 'cmd', 'plain.txt'],
    ['plain.txt', 'other', 'plain.txt'],
    ['a b', 'other', undefined],
    ["a'b", 'posix', "'a'\\''b'"],
    ["a'b", 'fish', "'a\\'b'"],
  ] as const)('%j in %s is %j', (text, language, word) => expect(shellWord(text, language)).toBe(word))

  it.each([
    ['/bin/zsh', 'linux', 'posix'],
    ['/usr/bin/fish', 'darwin', 'fish'],
    [undefined, 'win32', 'cmd'],
    [undefined, 'linux', 'posix'],
    ['', 'linux', 'posix'],
    ['C:\\Program Files\\Git\\bin\\bash.exe', 'win32', 'posix'],
    ['/usr/bin/nu', 'linux', 'other'],
    ['/usr/bin/pwsh', 'linux', 'other'],
    ['constructor', 'linux', 'other'],
  ] as const)('%j on %s uses the syntax of %s', (shell, platform, language) => expect(languageOf(shell, platform)).toBe(language))
})
