import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkUrl, LAB, resolveProfile, type Profile } from '../../src/config/profile.ts'
import { CbcError } from '../../src/core/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'cbc-profile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const section = (name: string, host: string) => `[${name}]\nurl=https://${host}\ntoken=SECRET-${host}\norg_key=K-${host}\n`
const early = file('early', section('default', 'early') + section('other', 'other'))
const late = file('late', section('default', 'late') + section('Big One', 'big'))
const ENV = { CBC_URL: 'https://env', CBC_TOKEN: 'SECRET-env', CBC_ORG_KEY: 'K-env' }

const resolve = (wanted?: string, env: Record<string, string> = {}, files: string[] = [early, late]) => resolveProfile(wanted, { env, files })
const host = async (...given: Parameters<typeof resolve>) => {
  const profile = await resolve(...given)
  return profile === LAB ? LAB : profile.url.host
}

describe('which profile', () => {
  it('the later file wins, and files are searched for a name', async () => {
    expect(await host()).toBe('late')
    expect(await host(undefined, {}, [early])).toBe('early')
    expect(await host(undefined, {}, [late, early])).toBe('early')
    expect(await host('other')).toBe('other')
    expect(await host('big one')).toBe('big')
    expect(await host(undefined, {}, [early, join(folder, 'none')])).toBe('early')
  })

  it('a name goes before the environment, the option before CBC_PROFILE, the environment before the files', async () => {
    expect(await host(undefined, ENV)).toBe('env')
    expect(await host('other', ENV)).toBe('other')
    expect(await host(undefined, { ...ENV, CBC_PROFILE: 'other' })).toBe('other')
    expect(await host('big one', { CBC_PROFILE: 'other' })).toBe('big')
    expect(await host(undefined, { CBC_URL: ' ', CBC_TOKEN: '', CBC_PROFILE: '' })).toBe('late')
  })

  it('the lab is always there', async () => {
    expect(await host('lab', ENV)).toBe(LAB)
    expect(await host('LAB', {}, [])).toBe(LAB)
    expect(await host(undefined, { ...ENV, CBC_PROFILE: 'lab' })).toBe(LAB)
  })

  it('is told with all of it, the token as a secret', async () => {
    const profile = await resolve('other') as Profile
    expect(profile).toMatchObject({ name: 'other', source: early, orgKey: 'K-other' })
    expect(profile.token.reveal()).toBe('SECRET-other')
    expect(JSON.stringify(profile)).not.toContain('SECRET')
    const env = await resolve(undefined, { ...ENV, CBC_TOKEN: ' SECRET-env\n' }) as Profile
    expect(env).toMatchObject({ name: 'environment', source: 'environment' })
    expect(env.token.reveal()).toBe('SECRET-env')
  })
})

describe('what is missing or wrong', () => {
  const failing: [string, Parameters<typeof resolve>, string, RegExp][] = [
    ['no profile', [undefined, {}, []], 'auth', /^no credentials: no profile is set up$/],
    ['no such profile', ['nope'], 'auth', /^there is no profile "nope"$/],
    ['half an environment', [undefined, { CBC_TOKEN: 'SECRET' }], 'auth', /CBC_URL and CBC_ORG_KEY are not set/],
    ['half a section', [undefined, {}, [file('half', '[default]\nurl=https://x\ntoken=SECRET\n')]], 'auth', /profile "default" in .*half has no org_key/],
    ['an empty token', [undefined, {}, [file('empty', '[default]\nurl=https://x\ntoken=\norg_key=K\n')]], 'auth', /has no token/],
    ['a token of two lines', [undefined, { ...ENV, CBC_TOKEN: 'SECRET\r\nx-evil: 1' }], 'auth', /token of profile "environment" holds/],
    ['a token that no header takes', [undefined, { ...ENV, CBC_TOKEN: 'SECRET€' }], 'auth', /token of profile "environment" holds/],
    ['no URL', [undefined, { ...ENV, CBC_URL: 'defense-xxx.conferdeploy.net' }], 'usage', /URL of profile "environment" is none/],
    ['a token for a URL', [undefined, { ...ENV, CBC_URL: 'SECRET/ABCDEF' }], 'usage', /is none/],
    ['a broken URL with a password', [undefined, { ...ENV, CBC_URL: 'https://me:SECRET@' }], 'usage', /is none/],
    ['a URL with a password', [undefined, { ...ENV, CBC_URL: 'https://me:SECRET@host' }], 'usage', /user name or password/],
    ['http to somewhere', [undefined, { ...ENV, CBC_URL: 'http://host' }], 'usage', /http is only for this machine/],
    ['another protocol', [undefined, { ...ENV, CBC_URL: 'ftp://host' }], 'usage', /is none/],
  ]

  it.each(failing)('%s', async (_what, given, code, says) => {
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
  it.each(['https://defense.example', 'https://proxy.example/path/', 'http://localhost:8080', 'http://127.0.0.1:1', 'http://127.9.9.9', 'http://[::1]:5', 'http://lab.localhost', 'HTTPS://UPPER.example'])('%s', text => {
    expect(checkUrl(text, 'p').href).toBe(new URL(text).href)
  })

  it.each(['http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://evil.example/localhost', 'http://notlocalhost', 'http://0.0.0.0', 'http://10.0.0.1', 'http://[::ffff:7f00:1]', 'http://128.0.0.1', 'file:///etc/passwd', 'javascript:1', ''])('%j is refused', text => {
    expect(() => checkUrl(text, 'p')).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
