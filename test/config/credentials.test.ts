import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCredentials, readCredentials } from '../../src/config/credentials.ts'
import { CbcError } from '../../src/core/errors.ts'
import { testFolder } from '../support/folder.ts'

const folder = testFolder()

const TEXT = '[default]\r\nurl = https://defense.example\r\ntoken=ABC/DEF\r\norg_key: K\r\n\r\n[grün]\nURL=https://other.example\n'
const EXPECTED = {
  sections: [
    { name: 'default', values: { url: 'https://defense.example', token: 'ABC/DEF', org_key: 'K' } },
    { name: 'grün', values: { url: 'https://other.example' } },
  ],
}

describe('a credentials file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16 little-endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
  ])('is read in %s', async (_encoding, bytes) => {
    const file = join(folder, 'credentials.cbc')
    writeFileSync(file, bytes)
    expect(await readCredentials(file)).toEqual(EXPECTED)
  })

  it('in a Windows code page is refused with its line, rather than misread', async () => {
    const file = join(folder, 'credentials.cbc')
    writeFileSync(file, Buffer.from(TEXT, 'latin1'))
    await expect(readCredentials(file)).rejects.toMatchObject({ code: 'auth', message: `${file}: line 6: is not UTF-8 text` })
  })

  it('may be missing', async () => {
    expect(await readCredentials(join(folder, 'none'))).toBeUndefined()
    expect(await readCredentials(join(folder, 'credentials.cbc', 'below'))).toBeUndefined()
  })

  it('causes an error if it cannot be read', async () => {
    const directory = join(folder, 'directory')
    mkdirSync(directory)
    await expect(readCredentials(directory)).rejects.toMatchObject({ code: 'io', message: `${directory}: can't be read` })
    if (process.getuid?.() === 0) return
    const locked = join(folder, 'locked')
    writeFileSync(locked, TEXT)
    chmodSync(locked, 0)
    await expect(readCredentials(locked)).rejects.toMatchObject({ code: 'io' })
  })

  it('is read whatever it contains, or reported without showing its content', () => {
    const piece = fc.constantFrom(
      '[p]',
      '[',
      ']',
      '=',
      ':',
      '\n',
      '\n',
      '\r',
      '#',
      ';',
      ' ',
      '\t',
      '\0',
      'secret',
      'a',
      '[DEFAULT]',
      '__proto__',
      '%',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map(parts => parts.join('')),
        text => {
          try {
            for (const section of parseCredentials(text, 'FILE').sections)
              for (const value of Object.values(section.values)) expect(value).toBeTypeOf('string')
          } catch (error) {
            expect(error).toBeInstanceOf(CbcError)
            expect(error).toMatchObject({
              code: 'auth',
              message: expect.stringMatching(
                /^FILE: line \d+ (is neither a \[section\] nor key = value|repeats a section|repeats a key)$/,
              ) as string,
            })
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

/** Each as Python's configparser reads it. */
describe('lines of a credentials file', () => {
  const sections = (text: string) => Object.fromEntries(parseCredentials(text, 'FILE').sections.map(({ name, values }) => [name, values]))
  const values = (text: string) => sections(`[p]\n${text}`)['p']

  it.each<[string, string, Record<string, string>]>([
    [
      'have = or :, spaces, and keys in any case',
      'Token = a=b:c\nORG_KEY:x\nurl=  https://h  \nempty=',
      { token: 'a=b:c', org_key: 'x', url: 'https://h', empty: '' },
    ],
    ['may be comments or empty, with any line ending', '# token = no\n; url = no\n\n  # indented\ra=1\r\nb=2', { a: '1', b: '2' }],
    ['have no comments after a value', 'a = 1 # 2\nb = ;3', { a: '1 # 2', b: ';3' }],
    ['may all be indented', '  a = 1\n  b = 2', { a: '1', b: '2' }],
    ['continue if the next is indented further', 'a = 1\n  2\n# comment\n\n\t b = 3\n\nc = 4\n\n', { a: '1\n2\n\nb = 3', c: '4' }],
    ['contain a percent sign twice', 'proxy = http://me:a%%40b@h', { proxy: 'http://me:a%40b@h' }],
    [
      'may have any keys',
      '__proto__ = 1\nconstructor = 2',
      Object.fromEntries([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]) as Record<string, string>,
    ],
  ])('%s', (_, text, expected) => {
    expect(values(text)).toEqual(expected)
  })

  it('belong to sections, and those of [DEFAULT] to all', () => {
    expect(sections('[DEFAULT]\nurl=u\norg_key=k\n[a]\ntoken=1\n[ b ] x\ntoken=2\nurl=v')).toEqual({
      a: { url: 'u', org_key: 'k', token: '1' },
      b: { url: 'v', org_key: 'k', token: '2' },
    })
    expect(sections('[DEFAULT]\nurl=u\ntoken=1')).toEqual({ default: { url: 'u', token: '1' } })
    expect(sections('[DEFAULT]\nssl_verify=no')).toEqual({})
  })

  it('are read in linear time, even with a long run of spaces', () => {
    expect(() => parseCredentials(`[p]\na${' '.repeat(300_000)}b`, 'FILE')).toThrow('is neither')
    expect(sections(`[p]\na${' '.repeat(300_000)}=${' '.repeat(300_000)}b`)).toEqual({ p: { a: 'b' } })
  })

  it.each([
    ['[p]\nurl=x\nABCDEF/SECRET', 3, 'is neither'],
    ['token = SECRET', 1, 'is neither'],
    ['[p]\nx=1\n[SECRET', 3, 'is neither'],
    ['[p]\n= SECRET', 2, 'is neither'],
    ['[p]\nx=1\n[SECRET]\n[q]\n[SECRET]', 5, 'repeats a section'],
    ['[p]\ntoken=SECRET\nToken=SECRET', 3, 'repeats a key'],
  ])('are reported by number when invalid, never by content: %j', (text, line, why) => {
    expect(() => parseCredentials(text, 'FILE')).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`FILE: line ${line} ${why}`) as string }),
    )
    expect(() => parseCredentials(text, 'FILE')).not.toThrow('SECRET')
  })
})
