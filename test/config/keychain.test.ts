import { describe, expect, it } from 'vitest'
import { keychainOf, type Entry } from '../../src/config/keychain.ts'
import { interrupted } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'

function entries(): { open(account: string): Entry; kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    open: account => ({
      getPassword: async () => kept.get(account) ?? null,
      async setPassword(secret) {
        kept.set(account, secret)
      },
      deletePassword: async () => kept.delete(account),
    }),
  }
}

describe('the keychain', () => {
  it('stores, returns and deletes secrets by account', async () => {
    const { open, kept } = entries()
    const keychain = keychainOf(open)
    expect(await keychain.get('prod token')).toBeUndefined()
    await keychain.set('prod token', new Secret('S3CRET'))
    expect([(await keychain.get('prod token'))?.reveal(), kept.get('prod token')]).toEqual(['S3CRET', 'S3CRET'])
    await keychain.delete('prod token')
    await keychain.delete('prod token')
    expect(kept.size).toBe(0)
  })

  it('fails with one line that says what to do, and can be interrupted', async () => {
    const locked = () => Promise.reject(new Error('locked'))
    const keychain = keychainOf(() => ({ getPassword: locked, setPassword: locked, deletePassword: locked }))
    const failure = {
      code: 'io',
      message: expect.stringMatching(/^the keychain can't be (read|written): locked$/) as string,
      facts: { hint: expect.stringContaining('token_store file') as string },
    }
    await expect(keychain.get('x')).rejects.toMatchObject(failure)
    await expect(keychain.set('x', new Secret('y'))).rejects.toMatchObject(failure)
    await expect(keychain.delete('x')).rejects.toMatchObject(failure)
    const stop = new AbortController()
    stop.abort(interrupted())
    await expect(keychain.get('x', stop.signal)).rejects.toMatchObject({ code: 'interrupted' })
  })
})
