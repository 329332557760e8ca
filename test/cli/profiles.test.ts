import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../src/lab/cloud/access/keys.ts'
import { openLab, type Lab } from '../../src/lab/lab.ts'
import { main } from '../../src/main.ts'
import { clock, random } from '../../src/host/clock.ts'
import { serve } from '../../src/host/served-lab.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { startProxy } from '../support/proxy.ts'
import { testHost } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'

const DEVICE = 'WIN-FIN-01'
const folder = testFolder()
let lab: Lab
let served: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  lab = openLab({ clock, random, checkIn: 0 })
  served = await serve(lab, undefined, { port: 0, tls: true })
})
afterAll(async () => {
  await served.close()
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the program with one profile, against the lab over TLS. */
async function cbc(words: string[], settings: Record<string, string>, env: Record<string, string> = {}, mode = 0o600) {
  const file = join(folder, 'credentials.cbc')
  const all = { url: served.url, org_key: lab.org, token: lab.token, ssl_cert_file: served.ca ?? '', ...settings }
  writeFileSync(
    file,
    `[default]\n${Object.entries(all)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join('')}`,
  )
  chmodSync(file, mode)
  const host = testHost({
    env,
    credentialsFiles: () => [file],
    configDirectory: () => join(folder, 'none'),
    network: given => networkTransport(given, env),
  })
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text(), file }
}
const drives = (settings: Record<string, string>, env?: Record<string, string>, mode?: number) =>
  cbc(['lr', 'drives', DEVICE, '--json'], settings, env, mode)
const good = { code: 0, out: '["A:\\\\","C:\\\\","D:\\\\"]\n', err: '' }

describe('a profile', () => {
  it('connects to a tenant over TLS with its own certificate authority', async () => {
    expect(await drives({})).toMatchObject(good)
    expect(await drives({ ssl_cert_file: '' }, { SSL_CERT_FILE: served.ca ?? '' })).toMatchObject(good)
  })

  it('whose certificate authority is not named gets a hint how to name it', async () => {
    const { code, err } = await drives({ ssl_cert_file: '' })
    expect([code, JSON.parse(err)]).toEqual([
      9,
      {
        error: {
          code: 'network',
          message: expect.stringMatching(/127\.0\.0\.1:\d+: its certificate/) as string,
          hint: expect.stringContaining('ssl_cert_file') as string,
        },
      },
    ])
  })

  it.each<Record<string, string>>([
    { csp_api_token: LAB_API_TOKEN },
    { csp_oauth_app_id: LAB_OAUTH_APP.appId, csp_oauth_app_secret: LAB_OAUTH_APP.appSecret },
  ])('signs in at the Cloud Services Platform: %j', async credentials => {
    expect(await drives({ token: '', ...credentials, csp_url_override: served.url })).toMatchObject(good)
    const { code, err } = await cbc(['lr', 'drives', DEVICE], {
      token: '',
      ...Object.fromEntries(Object.keys(credentials).map(key => [key, 'wrong'])),
      csp_url_override: served.url,
    })
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(
        /^cbc: .*get access token: the Cloud Services Platform at 127\.0\.0\.1:\d+ does not accept the (API token|OAuth app's id and secret)\nhint: check csp_/,
      ),
    ])
  })

  it('connects through its proxy', async () => {
    const proxy = await startProxy({ auth: 'me:p%w' })
    expect(await drives({ proxy: proxy.url.replace('//', '//me:p%%25w@') })).toMatchObject(good)
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(served.url).host}`]))
    const { code, err } = await cbc(['lr', 'drives', DEVICE, '-v'], { proxy: proxy.url.replace('//', '//me:SECRET@') })
    expect([code, err]).toEqual([
      9,
      expect.stringContaining(`the proxy ${proxy.host}: it does not accept the user name and password (status 407)`),
    ])
    expect(err).not.toContain('SECRET')
  })

  it('without certificate checks works, with a warning each time except with -q', async () => {
    const off = { ssl_verify: 'no', ssl_cert_file: '' }
    expect(await drives(off)).toMatchObject({
      ...good,
      err: expect.stringMatching(/^cbc: profile "default": ssl_verify is off[^\n]*\n$/) as string,
    })
    expect(await cbc(['-q', 'lr', 'drives', DEVICE, '--json'], off)).toMatchObject(good)
  })

  it.skipIf(process.platform === 'win32')('that others can read causes a warning, with the command that fixes it', async () => {
    const { code, err, file } = await cbc(['lr', 'drives', DEVICE], {}, {}, 0o644)
    expect([code, err]).toEqual([0, `cbc: others can get at ${file}, which holds credentials: chmod 600 ${file}\n`])
    expect(await drives({}, {}, 0o644)).toMatchObject(good)
  })

  it('that is invalid says where, before anything is sent', async () => {
    const { code, err, file } = await cbc(['lr', 'drives', DEVICE], { ssl_verify: 'perhaps' })
    expect([code, err]).toEqual([2, `cbc: ${file}: [default] ssl_verify is neither true nor false\nhint: write true or false\n`])
  })

  it('that does not exist says what to type', async () => {
    const { code, err } = await cbc(['--profile', 'nope', 'lr', 'drives', DEVICE], {})
    expect([code, err]).toEqual([
      3,
      'cbc: there is no profile "nope"\nhint: type cbc config init to make one; to try cbc without a tenant, add --profile lab\n',
    ])
  })
})

describe('a read-only profile', () => {
  const only = { read_only: 'true' }
  const sent = async (words: string[]) => {
    const { code, err, out } = await cbc([...words, '-v'], only)
    return { code, out, changes: err.split('\n').filter(line => /^(POST|PUT|DELETE) /.test(line) && !line.includes('_search')), err }
  }

  it.each([
    [['lr', 'mkdir', DEVICE, 'C:\\x'], 'mkdir: refused, because profile "default" is read-only and this changes the endpoint'],
    [
      ['lr', 'disable', DEVICE, '--confirm', DEVICE],
      'disable: refused, because profile "default" is read-only and this changes the organization',
    ],
  ])('refuses %j', async (words, message) => {
    const { code, err, changes } = await sent(words)
    expect([code, changes]).toEqual([8, []])
    expect(err).toContain(`cbc: ${message}\nhint: use another profile, if you may\n`)
  })

  it('refuses changes in the shell too, and allows reads', async () => {
    const { code, out, err } = await cbc(['lr', 'connect', DEVICE, '-c', 'drives; mkdir C:\\x'], only)
    expect([code, out.trim().split('\n')]).toEqual([8, ['drive', 'A:\\', 'C:\\', 'D:\\']])
    expect(err).toContain('mkdir: refused, because profile "default" is read-only')
    expect((await sent(['lr', 'drives', DEVICE])).code).toBe(0)
  })
})
