import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkUrl, LAB, profileOf, resolveProfile, type OwnProfiles, type Profile } from '../../src/config/profile.ts'
import { CbcError } from '../../src/core/errors.ts'
import { profileWarnings } from '../../src/config/warnings.ts'
import { testFolder } from '../support/folder.ts'

const folder = testFolder()

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const section = (name: string, host: string) => `[${name}]\nurl=https://${host}\ntoken=SECRET-${host}\norg_key=K-${host}\n`
const early = file('early', section('default', 'early') + section('other', 'other'))
const late = file('late', section('default', 'late') + section('Big One', 'big'))
const ENV = { CBC_URL: 'https://env', CBC_TOKEN: 'SECRET-env', CBC_ORG_KEY: 'K-env' }

const resolve = (wanted?: string, env: Record<string, string> = {}, files: string[] = [early, late]) =>
  resolveProfile(wanted, { env, files })
const tokenOf = ({ auth }: Profile) => (auth.kind === 'csp-oauth-app' ? auth.secret : auth.token).reveal()
const host = async (...given: Parameters<typeof resolve>) => {
  const profile = await resolve(...given)
  return profile === LAB ? LAB : profile.url.host
}

describe('the profile in use', () => {
  it('is found by name in all files, and the last file takes precedence', async () => {
    expect(await host()).toBe('late')
    expect(await host(undefined, {}, [early])).toBe('early')
    expect(await host(undefined, {}, [late, early])).toBe('early')
    expect(await host('other')).toBe('other')
    expect(await host('big one')).toBe('big')
    expect(await host(undefined, {}, [early, join(folder, 'none')])).toBe('early')
  })

  it('is named by the option before CBC_PROFILE, and a name takes precedence over the environment, the environment over files', async () => {
    expect(await host(undefined, ENV)).toBe('env')
    expect(await host('other', ENV)).toBe('other')
    expect(await host(undefined, { ...ENV, CBC_PROFILE: 'other' })).toBe('other')
    expect(await host('big one', { CBC_PROFILE: 'other' })).toBe('big')
    expect(await host(undefined, { CBC_URL: ' ', CBC_TOKEN: '', CBC_PROFILE: '' })).toBe('late')
  })

  it('can always be the lab', async () => {
    expect(await host('lab', ENV)).toBe(LAB)
    expect(await host('LAB', {}, [])).toBe(LAB)
    expect(await host(undefined, { ...ENV, CBC_PROFILE: 'lab' })).toBe(LAB)
  })

  it('has all its settings, with the token as a secret', async () => {
    const profile = (await resolve('other')) as Profile
    expect(profile).toMatchObject({ name: 'other', source: early, orgKey: 'K-other' })
    expect(tokenOf(profile)).toBe('SECRET-other')
    expect(JSON.stringify(profile)).not.toContain('SECRET')
    const env = (await resolve(undefined, { ...ENV, CBC_TOKEN: ' SECRET-env\n' })) as Profile
    expect(env).toMatchObject({ name: 'environment', source: 'environment' })
    expect(tokenOf(env)).toBe('SECRET-env')
  })
})

describe('the profiles that cbc saves', () => {
  const own = async (current?: string): Promise<OwnProfiles> => ({
    ...(current === undefined ? {} : { current }),
    source: 'OWN',
    sections: ['mine', 'other', 'default'].map(name => ({ name, values: { url: `https://own-${name}`, org_key: 'K' } })),
    complete: async ({ name, values }) => ({ name, values: { ...values, token: `SECRET-${name}` } }),
  })
  const found = async (wanted: string | undefined, current: string | undefined, env: Record<string, string> = {}) => {
    const profile = await resolveProfile(wanted, { env, files: [early, late], own: () => own(current) })
    return profile === LAB ? LAB : profile.url.host
  }

  it("take precedence over the SDK's, after the environment", async () => {
    expect(await found('other', 'mine')).toBe('own-other')
    expect(await found('big one', 'mine')).toBe('big')
    expect(await found(undefined, 'mine')).toBe('own-mine')
    expect(await found(undefined, 'Big One')).toBe('big')
    expect(await found(undefined, 'lab')).toBe(LAB)
    expect(await found(undefined, undefined)).toBe('own-default')
    expect(await found(undefined, 'mine', ENV)).toBe('env')
    expect(await found(undefined, 'mine', { CBC_PROFILE: 'OTHER' })).toBe('own-other')
  })

  it('have their secrets elsewhere, and only those of one are fetched', async () => {
    const asked: string[] = []
    const profile = (await resolveProfile('mine', {
      env: {},
      files: [],
      own: async () => ({
        ...(await own()),
        complete: async section => {
          asked.push(section.name)
          return { ...section, values: { ...section.values, token: 'SECRET-kept' } }
        },
      }),
    })) as Profile
    expect([profile.source, tokenOf(profile), asked]).toEqual(['OWN', 'SECRET-kept', ['mine']])
  })

  it('that are missing are reported with the command that creates them', async () => {
    for (const [wanted, current] of [
      ['nope', 'mine'],
      [undefined, 'nope'],
    ] as const) {
      await expect(found(wanted, current)).rejects.toMatchObject({
        code: 'auth',
        message: 'there is no profile "nope"',
        facts: { hint: expect.stringMatching(/^type cbc config init .* --profile lab$/) as string },
      })
    }
  })
})

describe('settings', () => {
  const BASE = { url: 'https://h', org_key: 'K', token: 'SECRET' }
  const settings = (values: Record<string, string>) => profileOf({ name: 'p', values: { ...BASE, ...values } }, 'FILE')

  it('are those of the SDK, with its defaults', () => {
    expect(settings({})).toEqual({
      name: 'p',
      source: 'FILE',
      url: new URL('https://h'),
      orgKey: 'K',
      auth: { kind: 'api-key', token: expect.anything() as unknown },
      readOnly: false,
      network: { verify: true, verifyHostname: true, ignoreSystemProxy: false },
    })
    const all = settings({
      ssl_verify: 'off',
      ssl_verify_hostname: '0',
      ssl_cert_file: '/ca.pem',
      proxy: 'http://me:SECRET@proxy:8080',
      ignore_system_proxy: 'yes',
      default_timeout: '1500',
      integration: 'Splunk/1.0',
      read_only: 'TRUE',
      case: '/cases/1',
      whatever: 'else',
      ssl_force_tls_1_2: 'maybe',
    })
    expect(all).toMatchObject({
      timeout: 1500,
      integration: 'Splunk/1.0',
      readOnly: true,
      caseFolder: '/cases/1',
      network: { verify: false, verifyHostname: false, ignoreSystemProxy: true, caFile: '/ca.pem' },
    })
    expect(all.network.proxy?.reveal()).toBe('http://me:SECRET@proxy:8080/')
    expect(JSON.stringify(all)).not.toContain('SECRET')
    expect(settings({ proxy: 'proxy:3128', default_timeout: '999999999' })).toMatchObject({ timeout: 300_000 })
    expect(settings({ proxy: 'proxy:3128' }).network.proxy?.reveal()).toBe('http://proxy:3128/')
  })

  it.each(['1', 'yes', 'on', 'true', 'True', 'YES', ' on '])('with the value %j are true, in the environment too', async text => {
    expect(settings({ ignore_system_proxy: text }).network.ignoreSystemProxy).toBe(true)
    expect(await resolve(undefined, { ...ENV, CBC_SSL_VERIFY: text })).toMatchObject({ network: { verify: true } })
  })

  it.each(['0', 'no', 'off', 'false', 'False', 'nO'])('with the value %j are false, in the environment too', async text => {
    expect(settings({ ssl_verify: text }).network.verify).toBe(false)
    expect(await resolve(undefined, { ...ENV, CBC_SSL_VERIFY: text })).toMatchObject({ network: { verify: false } })
  })

  it('choose the credentials: the first of API key, API token and OAuth app', () => {
    const csp = { csp_api_token: 'SECRET-t', csp_oauth_app_id: 'app', csp_oauth_app_secret: 'SECRET-s' }
    const { token: _, ...keyless } = BASE
    const auth = (values: Record<string, string>) => profileOf({ name: 'p', values: { ...keyless, ...values } }, 'FILE').auth
    expect(auth({ token: 'SECRET', ...csp })).toMatchObject({ kind: 'api-key' })
    expect(auth(csp)).toMatchObject({ kind: 'csp-api-token', csp: new URL('https://console.cloud.vmware.com') })
    expect(auth({ ...csp, csp_api_token: ' ', csp_url_override: 'https://gov.example/' })).toMatchObject({
      kind: 'csp-oauth-app',
      id: 'app',
      csp: new URL('https://gov.example'),
    })
    expect(JSON.stringify([auth(csp), auth({ ...csp, csp_api_token: '' })])).not.toContain('SECRET')
    expect(() => auth({ csp_oauth_app_id: 'app' })).toThrow('has no csp_oauth_app_secret')
    expect(() => auth({ csp_oauth_app_secret: 'x' })).toThrow('has no csp_oauth_app_id')
    expect(() => auth({})).toThrow('has no token')
    expect(() => auth({ ...csp, csp_url_override: 'http://gov.example' })).toThrow(
      'the csp_url_override of profile "p": http is only for this machine',
    )
  })

  it.each<[Record<string, string>, string]>([
    [{ ssl_verify: 'SECRET' }, 'FILE: [p] ssl_verify is neither true nor false'],
    [{ read_only: '2' }, 'FILE: [p] read_only is neither true nor false'],
    [{ ssl_verify: 'constructor' }, 'FILE: [p] ssl_verify is neither true nor false'],
    [{ default_timeout: '5s' }, 'FILE: [p] default_timeout is not a number of milliseconds'],
    [{ default_timeout: '0' }, 'FILE: [p] default_timeout is not a number of milliseconds'],
    [{ proxy: 'socks5://me:SECRET@h' }, 'FILE: [p] proxy is not the URL of a proxy'],
    [{ proxy: 'me:SECRET@' }, 'FILE: [p] proxy is not the URL of a proxy'],
    [{ integration: 'a\r\nX-Evil: 1' }, "FILE: [p] integration holds a character that can't be sent"],
  ])('that are invalid are reported by place, never by content: %j', (values, message) => {
    expect(() => settings(values)).toThrow(
      expect.objectContaining({ code: 'usage', message, facts: { hint: expect.stringMatching(/\w/) as string } }),
    )
  })

  it('from the environment are reported by the name of their variable', async () => {
    await expect(resolve(undefined, { ...ENV, CBC_SSL_VERIFY: 'SECRET' })).rejects.toMatchObject({
      message: 'CBC_SSL_VERIFY is neither true nor false',
    })
  })

  it('may be anything: the result is a profile, or an error that explains it', () => {
    const keys = [
      'url',
      'org_key',
      'token',
      'ssl_verify',
      'ssl_verify_hostname',
      'proxy',
      'ignore_system_proxy',
      'csp_api_token',
      'csp_oauth_app_id',
      'csp_url_override',
      'default_timeout',
      'integration',
      'read_only',
    ]
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...keys),
          fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.constantFrom('yes', '1', 'http://localhost', 'http://[', '://', '%')),
        ),
        values => {
          try {
            profileOf({ name: 'p', values }, 'FILE')
          } catch (error) {
            expect(error).toBeInstanceOf(CbcError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('a missing or invalid setting', () => {
  const failing: [string, Parameters<typeof resolve>, string, RegExp][] = [
    ['no profile', [undefined, {}, []], 'auth', /^no credentials: no profile is set up$/],
    ['no such profile', ['nope'], 'auth', /^there is no profile "nope"$/],
    ['half the variables in the environment', [undefined, { CBC_TOKEN: 'SECRET' }], 'auth', /CBC_URL and CBC_ORG_KEY are not set/],
    [
      'half the settings in a section',
      [undefined, {}, [file('half', '[default]\nurl=https://x\ntoken=SECRET\n')]],
      'auth',
      /profile "default" in .*half has no org_key/,
    ],
    ['an empty token', [undefined, {}, [file('empty', '[default]\nurl=https://x\ntoken=\norg_key=K\n')]], 'auth', /has no token/],
    ['a token with two lines', [undefined, { ...ENV, CBC_TOKEN: 'SECRET\r\nx-evil: 1' }], 'auth', /token of profile "environment" holds/],
    ['a token that cannot be in a header', [undefined, { ...ENV, CBC_TOKEN: 'SECRET€' }], 'auth', /token of profile "environment" holds/],
    [
      'no URL',
      [undefined, { ...ENV, CBC_URL: 'defense-xxx.conferdeploy.net' }],
      'usage',
      /URL of profile "environment" is not an https address/,
    ],
    ['a token in place of a URL', [undefined, { ...ENV, CBC_URL: 'SECRET/ABCDEF' }], 'usage', /is not an https address/],
    ['a broken URL with a password', [undefined, { ...ENV, CBC_URL: 'https://me:SECRET@' }], 'usage', /is not an https address/],
    ['a URL with a password', [undefined, { ...ENV, CBC_URL: 'https://me:SECRET@host' }], 'usage', /user name or password/],
    ['plain http to another host', [undefined, { ...ENV, CBC_URL: 'http://host' }], 'usage', /http is only for this machine/],
    ['another protocol', [undefined, { ...ENV, CBC_URL: 'ftp://host' }], 'usage', /is not an https address/],
  ]

  it.each(failing)('is reported: %s', async (_what, given, code, says) => {
    const error: unknown = await resolve(...given).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CbcError)
    const { message, facts, code: actual } = error as CbcError
    expect(actual).toBe(code)
    expect(message).toMatch(says)
    expect(facts.hint).toMatch(/\w/)
    expect(`${message} ${facts.hint}`).not.toContain('SECRET')
  })
})

describe('URLs', () => {
  it.each([
    'https://defense.example',
    'https://proxy.example/path/',
    'http://localhost:8080',
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://[::1]:5',
    'http://lab.localhost',
    'HTTPS://UPPER.example',
  ])('%s is accepted', text => {
    expect(checkUrl(text, 'p').href).toBe(new URL(text).href)
  })

  it.each([
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://notlocalhost',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://[::ffff:7f00:1]',
    'http://128.0.0.1',
    'file:///etc/passwd',
    'javascript:1',
    '',
  ])('%j is refused', text => {
    expect(() => checkUrl(text, 'p')).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe.skipIf(process.platform === 'win32')('a profile in the working directory', () => {
  function here(): string {
    const place = join(testFolder(), '.carbonblack')
    mkdirSync(place, { mode: 0o755 })
    writeFileSync(
      join(place, 'credentials.cbc'),
      '[default]\nurl=https://evil.example\norg_key=K\ntoken=a/b\n[named]\nurl=https://named.example\norg_key=K\ntoken=a/b\n',
      { mode: 0o600 },
    )
    return join(place, 'credentials.cbc')
  }
  const named = (file: string, wanted: string | undefined) => resolveProfile(wanted, { env: {}, files: [], here: [file] })

  it('is used if it was named, with a message', async () => {
    const file = here()
    const found = (await named(file, 'named')) as Profile
    expect(found).toMatchObject({ name: 'named', source: file, here: true })
    expect(await profileWarnings(found)).toEqual([
      `profile "named" is from the working directory, ${file}: everything goes to named.example`,
    ])
    await expect(named(file, undefined)).rejects.toMatchObject({ code: 'auth' })
  })

  it("does not take precedence over the user's own", async () => {
    const own = join(testFolder(), 'credentials.cbc')
    writeFileSync(own, '[named]\nurl=https://own.example\norg_key=K\ntoken=a/b\n')
    expect(await resolveProfile('named', { env: {}, files: [own], here: [here()] })).toMatchObject({ source: own })
  })

  it.each(['', '..', '../..'])('is not used if others can write to it or its folders: %j', async up => {
    const file = here()
    chmodSync(join(file, up), 0o777)
    await expect(named(file, 'named')).rejects.toMatchObject({ code: 'refused' })
  })

  it('is not used if it is a link', async () => {
    const file = here()
    renameSync(file, `${file}.there`)
    symlinkSync(`${file}.there`, file)
    await expect(named(file, 'named')).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('is a link') as string })
  })
})
