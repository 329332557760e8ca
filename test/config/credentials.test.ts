import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCredentials, readCredentials } from '../../src/config/credentials.ts'

const folder = mkdtempSync(join(tmpdir(), 'cbc-credentials-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TEXT = '[default]\r\nurl = https://defense.example\r\ntoken=ABC/DEF\r\norg_key: K\r\n\r\n[grün]\nURL=https://other.example\n'
const EXPECTED = { sections: [
  { name: 'default', values: { url: 'https://defense.example', token: 'ABC/DEF', org_key: 'K' } },
  { name: 'grün', values: { url: 'https://other.example' } },
] }

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

  it('may not be there', async () => {
    expect(await readCredentials(join(folder, 'none'))).toBeUndefined()
    expect(await readCredentials(join(folder, 'credentials.cbc', 'below'))).toBeUndefined()
  })

  it('is told of when it can\'t be read', async () => {
    const directory = join(folder, 'directory')
    mkdirSync(directory)
    await expect(readCredentials(directory)).rejects.toMatchObject({ code: 'io', message: `${directory}: can't be read` })
    if (process.getuid?.() === 0) return
    const locked = join(folder, 'locked')
    writeFileSync(locked, TEXT)
    chmodSync(locked, 0)
    await expect(readCredentials(locked)).rejects.toMatchObject({ code: 'io' })
  })

  it('is read whatever it holds, or told of without what it holds', () => {
    const piece = fc.constantFrom('[', ']', '=', ':', '\n', '\r', '#', ';', ' ', '\t', '\0', 'secret', 'a')
    fc.assert(fc.property(fc.array(piece).map(parts => parts.join('')), text => {
      try {
        parseCredentials(text, 'FILE')
      } catch (error) {
        expect(error).toMatchObject({ code: 'auth', message: expect.stringMatching(/^FILE: line \d+ is neither a \[section\] nor key = value$/) as string })
      }
    }))
  })
})

describe('its lines', () => {
  const values = (text: string) => parseCredentials(`[p]\n${text}`, 'FILE').sections[0]?.values

  it('have = or :, blanks, and keys in any case', () => {
    expect(values('Token = a=b:c\nORG_KEY:x\n  url=  https://h  \nempty=')).toEqual({ token: 'a=b:c', org_key: 'x', url: 'https://h', empty: '' })
  })

  it('may be comments or empty, and end in any way', () => {
    expect(values('# token = no\n; url = no\n\n  # indented\ra=1\r\nb=2')).toEqual({ a: '1', b: '2' })
  })

  it('say their number when they are wrong, and never what they hold', () => {
    for (const text of ['[p]\nurl=x\nABCDEF/SECRET', 'token = SECRET', '[p]\nx=1\n[SECRET']) {
      try {
        parseCredentials(text, 'FILE')
        expect.unreachable()
      } catch (error) {
        expect(String(error)).not.toContain('SECRET')
        expect(String(error)).toContain(`line ${text.split('\n').findIndex(line => line.includes('SECRET')) + 1}`)
      }
    }
  })
})
