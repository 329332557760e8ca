import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { CbcError } from '../../../src/core/errors.ts'
import type { Keychain, Transport } from '../../../src/core/ports.ts'
import type { Secret } from '../../../src/core/secret.ts'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../../src/lab/cloud/access/keys.ts'
import { openLab } from '../../../src/lab/lab.ts'
import { main } from '../../../src/main.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { labService, testHost, type TestWorld } from '../../support/host.ts'
import { testFolder } from '../../support/folder.ts'

const READER = 'READERKEY/READERID'
const lab = openLab({
  clock,
  random,
  checkIn: 0,
  keys: [
    { token: 'ADMINKEY/ADMINID', permissions: 'all' },
    { apiToken: LAB_API_TOKEN, permissions: 'all' },
    { ...LAB_OAUTH_APP, permissions: 'all' },
    { token: READER, permissions: ['device READ'] },
    { token: 'POORKEY/POORID', permissions: ['org.liveresponse.file READ'] },
  ],
})
afterAll(() => lab.close())

const URL_ = 'http://127.0.0.1:9'
const GIVEN = ['--url', URL_, '--org-key', lab.org]

/** A user with their own configuration directory, a tenant behind the network, and optionally a keychain. */
function user({ keychain, send = labService(lab).send, files = [] }: { keychain?: Keychain; send?: Transport; files?: string[] } = {}) {
  const directory = join(testFolder(), 'cbc')
  const everything: string[] = []
  return {
    directory,
    everything,
    async cbc(
      words: string[],
      { stdin = '', env = {}, ...over }: { stdin?: string; env?: TestWorld['env'] } & Partial<Omit<TestWorld, 'stdin' | 'env'>> = {},
    ) {
      const stream = new PassThrough()
      stream.end(stdin)
      const host = testHost({
        env,
        stdin: { isTerminal: false, stream },
        configDirectory: () => directory,
        keychain: async () => keychain,
        credentialsFiles: () => files,
        network: async () => ({ send, close() {} }),
        ...over,
      })
      const code = await main(words, host)
      const [out, err] = [host.stdout.text(), host.stderr.text()]
      everything.push(out, err)
      return { code, out, err, json: <T = Record<string, unknown>>() => JSON.parse(out) as T }
    },
  }
}

function memoryKeychain(): Keychain & { kept: Map<string, Secret> } {
  const kept = new Map<string, Secret>()
  return {
    kept,
    get: async account => kept.get(account),
    set: async (account, secret) => void kept.set(account, secret),
    delete: async account => void kept.delete(account),
  }
}

describe('cbc config init without questions', () => {
  it('checks the credentials, saves the profile, and uses the first one', async () => {
    const { cbc, directory, everything } = user()
    const made = await cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin', '--json'], { stdin: ' ADMINKEY/ADMINID\r\n' })
    expect(made.code).toBe(0)
    expect(made.json()).toEqual({
      name: 'prod',
      url: URL_,
      org_key: lab.org,
      auth: 'api-key',
      source: join(directory, 'profiles.json'),
      current: true,
      token_store: 'file',
    })
    expect(made.err).toMatch(/^cbc: no keychain can be used here: secrets are in .*readable by you alone\n$/)
    expect((await cbc(['device', 'list', '--limit', '1', '--json'])).code).toBe(0)
    const second = await cbc(['config', 'init', ...GIVEN, '--json', '-q'], { env: { CBC_TOKEN: 'ADMINKEY/ADMINID' } })
    expect(second).toMatchObject({ code: 0, err: '' })
    expect(second.json()).toMatchObject({ name: 'default' })
    expect((await cbc(['config', 'get', 'name'])).out).toBe('prod\n')
    expect(everything.join('')).not.toContain('ADMINKEY')
  })

  it.each([
    ['an API token', ['--auth', 'csp-api-token'], LAB_API_TOKEN, 'csp-api-token'],
    ['an OAuth app', ['--csp-oauth-app-id', LAB_OAUTH_APP.appId], LAB_OAUTH_APP.appSecret, 'csp-oauth-app'],
  ])('accepts %s', async (_what, more, stdin, auth) => {
    const { cbc, everything } = user()
    const { code, out } = await cbc(['config', 'init', 'uk', ...GIVEN, '--csp-url', URL_, ...more, '--token-stdin', '--json'], { stdin })
    expect([code, JSON.parse(out)]).toMatchObject([0, { auth, csp_url_override: URL_ }])
    expect((await cbc(['lr', 'session', 'list', '--json'])).code).toBe(0)
    expect(everything.join('')).not.toContain(stdin)
  })

  it.each([
    ['the key', ['--token-stdin'], 'WRONGKEY/WRONGID', 3, 'auth', /does not accept the key; nothing was saved/],
    [
      'the org key',
      ['--token-stdin', '--org-key', 'WRONG123'],
      'ADMINKEY/ADMINID',
      4,
      'not_found',
      /knows no organization WRONG123; nothing was saved/,
    ],
    [
      'the permissions of the key',
      ['--token-stdin'],
      'POORKEY/POORID',
      3,
      'auth',
      /does not allow the key any of the calls that were tried; nothing was saved/,
    ],
  ])('says that %s is wrong, and saves nothing', async (_what, more, stdin, code, error, message) => {
    const { cbc, directory } = user()
    const given = more.includes('--org-key') ? ['--url', URL_, ...more] : [...GIVEN, ...more]
    const failed = await cbc(['config', 'init', ...given, '--json'], { stdin })
    expect(failed.code).toBe(code)
    expect(JSON.parse(failed.err)).toMatchObject({
      error: { code: error, message: expect.stringMatching(message) as string, hint: expect.stringContaining('--no-test') as string },
    })
    expect(failed.err).not.toContain(stdin)
    expect(existsSync(directory)).toBe(false)
    expect((await cbc(['config', 'init', ...given, '--no-test'], { stdin })).code).toBe(0)
  })

  it('accepts a key with some of the permissions, and says which ones are missing', async () => {
    const { cbc } = user()
    const { code, err } = await cbc(['config', 'init', ...GIVEN, '--token-stdin'], { stdin: READER })
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('cbc: the key works, but it may not list Live Response sessions, nor search USB approvals') as string,
    ])
  })

  it('names the option for a certificate that is not trusted', async () => {
    const { cbc } = user({
      send: () =>
        Promise.reject(
          Object.assign(new CbcError('network', 'x: its certificate is self-signed', { untrusted: true }), { sent: false, lasting: true }),
        ),
    })
    const { code, err } = await cbc(['config', 'init', ...GIVEN, '--token-stdin'], { stdin: READER })
    expect([code, err]).toEqual([9, expect.stringContaining('--ssl-cert-file FILE') as string])
  })

  it.each([
    [['--no-input'], '', /--url, --org-key, --token-stdin are missing/],
    [GIVEN, '', /--token-stdin is missing/],
    [[...GIVEN, '--token-stdin'], '', /standard input is empty/],
    [[...GIVEN, '--token', 'S3CRET/ID'], '', /--token is not accepted/],
    [[...GIVEN, '--token=S3CRET/ID'], '', /--token is not accepted/],
    [[...GIVEN, '--token-stdin'], 'S3CRET', /is not an API key/],
    [['lab', ...GIVEN, '--token-stdin'], 'S3CRET/ID', /can't be called "lab"/],
    [['--url', 'http://example.com', '--org-key', 'A', '--token-stdin'], 'S3CRET/ID', /http is only for this machine/],
    [[...GIVEN, '--auth', 'magic', '--token-stdin'], 'S3CRET/ID', /"magic" is not a kind of key/],
  ])('refuses %j, and sends and saves nothing', async (more, stdin, says) => {
    const { cbc, directory } = user({
      send: () => {
        throw new Error('it was sent')
      },
    })
    const { code, out, err } = await cbc(['config', 'init', ...more], { stdin })
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(says) as string })
    expect([err.includes('S3CRET'), existsSync(directory)]).toEqual([false, false])
  })

  it('replaces a profile only with --yes, and writes nothing with --dry-run', async () => {
    const { cbc } = user()
    const again = (...more: string[]) => cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin', ...more], { stdin: 'ADMINKEY/ADMINID' })
    expect((await again('--dry-run')).code).toBe(0)
    expect((await cbc(['config', 'get', 'prod'])).code).toBe(4)
    expect([(await again()).code, (await again()).code, (await again('--yes')).code]).toEqual([0, 8, 0])
  })
})

describe('cbc config', () => {
  it('lists every source by precedence, without secrets, and continues if one cannot be read', async () => {
    const folder = testFolder()
    const [good, bad] = [join(folder, 'credentials.cbc'), join(folder, 'credentials.psc')]
    writeFileSync(
      good,
      `[default]\nurl=${URL_}\ntoken=S3CRET/ID\norg_key=SDKORG\npassword_of_mine=S3CRET\n[uk]\nurl=${URL_}\ncsp_api_token=S3CRET\norg_key=UKORG\nproxy=http://me:S3CRET@proxy:1\n`,
    )
    writeFileSync(bad, 'S3CRET is no section')
    const { cbc, everything } = user({ files: [bad, good] })
    await cbc(['config', 'init', 'UK', ...GIVEN, '--token-stdin', '--no-test'], { stdin: 'S3CRET/OWN' })
    const { code, json } = await cbc(['config', 'list', '--json'], {
      env: { CBC_URL: URL_, CBC_TOKEN: 'S3CRET/ENV', CBC_ORG_KEY: 'ENVORG' },
    })
    expect(code).toBe(7)
    expect(
      json<Record<string, unknown>[]>().map(({ name, org_key, auth, current, error }) => [
        name,
        org_key,
        auth,
        current,
        error === undefined,
      ]),
    ).toEqual([
      ['environment', 'ENVORG', 'api-key', true, true],
      ['UK', lab.org, 'api-key', false, true],
      ['default', 'SDKORG', 'api-key', false, true],
      ['uk', 'UKORG', 'csp-api-token', false, true],
      [undefined, undefined, undefined, undefined, false],
      ['lab', null, null, false, true],
    ])
    for (const format of ['table', 'csv', 'ndjson']) await cbc(['config', 'list', '-o', format])
    for (const words of [['uk'], ['default', 'url'], ['uk', 'proxy'], ['default', 'token'], []]) await cbc(['config', 'get', ...words])
    expect(everything.join('')).not.toContain('S3CRET')
    // The profile in use stays the same.
    expect((await cbc(['config', 'get', 'org_key'])).out).toBe('SDKORG\n')
  })

  it('prints a profile or one setting, plain or as JSON', async () => {
    const { cbc } = user()
    await cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin', '--no-test'], { stdin: 'A/B' })
    expect((await cbc(['config', 'get', 'url'])).out).toBe(`${URL_}\n`)
    expect((await cbc(['config', 'get', 'PROD', 'org-key', '--json'])).json()).toEqual({ name: 'prod', org_key: lab.org })
    expect((await cbc(['--profile', 'prod', 'config', 'get', '--json'])).json()).toMatchObject({ name: 'prod', auth: 'api-key' })
    expect(await cbc(['config', 'get', 'token'])).toMatchObject({ code: 8, out: '' })
    expect(await cbc(['config', 'get', 'nope'])).toMatchObject({ code: 4 })
    expect(await cbc(['config', 'get', 'prod', 'proxy'])).toMatchObject({ code: 4, err: 'cbc: profile "prod" has no proxy\n' })
    expect(await cbc(['config', 'get', 'prod', 'nope'])).toMatchObject({ code: 2 })
    expect(await user().cbc(['config', 'get'])).toMatchObject({ code: 3, err: expect.stringContaining('cbc config init') as string })
  })

  it('sets valid values, in the profile given by name, by --profile or the current one', async () => {
    const { cbc } = user()
    for (const name of ['one', 'two']) await cbc(['config', 'init', name, ...GIVEN, '--token-stdin', '--no-test'], { stdin: 'A/B' })
    expect((await cbc(['config', 'set', 'read_only', 'yes', '--json'])).json()).toEqual({ name: 'one', read_only: 'true' })
    await cbc(['config', 'set', 'two', 'default-timeout', '5000'])
    await cbc(['config', 'set', '--profile', 'two', 'proxy', 'proxy.example.com:3128'])
    expect((await cbc(['config', 'get', 'two', '--json'])).json()).toMatchObject({
      default_timeout: '5000',
      proxy: 'http://proxy.example.com:3128/',
    })
    expect(await cbc(['lr', 'disable', 'WIN-FIN-01', '--confirm', 'WIN-FIN-01'])).toMatchObject({ code: 8 })
    for (const wrong of [
      ['url', 'ftp://x'],
      ['bogus', 'x'],
      ['read_only', 'maybe'],
      ['url'],
      ['url', ''],
      ['token', 'S3CRET/ID'],
      ['proxy', 'http://me:S3CRET@h:1'],
      ['url', 'a', 'b'],
      ['token_store', 'cloud'],
    ]) {
      const { code, err } = await cbc(['config', 'set', ...wrong])
      expect([wrong, code, err.includes('S3CRET')]).toEqual([wrong, 2, false])
    }
    expect(await cbc(['config', 'set', 'lab', 'url', URL_])).toMatchObject({ code: 8 })
    expect(await cbc(['config', 'set', 'three', 'url', URL_])).toMatchObject({ code: 4 })
  })

  it('reads a secret from stdin, and replaces a key of another kind', async () => {
    const { cbc, directory } = user()
    await cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin', '--no-test'], { stdin: 'A/B' })
    expect((await cbc(['config', 'set', 'csp_api_token', '--json'], { stdin: 'T0KEN\n' })).json()).toEqual({
      name: 'prod',
      key: 'csp_api_token',
      token_store: 'file',
    })
    expect((JSON.parse(readFileSync(join(directory, 'profiles.json'), 'utf8')) as { profiles: object }).profiles).toEqual({
      prod: { url: URL_, org_key: lab.org, csp_api_token: 'T0KEN' },
    })
    expect(await cbc(['config', 'set', 'token'], { stdin: '' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('standard input is empty') as string,
    })
  })

  it('stores secrets in the keychain, moves them, and removes them with the profile', async () => {
    const keychain = memoryKeychain()
    const { cbc, directory } = user({ keychain })
    await cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin'], { stdin: 'ADMINKEY/ADMINID' })
    const file = () => readFileSync(join(directory, 'profiles.json'), 'utf8')
    expect([file().includes('ADMINKEY'), keychain.kept.size]).toEqual([false, 1])
    expect((await cbc(['device', 'list', '--limit', '1'])).code).toBe(0)
    expect((await cbc(['config', 'list', '--json'])).json<Record<string, unknown>[]>()[0]).toMatchObject({
      name: 'prod',
      token_store: 'keychain',
    })
    expect((await cbc(['config', 'set', 'token_store', 'file', '--json'])).json()).toEqual({ name: 'prod', token_store: 'file' })
    expect([file().includes('ADMINKEY'), keychain.kept.size]).toEqual([true, 0])
    await cbc(['config', 'set', 'token_store', 'keychain'])
    expect((await cbc(['config', 'unset', 'prod', '--all', '--json'])).json()).toEqual({ name: 'prod', deleted: true })
    expect([keychain.kept.size, JSON.parse(file())]).toEqual([0, { profiles: {} }])
  })

  it('removes a setting, but none that a profile requires', async () => {
    const { cbc } = user()
    await cbc(['config', 'init', 'prod', ...GIVEN, '--token-stdin', '--no-test'], { stdin: 'A/B' })
    await cbc(['config', 'set', 'read_only', 'true'])
    expect((await cbc(['config', 'unset', 'read_only', '--json'])).json()).toEqual({ name: 'prod', key: 'read_only', deleted: true })
    expect(await cbc(['config', 'unset', 'read_only'])).toMatchObject({ code: 4 })
    for (const wrong of [['url'], ['token'], ['prod'], ['--all'], ['bogus', 'x'], []])
      expect([wrong, (await cbc(['config', 'unset', ...wrong])).code]).toEqual([wrong, 2])
    expect(await cbc(['config', 'unset', 'nope', '--all'])).toMatchObject({ code: 4 })
  })

  it('selects the profile to use, says what takes precedence over it, and prints its location', async () => {
    const { cbc, directory } = user()
    expect(await cbc(['config', 'use', 'nope'])).toMatchObject({ code: 4 })
    expect(await cbc(['config', 'use', 'LAB', '--json'], { env: { CBC_PROFILE: 'prod' } })).toMatchObject({
      code: 0,
      err: 'cbc: CBC_PROFILE is set: prod is used until you unset it\n',
    })
    expect((await cbc(['config', 'get', 'name'])).out).toBe('lab\n')
    expect((await cbc(['config', 'path'])).out).toBe(`${join(directory, 'profiles.json')}\n`)
    expect((await cbc(['config', 'path', '--json'])).json()).toEqual({ path: join(directory, 'profiles.json') })
  })

  it('reports where a damaged file is and what to do, and does not change it', async () => {
    const { cbc, directory } = user()
    await cbc(['config', 'use', 'lab'])
    writeFileSync(join(directory, 'profiles.json'), '{"profiles": {"a": {"token": "S3CRET')
    for (const words of [
      ['config', 'use', 'lab'],
      ['config', 'init', ...GIVEN, '--token-stdin', '--no-test'],
      ['device', 'list'],
      ['config', 'get', 'a'],
    ]) {
      const { code, err } = await cbc(words, { stdin: 'A/B' })
      expect([words, code, err]).toEqual([
        words,
        1,
        expect.stringMatching(/^cbc: .*profiles\.json: damaged: it is not JSON\nhint: repair it, or move it away/) as string,
      ])
    }
    expect(readFileSync(join(directory, 'profiles.json'), 'utf8')).toContain('S3CRET')
  })
})
