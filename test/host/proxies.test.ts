import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAIN_NETWORK } from '../../src/core/auth-and-network.ts'
import { CbcError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { isExempt, proxyFor } from '../../src/host/proxies.ts'

const TENANT = new URL('https://defense.example/path')
const chosen = (env: Record<string, string>, settings: { proxy?: string; ignoreSystemProxy?: boolean } = {}, target = TENANT) => {
  const { proxy, ...others } = settings
  const found = proxyFor(target, { ...PLAIN_NETWORK, ...others, ...(proxy === undefined ? {} : { proxy: new Secret(proxy) }) }, env)
  return found === undefined ? undefined : `${found.url.href} of ${found.from}`
}

describe('the proxy', () => {
  it('is that of the profile, or else of the environment, or else none', () => {
    const env = { HTTPS_PROXY: 'http://env:1', ALL_PROXY: 'http://all:1' }
    expect(chosen(env, { proxy: 'http://own:8080' })).toBe('http://own:8080/ of proxy of the profile')
    expect(chosen({ ...env, NO_PROXY: '*' }, { proxy: 'http://own:8080', ignoreSystemProxy: true })).toBe(
      'http://own:8080/ of proxy of the profile',
    )
    expect(chosen(env)).toBe('http://env:1/ of HTTPS_PROXY')
    expect(chosen({ ALL_PROXY: 'all:1' })).toBe('http://all:1/ of ALL_PROXY')
    expect(chosen({ HTTPS_PROXY: ' ', https_proxy: '', ALL_PROXY: 'all:1' })).toBe('http://all:1/ of ALL_PROXY')
    expect(chosen(env, { ignoreSystemProxy: true })).toBeUndefined()
    expect(chosen({})).toBeUndefined()
  })

  it('is read in either case, lower case first, by the protocol of the target', () => {
    expect(chosen({ HTTPS_PROXY: 'http://upper', https_proxy: 'http://lower' })).toBe('http://lower/ of https_proxy')
    expect(chosen({ http_proxy: 'http://plain', HTTP_PROXY: 'http://plain' })).toBeUndefined()
    expect(chosen({ http_proxy: 'http://plain' }, {}, new URL('http://storage.example'))).toBe('http://plain/ of http_proxy')
    expect(chosen({ all_proxy: 'https://all' })).toBe('https://all/ of all_proxy')
  })

  it.each(['http://localhost:1', 'https://127.0.0.1', 'https://127.3.2.1:8443', 'https://[::1]:1', 'https://lab.localhost'])(
    'from the environment is not used for this machine: %s',
    target => {
      expect(chosen({ HTTPS_PROXY: 'http://env', HTTP_PROXY: 'http://env', ALL_PROXY: 'http://env' }, {}, new URL(target))).toBeUndefined()
    },
  )

  it('from the profile is used for this machine only with https, or if the proxy is here too', () => {
    expect(chosen({}, { proxy: 'http://own' }, new URL('https://localhost'))).toBe('http://own/ of proxy of the profile')
    expect(chosen({}, { proxy: 'http://own' }, new URL('http://localhost'))).toBeUndefined()
    expect(chosen({}, { proxy: 'http://127.0.0.1:8080' }, new URL('http://localhost'))).toBe(
      'http://127.0.0.1:8080/ of proxy of the profile',
    )
  })

  it('has its user name and password decoded from its URL', () => {
    const found = proxyFor(TENANT, { ...PLAIN_NETWORK, proxy: new Secret('http://me%40corp:p%3Aw%25@proxy:1') }, {})
    expect(found?.url.href).toBe('http://proxy:1/')
    expect(found?.authorization?.reveal()).toBe(`Basic ${Buffer.from('me@corp:p:w%').toString('base64')}`)
    expect(JSON.stringify(found)).not.toContain('corp')
    expect(proxyFor(TENANT, { ...PLAIN_NETWORK, proxy: new Secret('http://me:100%@proxy:1') }, {})?.authorization?.reveal()).toBe(
      `Basic ${Buffer.from('me:100%').toString('base64')}`,
    )
  })

  it.each(['socks5://me:SECRET@proxy:1', 'http://', 'a b', 'ftp://proxy'])('that is invalid is reported: %s', text => {
    expect(() => chosen({ HTTPS_PROXY: text })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'HTTPS_PROXY is not the URL of an http or https proxy',
        facts: { hint: expect.stringContaining('ignore_system_proxy') as string },
      }),
    )
    expect(chosen({ HTTPS_PROXY: text, NO_PROXY: 'defense.example' })).toBeUndefined()
  })

  it('is found or reported, whatever the environment contains', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('*', '.example', 'defense.example:443', ':', '[::1]', '%'))
    fc.assert(
      fc.property(fc.record({ HTTPS_PROXY: text, NO_PROXY: text, all_proxy: text }, { requiredKeys: [] }), env => {
        try {
          chosen(env)
        } catch (error) {
          expect(error).toBeInstanceOf(CbcError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('NO_PROXY', () => {
  it.each([
    '*',
    'defense.example',
    'DEFENSE.Example',
    '.example',
    '*.example',
    'example',
    'other, defense.example',
    'other defense.example',
    ' defense.example ,',
    'defense.example:443',
    'example:443',
    '.defense.example',
    'defense.example.',
  ])('%j excludes https://defense.example', text => {
    expect(isExempt(TENANT, text)).toBe(true)
    expect(chosen({ HTTPS_PROXY: 'http://env', NO_PROXY: text })).toBeUndefined()
    expect(chosen({ HTTPS_PROXY: 'http://env', no_proxy: text })).toBeUndefined()
  })

  it.each([
    '',
    ' ',
    ',',
    'fense.example',
    'ample',
    'defense.example:444',
    'defense.example:80',
    'other',
    'x.defense.example',
    '.',
    '*.',
    '*defense.example',
    'https://defense.example',
    ':443',
  ])('%j does not exclude https://defense.example', text => {
    expect(isExempt(TENANT, text)).toBe(false)
  })

  it('may contain addresses and ports', () => {
    expect(isExempt(new URL('https://10.0.0.1:8443'), '10.0.0.1')).toBe(true)
    expect(isExempt(new URL('https://10.0.0.1:8443'), '10.0.0.1:8443')).toBe(true)
    expect(isExempt(new URL('https://10.0.0.1:8443'), '10.0.0.1:443')).toBe(false)
    for (const entry of ['2001:db8::5', '[2001:db8::5]', '[2001:db8::5]:8443'])
      expect(isExempt(new URL('https://[2001:db8::5]:8443'), entry), entry).toBe(true)
    expect(isExempt(new URL('https://[2001:db8::5]:8443'), '[2001:db8::5]:1')).toBe(false)
    expect(isExempt(new URL('http://plain.example'), 'plain.example:80')).toBe(true)
  })
})
