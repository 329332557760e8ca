import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RemotePaths } from '../../src/remote/paths.ts'
import { escapeName, unescapeName } from '../../src/sftp/names.ts'
import { Places } from '../../src/sftp/places.ts'
import { HOSTILE_TEXTS } from '../support/hostile.ts'

const windows = new Places(new RemotePaths(true))
const linux = new Places(new RemotePaths(false))

it('a name is escaped and comes back as it was, whatever is in it', () => {
  const odd = fc.constantFrom(...HOSTILE_TEXTS, '%', '%2', '%41', '\u0000', '\ud800', '\udfff', '\ud83d', '\ud83d\ude00', '\u200d', 'ä')
  fc.assert(
    fc.property(
      fc.array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 8 }).map(parts => parts.join('')),
      name => {
        const escaped = escapeName(name)
        expect(unescapeName(escaped)).toBe(name)
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(Buffer.from(escaped).toString()).toBe(escaped)
      },
    ),
  )
})

it('ordinary names stay as they are', () => {
  for (const name of ['hosts', '100% done.txt', 'Übung (1).docx', 'a b', "it's", '日本語', '😀']) expect(escapeName(name)).toBe(name)
  expect(escapeName('%41')).toBe('%2541')
})

it.each([
  ['/', { kind: 'drives' }],
  ['', { kind: 'drives' }],
  ['.', { kind: 'drives' }],
  ['/../..', { kind: 'drives' }],
  ['/C', { kind: 'path', path: 'C:\\' }],
  ['/c:/', { kind: 'path', path: 'C:\\' }],
  ['C/Users/../Windows/./win.ini', { kind: 'path', path: 'C:\\Windows\\win.ini' }],
  ['/C/a.txt:Zone.Identifier', { kind: 'path', path: 'C:\\a.txt:Zone.Identifier' }],
  ['/C/a.txt%3AZone.Identifier', { kind: 'path', path: 'C:\\a.txt:Zone.Identifier' }],
  ['/D/100%2541', { kind: 'path', path: 'D:\\100%41' }],
])('%s on Windows', (path, place) => {
  expect(windows.at(path)).toEqual(place)
})

it.each([
  '/Users',
  '/C:Users',
  '/C/a\\b',
  '/C/..%5C..%5Cx',
  '/C/%2E%2E',
  '/C/a%2Fb',
  '/C/*',
  '/C/a?',
  '/C/%00',
  '/C/x%0Ay',
  '/C/NUL',
  '/C/com1.txt',
  '/C/a:b/c',
  '/C/:b',
  '/\\\\server',
])('there is nothing at %s on Windows, and nothing is asked', path => {
  expect(() => windows.at(path)).toThrow(/no such file/)
})

it('paths of Linux are what they are, apart from escapes', () => {
  expect(linux.at('/etc/a*b:c\\d')).toEqual({ kind: 'path', path: '/etc/a*b:c\\d' })
  expect(linux.at('/tmp/a%0Ab')).toEqual({ kind: 'path', path: '/tmp/a\nb' })
  expect(linux.at('.')).toEqual({ kind: 'path', path: '/' })
  for (const path of ['/a%2Fb', '/%2E%2E/etc', '/a%00']) expect(() => linux.at(path)).toThrow(/no such file/)
})

it('the real path is absolute, with the drive as a letter alone', () => {
  expect(['.', 'c:/Users/..', '/C//x/', '/x/../C'].map(path => windows.absolute(path))).toEqual(['/', '/C', '/C/x', '/C'])
  expect(['.', 'a/../b', '//etc/'].map(path => linux.absolute(path))).toEqual(['/', '/b', '/etc'])
})
