import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/main.ts'
import { ManualClock, memoryCache, testHost, type TestWorld } from '../../support/host.ts'
import { testFolder } from '../../support/folder.ts'

async function run(words: string[], over: Partial<TestWorld> = {}): Promise<{ code: number; out: string; err: string }> {
  // A clock that stands still: a Tab waits a second and a half for the service, which a busy machine may need for itself.
  const host = testHost({ clock: new ManualClock(), ...over })
  return { code: await main(words, host), out: host.stdout.text(), err: host.stderr.text() }
}

describe("the answer to a shell's completion request", () => {
  it('contains candidates from the definitions, and devices of the profile', async () => {
    expect(await run(['__complete', 'zsh', 'lr', 'connect', 'win-f'])).toEqual({
      code: 0,
      err: '',
      out: 'words\n.WIN-FIN-01:Windows 10 x64, Standard\n.WIN-FIN-02:Windows 10 x64, Standard\n',
    })
    expect(await run(['__complete', 'fish', 'cbc --profile lab lr connect win-fin-01,sales'])).toMatchObject({ out: 'words\n' })
    expect(await run(['__complete', 'bash', 'cbc --output=', ' ='])).toMatchObject({ out: 'words\ntable\njson\nndjson\ncsv\n' })
    expect(await run(['__complete', 'fish', 'cbc lr put X '])).toMatchObject({ out: 'files\n' })
  })

  it('comes from the cache, without a request to the service', async () => {
    const cache = memoryCache()
    const first = await run(['__complete', 'zsh', 'lr', 'ls', 'SRV'], { cache: () => cache })
    const again = await run(['__complete', 'zsh', 'lr', 'ls', 'SRV'], {
      cache: () => cache,
      lab: () => Promise.reject(new Error('not asked again')),
    })
    expect(first.out).toContain('SRV-FILE-02')
    expect(again).toEqual(first)
  })

  it('is cached separately for each organization', async () => {
    const names: string[] = []
    const over = (env: Record<string, string>): Partial<TestWorld> => ({
      env,
      cache: name => {
        names.push(name)
        return memoryCache()
      },
      network: () => Promise.reject(new Error('down')),
    })
    const tenant = { CBC_URL: 'https://one.example', CBC_ORG_KEY: 'A', CBC_TOKEN: 'SECRET/ID' }
    for (const env of [tenant, { ...tenant, CBC_ORG_KEY: 'B' }, { ...tenant, CBC_URL: 'https://two.example' }, { CBC_PROFILE: 'lab' }])
      await run(['__complete', 'fish', 'cbc lr ls W'], over(env))
    expect(new Set(names).size).toBe(4)
    expect(names.join()).not.toContain('SECRET')
  })

  it.each([
    ['the service is unreachable', { env: { CBC_PROFILE: 'lab' }, lab: () => Promise.reject(new Error('down')) }],
    ['there is no profile', { env: {} }],
    ['a profile is invalid', { env: { CBC_URL: 'nonsense', CBC_ORG_KEY: 'A', CBC_TOKEN: 'x' } }],
  ] as [string, Partial<TestWorld>][])('is empty, without a message, when %s', async (_, over) => {
    expect(await run(['__complete', 'bash', 'cbc lr ls W', ''], over)).toEqual({ code: 0, out: 'words\n', err: '' })
    expect(await run(['__complete', 'powershell', Buffer.from('lr\0ls\0W').toString('base64')], over)).toEqual({
      code: 0,
      out: '{"candidates":[]}\n',
      err: '',
    })
  })

  it('explains a failure in debug mode', async () => {
    expect((await run(['__complete', 'bash', 'cbc lr ls W', ''], { env: { CBC_DEBUG: '1' } })).err).toMatch(/no profile is set up/)
  })

  it('contains profiles from every source, except names that cannot be typed', async () => {
    const folder = testFolder()
    const [sdk, broken] = [join(folder, 'credentials.cbc'), join(folder, 'broken')]
    writeFileSync(sdk, '[default]\nurl=https://x\n[Tenant]\ntoken=SECRET\n')
    writeFileSync(broken, 'SECRET')
    writeFileSync(join(folder, 'profiles.json'), JSON.stringify({ profiles: { mine: { url: 'https://x', token: 'SECRET' } } }))
    const over = { env: { CBC_URL: 'https://x' }, credentialsFiles: () => [broken, sdk], configDirectory: () => folder }
    expect(await run(['__complete', 'fish', 'cbc --profile '], over)).toEqual({
      code: 0,
      err: '',
      out: 'words\nmine\ndefault\nTenant\nlab\n',
    })
  })

  it('uses no keychain to find the cache', async () => {
    const folder = testFolder()
    writeFileSync(
      join(folder, 'profiles.json'),
      JSON.stringify({ current: 'mine', profiles: { mine: { url: 'https://x', org_key: 'A', token: { keychain: 'mine token' } } } }),
    )
    const known = memoryCache(
      JSON.stringify({ answers: [{ text: '', at: new ManualClock().now(), whole: true, devices: [{ id: 1, name: 'KNOWN', about: '' }] }] }),
    )
    const over: Partial<TestWorld> = {
      env: { CBC_DEBUG: '1' },
      configDirectory: () => folder,
      cache: () => known,
      keychain: () => Promise.reject(new Error('asks its owner')),
    }
    expect(await run(['__complete', 'fish', 'cbc lr ls '], over)).toEqual({ code: 0, err: '', out: 'words\nKNOWN\t\n' })
  })

  it('is empty for an unknown shell', async () => {
    for (const shell of ['tcsh', '', 'constructor', '__proto__'])
      expect(await run(['__complete', shell, 'x'])).toEqual({ code: 0, out: '', err: '' })
    expect(await run(['__complete'])).toEqual({ code: 0, out: '', err: '' })
  })
})

describe('cbc completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints the script for %s, which says how to install it', async shell => {
    const { code, out, err } = await run(['completion', shell])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`cbc __complete ${shell}`.replace('cbc __complete powershell', '$program __complete powershell'))
    expect(out).toContain(`cbc completion ${shell}`)
    expect((await run(['completion', '--help'])).out).toContain(`cbc completion ${shell}`)
  })

  it('supports four shells', async () => {
    expect(await run(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/tcsh.*\nhint: use bash, zsh, fish, powershell\n$/) as string,
    })
    expect(await run(['completion'])).toMatchObject({ code: 2, out: '' })
  })
})
