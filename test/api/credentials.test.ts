import { describe, expect, it } from 'vitest'
import { ApiKey, redacted } from '../../src/api/credentials.ts'
import { Secret } from '../../src/core/secret.ts'

describe('secrets in foreign text', () => {
  const SECRET = 'AB"C/+D\\E'

  it.each([
    ['as they are', SECRET],
    ['in a URL or a form', encodeURIComponent(SECRET)],
    ['in JSON', 'AB\\"C/+D\\\\E'],
    ['in JSON with escaped slashes', 'AB\\"C\\/+D\\\\E'],
  ])('are replaced %s, each time, and the rest stays', (_, written) => {
    expect(redacted(`x ${written} y ${written}`, [SECRET])).toBe('x [secret] y [secret]')
  })

  it('are replaced whole where one is a part of another', () => {
    const token = 'ABCDEFGH/IJKL'
    expect(redacted(`${token} ABCDEFGH`, ['ABCDEFGH', token])).toBe('[secret] [secret]')
    expect(new ApiKey(new Secret(token)).secrets()).toEqual([token, 'ABCDEFGH'])
  })

  it('are left where they are so short that they would match in any text', () => {
    expect(redacted('12345678 1234567', ['1234567'])).toBe('12345678 1234567')
    expect(redacted('12345678', ['12345678', ''])).toBe('[secret]')
  })
})
