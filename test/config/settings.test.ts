import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profileName, otherCredentialSettings, settingOf, SETTINGS, type SettingKey } from '../../src/config/settings.ts'
import { CbcError } from '../../src/core/errors.ts'
import type { LocalFiles } from '../../src/core/ports.ts'

const local = {
  text: async (path: string) => (path.endsWith('.pem') ? '-----BEGIN CERTIFICATE-----\n' : 'nothing'),
} as unknown as LocalFiles
const check = async (key: string, text: string) => await settingOf(key).check(text, key, local)

describe('settings', () => {
  it.each([
    ['url', 'https://defense.example.com/', 'https://defense.example.com'],
    ['url', 'defense-prod05.conferdeploy.net', 'https://defense-prod05.conferdeploy.net'],
    ['url', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['org_key', 'ABCD1234', 'ABCD1234'],
    ['org-key', 'ABCD1234', 'ABCD1234'],
    ['token', 'KEY/ID', 'KEY/ID'],
    ['read_only', 'Yes', 'true'],
    ['ssl_verify', '0', 'false'],
    ['default_timeout', '60000', '60000'],
    ['proxy', 'proxy.example.com:3128', 'http://proxy.example.com:3128/'],
    ['ssl_cert_file', '/a/ca.pem', '/a/ca.pem'],
  ])('%s = %s is kept as %s', async (key, text, kept) => {
    expect(await check(key, text)).toBe(kept)
  })

  it.each([
    ['url', 'http://defense.example.com'],
    ['url', 'KEY/ID'],
    ['url', 'https://me:pw@defense.example.com'],
    ['org_key', 'my org'],
    ['org_key', ''],
    ['token', 'KEY'],
    ['token', 'a/b/c'],
    ['read_only', 'maybe'],
    ['default_timeout', '1m'],
    ['proxy', 'ftp://x'],
    ['ssl_cert_file', '/a/key.txt'],
    ['integration', 'a\nb'],
  ])('%s = %s is refused', async (key, text) => {
    await expect(check(key, text)).rejects.toMatchObject({ code: expect.stringMatching(/^(usage|auth)$/) as string })
  })

  it('with secrets never show the value in an error', async () => {
    const key = fc.constantFrom(...Object.keys(SETTINGS).filter(one => 'secret' in SETTINGS[one as SettingKey]))
    await fc.assert(
      fc.asyncProperty(
        key,
        fc.string({ minLength: 5 }).map(text => `S3CRET${text}`),
        async (name, text) => {
          await check(name, text).catch((error: unknown) => {
            expect(error).toBeInstanceOf(CbcError)
            expect(`${(error as CbcError).message}${(error as CbcError).facts.hint ?? ''}`).not.toContain('S3CRET')
          })
        },
      ),
    )
  })

  it('for one kind of credentials remove those of the others', () => {
    expect(otherCredentialSettings('token')).toEqual(['csp_api_token', 'csp_oauth_app_id', 'csp_oauth_app_secret'])
    expect(otherCredentialSettings('csp_oauth_app_id')).toEqual(['token', 'csp_api_token'])
    expect(otherCredentialSettings('url')).toEqual([])
  })
})

describe('the name of a profile', () => {
  it.each(['default', 'prod-eu', 'a.b_c', '7'])('can be %s', name => {
    expect(profileName(name)).toBe(name)
  })
  it.each(['', 'lab', 'LAB', 'environment', 'url', 'token', '__proto__', '../x', 'a b', '-x', 'a'.repeat(65), 'é'])(
    'cannot be %j',
    name => {
      expect(() => profileName(name)).toThrow(CbcError)
    },
  )
})
