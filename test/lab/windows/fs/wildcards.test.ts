import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wildcard } from '../../../../src/lab/windows/fs/wildcards.ts'

/** The rules as a plain recursion: slow, but obviously correct. */
function reference(pattern: string, name: string): boolean {
  if (pattern === '*.*') return true
  if (pattern.length > 1 && pattern.endsWith('*.')) return !name.includes('.') && reference(pattern.slice(0, -1), name)
  return from(pattern.toLowerCase(), name.toLowerCase())
}

function from(pattern: string, name: string): boolean {
  const [first, second] = pattern
  if (first === undefined) return name === ''
  const rest = pattern.slice(1)
  if (first === '*') return from(rest, name) || (name !== '' && from(pattern, name.slice(1)))
  if (first === '?') return (name !== '' && from(rest, name.slice(1))) || ((name === '' || name.startsWith('.')) && from(rest, name))
  if (first === '.' && (second === '*' || second === '?') && name === '') return from(rest, name)
  return name.startsWith(first) && from(rest, name.slice(1))
}

describe('patterns of names', () => {
  test.each([
    ['*.*', 'README', true],
    ['*', '.', true],
    ['*.txt', 'a.TXT', true],
    ['*.txt', 'a.txt.bak', false],
    ['*.', 'README', true],
    ['*.', 'a.b', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['???', 'a', true],
    ['a?.txt', 'a.txt', true],
    ['file.*', 'file', true],
    ['chrome*.exe', 'chrome_proxy.exe', true],
    ['*o*e*', 'chrome.exe', true],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(wildcard(pattern)(name)).toBe(fits)
  })

  test('agree with the rules', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '.', '*', '?'), maxLength: 7 })
    const name = fc.string({ unit: fc.constantFrom('A', 'b', '.'), minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(pattern, name, (one, other) => wildcard(one)(other) === reference(one, other)),
      { numRuns: 3000 },
    )
  })

  test('never take exponential time', () => {
    expect(wildcard(`${'*a'.repeat(40)}b`)('a'.repeat(200))).toBe(false)
  })
})
