import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialect as bash, quote as bashQuote } from '../../../src/cli/completion/bash.ts'
import { dialect as fish } from '../../../src/cli/completion/fish.ts'
import { lex } from '../../../src/engine/lex-shell.ts'
import { dialect as powershell, quote as powershellQuote } from '../../../src/cli/completion/powershell.ts'
import { dialect as zsh } from '../../../src/cli/completion/zsh.ts'

/** Names that may be completed: anything but control characters. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, unit: fc.constantFrom(...' ab\\\'"`$(){}[]<>|&;!#~*?=:,.-/@%^é‘') }),
    fc.string({ minLength: 1, unit: 'grapheme-composite' }),
  )
  .filter(text => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text))
/** The default of COMP_WORDBREAKS in readline. */
const BREAKS = ' \t\n"\'@><=;|&(:'
const OPEN = ['', "'", '"'] as const

describe('completion in bash', () => {
  it('reads the completed word as it was meant', () => {
    const names = fc.sample(name, 400)
    const lines = OPEN.flatMap(open => names.map(text => `printf '%s\\0' ${open}${bashQuote(text, open)}${open}`))
    const read = execFileSync('bash', ['--norc', '-c', lines.join('\n')], { env: { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] } })
      .toString()
      .split('\0')
      .slice(0, -1)
    expect(read).toEqual([...names, ...names, ...names])
  })

  it('is read back correctly by bash', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom(...OPEN), (done, begun, open) => {
        const line = `cbc ${bashQuote(done, '')} ${open}${bashQuote(begun, open)}`
        expect(bash.read([line, BREAKS]).line).toEqual({ words: [done], typed: begun, redirected: false })
      }),
      { numRuns: 2000 },
    )
  })

  it('replaces the right part of the word, wherever bash splits it', () => {
    const reply = (line: string, text: string, breaks = BREAKS) =>
      bash
        .read([line, breaks, '9', '80'])
        .write([{ text, final: true }])
        .split('\n')[1]
    expect(reply('cbc --output=js', '--output=json')).toBe('json')
    expect(reply('cbc --output=js', '--output=json', ' ')).toBe('--output=json')
    expect(reply("cbc '--output=js", '--output=json')).toBe('--output=json')
    expect(reply('cbc --output="js', '--output=json')).toBe('json')
    expect(reply('cbc a:b:c', 'a:b:cd')).toBe('cd')
    expect(reply('cbc a\\:b', 'a:bc')).toBe('a:bc')
    expect(reply('cbc @fi', '@file')).toBe('@file')
    expect(reply('cbc "a"b', 'abc')).toBe('')
  })

  it('keeps descriptions of candidates out of the line', () => {
    const two = [
      { text: 'ls', about: 'list', final: true },
      { text: 'lsof', about: 'list more '.repeat(20), final: true },
    ]
    const written = (type: string, columns: string, candidates = two) =>
      bash.read(['cbc l', BREAKS, type, columns]).write(candidates).trimEnd().split('\n')
    expect(written('9', '40')).toEqual(['words', 'ls    (list)', `lsof  (${'list more '.repeat(3).slice(0, 29)}…)`])
    expect(written('9', '10')).toEqual(['words', 'ls', 'lsof'])
    expect(written('37', '80')).toEqual(['words', 'ls', 'lsof'])
    expect(written('9', '80', two.slice(0, 1))).toEqual(['words', 'ls'])
    expect(written('9', '80', [{ text: '@dir/', about: '', final: false }])).toEqual(['open', '@dir/'])
  })

  it('leaves the target of a redirection to bash', () => {
    for (const line of ['cbc lr ls > f', 'cbc lr ls >f', 'cbc lr ls 2>> f', 'cbc lr ls > '])
      expect(bash.read([line, BREAKS]).line).toMatchObject({ words: ['lr', 'ls'], redirected: true })
    expect(bash.read(['cbc lr ls > f x', BREAKS]).line).toEqual({ words: ['lr', 'ls'], typed: 'x', redirected: false })
    expect(bash.read(['cbc lr ls \\> ">" x', BREAKS]).line.words).toEqual(['lr', 'ls', '>', '>'])
  })
})

describe('completion in zsh', () => {
  it('escapes colons and backslashes of candidates', () => {
    const { line, write } = zsh.read(['lr', 'ls', 'a b'])
    expect(line).toEqual({ words: ['lr', 'ls'], typed: 'a b' })
    expect(
      write([
        { text: 'A\\B:c', about: 'x\\y: z', final: true },
        { text: 'd/', final: false },
      ]),
    ).toBe('words\n.A\\\\B\\:c:x\\\\y: z\n+d/\n')
    expect(write('files')).toBe('files\n')
  })
})

describe('completion in fish', () => {
  it.skipIf(spawnSync('fish', ['-c', 'exit 0']).error !== undefined)('is read back correctly by fish (skipped without fish)', () => {
    const names = fc.sample(name, 200)
    const escaped = execFileSync('fish', ['--no-config', '-c', 'for one in $argv; string escape -- $one; end', '--', ...names])
      .toString()
      .split('\n')
      .slice(0, -1)
    expect(escaped.map(text => fish.read([`cbc ${text} ${text}`]).line)).toEqual(
      names.map(text => ({ words: [text], typed: text, redirected: false })),
    )
  })

  it('describes candidates after a tab', () => {
    expect(
      fish.read(['cbc ']).write([
        { text: 'lr', about: 'Live Response', final: true },
        { text: 'x', final: true },
      ]),
    ).toBe('words\nlr\tLive Response\nx\n')
  })
})

describe('completion in PowerShell', () => {
  it('asks in base64 and gets an answer in ASCII', () => {
    fc.assert(
      fc.property(fc.array(name), fc.oneof(name, fc.constant('')), name, (words, typed, found) => {
        const { line, write } = powershell.read([Buffer.from([...words, typed].join('\0')).toString('base64')])
        expect(line).toEqual({ words, typed })
        const answer = write([{ text: found, about: found, final: true }])
        expect(answer).toMatch(/^[ -~]+\n$/)
        expect(JSON.parse(answer)).toEqual({ candidates: [{ text: powershellQuote(found), list: found, about: found }] })
      }),
    )
    expect(powershell.read(['']).line).toEqual({ words: [], typed: '' })
    expect(JSON.parse(powershell.read(['']).write('files'))).toEqual({ files: true })
    expect(JSON.parse(powershell.read(['']).write([{ text: 'x', about: '', final: true }]))).toEqual({
      candidates: [{ text: 'x', list: 'x', about: 'x' }],
    })
  })

  it('gets candidates with special characters in full quotes', () => {
    expect(powershellQuote('WIN-FIN-01')).toBe('WIN-FIN-01')
    expect(powershellQuote('CORP\\WIN')).toBe('CORP\\WIN')
    expect(powershellQuote('a,b')).toBe("'a,b'")
    expect(powershellQuote('@file')).toBe("'@file'")
    expect(powershellQuote("it's ‘so’ $(x)")).toBe("'it''s ‘‘so’’ $(x)'")
  })
})

it('any line can be split into words, with the one being typed last', () => {
  const line = fc.string({
    unit: fc.oneof(fc.constantFrom(...' \t\n\\\'"<>@:=2a'), fc.constantFrom('\0', '\u202e', '\ud800')),
    maxLength: 20,
  })
  fc.assert(
    fc.property(line, line, line, (text, double, breaks) => {
      const { words, typed, raw, quotedFrom, breaksAt } = lex(text, { single: "\\'", double, breaks })
      expect(text.endsWith(raw)).toBe(true)
      expect(Math.max(quotedFrom, breaksAt)).toBeLessThanOrEqual(raw.length)
      expect(words.join('').length + typed.length).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 1000 },
  )
})
