import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/main.ts'
import type { NetworkSettings } from '../../../src/core/auth-and-network.ts'
import type { Transport } from '../../../src/core/ports.ts'
import { answering, silent } from '../../api/support.ts'
import { testFolder } from '../../support/folder.ts'
import { testHost, type TestWorld } from '../../support/host.ts'

const LIST = 'https://releases.example/cbc.json'

/** Runs the program, version 1.2.3, on a network where the list of releases is what the server answers. */
async function cbc(words: string[], list: unknown, over: Partial<TestWorld> = {}, transport?: Transport) {
  const { transport: answers, requests } = answering({ text: typeof list === 'string' ? list : JSON.stringify(list) })
  const networks: (NetworkSettings | undefined)[] = []
  const host = testHost({
    env: { CBC_PROFILE: 'lab', CBC_UPDATE_URL: LIST },
    network: async settings => {
      networks.push(settings)
      return { send: transport ?? answers, close() {} }
    },
    ...over,
  })
  const code = await main(['update', ...words], host)
  return { code, out: host.stdout.text(), err: host.stderr.text(), requests, networks }
}
const answerTo = async (list: unknown, over: Partial<TestWorld> = {}) => {
  const { code, out, err } = await cbc(['--check', '--json'], list, over)
  return code === 0 ? (JSON.parse(out) as unknown) : { code, err }
}

describe('update --check', () => {
  it('tells the newest release of the documented list, wherever it stands there', async () => {
    const list = [
      { version: '1.3.0', url: 'https://releases.example/1.3.0', date: '2026-11-30' },
      { version: '1.10.0', url: 'https://releases.example/1.10.0', date: '2026-12-24', more: 'ignored' },
      { version: '1.2.3' },
      { version: '2.0.0-rc.1' },
    ]
    expect(await answerTo(list)).toEqual({
      version: '1.2.3',
      latest: '1.10.0',
      newer: true,
      date: '2026-12-24',
      url: 'https://releases.example/1.10.0',
    })
  })

  it("reads GitHub's releases, also the latest alone, and leaves out drafts, prereleases and tags that are no version", async () => {
    const release = (tag_name: string, more = {}) => ({
      tag_name,
      html_url: `https://github.com/o/r/releases/tag/${tag_name}`,
      published_at: '2026-11-30T12:00:00Z',
      draft: false,
      prerelease: false,
      ...more,
    })
    const expected = {
      version: '1.2.3',
      latest: '1.4.0',
      newer: true,
      date: '2026-11-30',
      url: 'https://github.com/o/r/releases/tag/v1.4.0',
    }
    expect(
      await answerTo([release('nightly'), release('v9.0.0', { draft: true }), release('v8.0.0', { prerelease: true }), release('v1.4.0')]),
    ).toEqual(expected)
    expect(await answerTo(release('v1.4.0'))).toEqual(expected)
  })

  it.each([
    [[{ version: '1.2.3' }], { latest: '1.2.3', newer: false }],
    [[{ version: '1.2.3-rc.9' }, { version: '1.0.0' }], { latest: '1.0.0', newer: false }],
    [[], { latest: null, newer: false }],
  ])('of %j says that nothing is newer', async (list, expected) => {
    expect(await answerTo(list)).toEqual({ version: '1.2.3', ...expected })
  })

  it('tells of a prerelease to somebody who uses one', async () => {
    const { about } = testHost()
    const over = { about: { ...about, version: '2.0.0-rc.1' } }
    expect(await answerTo([{ version: '2.0.0-rc.2' }, { version: '1.9.0' }], over)).toMatchObject({ latest: '2.0.0-rc.2', newer: true })
    expect(await answerTo([{ version: '2.0.0' }, { version: '2.0.0-rc.2' }], over)).toMatchObject({ latest: '2.0.0', newer: true })
  })

  it('says how to update, by the way in which this program was installed', async () => {
    const list = [{ version: '1.3.0' }]
    const { code, out, err } = await cbc(['--check'], list)
    expect({ code, out }).toEqual({ code: 0, out: 'version\t1.2.3\nlatest\t1.3.0\nnewer\ttrue\n' })
    expect(err).toMatch(/^cbc: 1\.3\.0 is newer than this 1\.2\.3: type npm install --global \S+@latest, or .*\n$/)
    const { about } = testHost()
    expect((await cbc(['--check'], list, { about: { ...about, executable: true } })).err).toContain('put the file of the new version')
    expect((await cbc(['--check', '--quiet'], list)).err).toBe('')
    expect((await cbc(['--check', '--json', '-v'], list)).err).toMatch(/^GET https:\/\/releases\.example\/cbc\.json 200 \d+ ms\n$/)
  })

  it('sends nothing but the name of the program, also where the profile has a key, and always checks certificates', async () => {
    const env = {
      CBC_URL: 'https://service.example',
      CBC_ORG_KEY: 'ORG1',
      CBC_TOKEN: 'SECRETSECRET/ID123',
      CBC_SSL_VERIFY: 'false',
      CBC_UPDATE_URL: LIST,
    }
    const { code, requests, networks } = await cbc(['--check'], [], { env })
    expect(code).toBe(0)
    expect(requests.map(({ method, url, headers, body }) => [method, url.href, Object.keys(headers).sort(), body])).toEqual([
      ['GET', LIST, ['accept', 'user-agent'], undefined],
    ])
    expect(networks).toEqual([expect.objectContaining({ verify: true, verifyHostname: true })])
  })

  it('takes the list of the profile, where the environment names none', async () => {
    const file = join(testFolder(), 'credentials.cbc')
    writeFileSync(
      file,
      `[p]\nurl=https://service.example\ntoken=A/B\norg_key=ORG1\nproxy=proxy.example:3128\nupdate_url=https://profile.example/list\n`,
    )
    const profile = { credentialsFiles: () => [file] }
    const asked = async (env: Record<string, string>) => {
      const { requests, networks } = await cbc(['--check', '--profile', 'p'], [], { ...profile, env })
      return [requests[0]?.url.href, networks[0]?.proxy?.reveal()]
    }
    expect(await asked({})).toEqual(['https://profile.example/list', 'http://proxy.example:3128/'])
    expect(await asked({ CBC_UPDATE_URL: LIST })).toEqual([LIST, 'http://proxy.example:3128/'])
  })

  it.each([
    ['http://releases.example/list.json', 'CBC_UPDATE_URL: http is only for this machine'],
    ['ftp://releases.example/', 'CBC_UPDATE_URL is not an https address'],
    ['list.json', 'CBC_UPDATE_URL is not an https address'],
    ['https://user:SECRET@releases.example/', 'CBC_UPDATE_URL holds a user name or password'],
  ])('refuses %s before anything is sent', async (url, message) => {
    const { code, err, requests } = await cbc(['--check'], [], { env: { CBC_PROFILE: 'lab', CBC_UPDATE_URL: url } })
    expect({ code, first: err.split('\n')[0], requests }).toEqual({ code: 2, first: `cbc: ${message}`, requests: [] })
    expect(err).not.toContain('SECRET')
  })

  it.each([
    ['not JSON', '<html>'],
    ['a text', '"1.3.0"'],
    ['a number', '7'],
    ['nothing', 'null'],
    ['a version that is none', [{ version: '1.3.0\u001b[2J' }]],
    ['a version that is a number', [{ version: 2 }]],
    ['an entry that is a list', [['1.3.0']]],
    ['an address that runs something', [{ version: '1.3.0', url: 'javascript:alert(1)' }]],
    ['an address without https', [{ version: '1.3.0', url: 'http://releases.example/' }]],
    ['an address with a password', [{ version: '1.3.0', url: 'https://a:b@releases.example/' }]],
    ['a day that is none', [{ version: '1.3.0', date: 'soon\u001b[31m' }]],
    ['more releases than anybody makes', Array.from({ length: 10_001 }, () => ({ version: '1.3.0' }))],
  ])('fails with one line where the list is %s', async (_what, list) => {
    const { code, out, err } = await cbc(['--check'], list)
    expect({ code, out }).toEqual({ code: 9, out: '' })
    expect(err).toMatch(/^cbc: (the )?list of releases[ -~]+\n(hint: [ -~]+\n)?$/)
  })

  it('never shows what an address hides, as it came', async () => {
    const { out } = await cbc(
      ['--check', '--columns', 'url'],
      [{ version: '1.3.0', url: 'https://releases.example/\u001b]0;x\u0007\u202e' }],
    )
    expect(out).toBe('url\thttps://releases.example/%1B]0;x%07%E2%80%AE\n')
  })

  it('gives up after --timeout', async () => {
    expect(await cbc(['--check', '--timeout', '20ms'], [], {}, silent)).toMatchObject({
      code: 6,
      err: expect.stringMatching(/^cbc: list of releases: releases\.example did not answer within 20 ms\n/) as string,
    })
  })

  it('without a list is a wrong command line, and says where one is set', async () => {
    for (const env of [{}, { CBC_PROFILE: 'lab' }, { CBC_UPDATE_URL: ' ' }])
      expect(await cbc(['--check'], [], { env })).toMatchObject({
        code: 2,
        err: expect.stringMatching(
          /^cbc: no list of releases is set\nhint: set CBC_UPDATE_URL, or type cbc config set update_url/,
        ) as string,
        requests: [],
      })
  })
})

it('update without --check is refused, and says how to update', async () => {
  const { code, out, err, requests } = await cbc([], [])
  expect({ code, out, requests }).toEqual({ code: 2, out: '', requests: [] })
  expect(err).toMatch(/^cbc: cbc does not update itself: .*\nhint: type npm install --global /)
})
