import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedAt } from '../../../src/core/host.ts'
import { ALL_PERMISSIONS } from '../../../src/lab/cloud/access/permissions.ts'
import { openLab } from '../../../src/lab/lab.ts'
import { main } from '../../../src/main.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { openLabService } from '../../../src/host/lab.ts'
import { routeTo } from '../../../src/host/resolve-route.ts'
import { networkTransport } from '../../../src/host/transport.ts'
import { ManualClock, labService, memoryOutput, testHost, type TestWorld } from '../../support/host.ts'
import { testFolder } from '../../support/folder.ts'

interface Check {
  check: string
  ok: boolean | null
  detail: string
  hint: string | null
}

async function doctor(over: Partial<TestWorld>, ...words: string[]) {
  const host = testHost(over)
  const code = await main(['doctor', ...words, '--json'], host)
  const checks = JSON.parse(host.stdout.text() || '[]') as Check[]
  return {
    code,
    checks,
    err: host.stderr.text(),
    of: (name: string) => checks.find(({ check }) => check === name),
    failed: checks.filter(({ ok }) => ok === false).map(({ check }) => check),
  }
}

/** A lab in which the key of the profile has some permissions. @returns the requests that were not reads, with their answers */
function labWith(permissions: readonly string[], options: { settings?: unknown } = {}, token = 'SOME/KEY') {
  const changes: { request: string; status: number }[] = []
  const lab = labService(openLab({ clock, random, checkIn: 0, keys: [{ token: 'SOME/KEY', permissions }], ...options }))
  const over: Partial<TestWorld> = {
    lab: async () => ({
      ...lab,
      token,
      async send(request) {
        const answer = await lab.send(request)
        if (request.method !== 'GET' && !request.url.pathname.endsWith('/_search'))
          changes.push({ request: `${request.method} ${request.url.pathname}`, status: answer.status })
        return answer
      },
    }),
  }
  return { over, changes }
}

/** Permissions that cannot be tested without a change. */
const UNTESTABLE_PERMISSIONS = ['process EXECUTE', 'process DELETE', 'registry CREATE', 'registry UPDATE', 'registry DELETE']
  .map(name => `org.liveresponse.${name}`)
  .concat('org.liveresponse DELETE')
/** Permissions that cbc does not need. */
const UNUSED = ['org.policies CREATE', 'org.alerts READ']
const needed = ALL_PERMISSIONS.filter(permission => !UNUSED.includes(permission))

describe('doctor and permissions', () => {
  it('finds all permissions where they are, except those that no harmless call can test', async () => {
    const { over, changes } = labWith(ALL_PERMISSIONS)
    const { code, checks, failed } = await doctor(over)
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    const of = (ok: boolean | null) =>
      checks
        .filter(found => found.check.startsWith('permission ') && found.ok === ok)
        .map(({ check }) => check.slice('permission '.length))
        .sort()
    expect(of(null)).toEqual([...UNTESTABLE_PERMISSIONS].sort())
    expect(of(true)).toEqual(needed.filter(permission => !UNTESTABLE_PERMISSIONS.includes(permission)).sort())
    // Every change was refused because its target does not exist.
    expect(changes.length).toBeGreaterThan(5)
    expect(changes.filter(({ status }) => status !== 400 && status !== 404)).toEqual([])
    expect(changes.filter(({ request }) => request.includes('/kill'))).toEqual([])
  })

  it.each(needed.filter(permission => !UNTESTABLE_PERMISSIONS.includes(permission)))(
    'reports %s as missing, and only that',
    async permission => {
      const { code, failed, of } = await doctor(labWith(ALL_PERMISSIONS.filter(one => one !== permission)).over)
      expect({ code, failed }).toEqual({ code: 3, failed: [`permission ${permission}`] })
      expect(of(`permission ${permission}`)?.hint).toMatch(/access level/)
    },
  )

  it.each(UNTESTABLE_PERMISSIONS)('cannot tell whether %s is granted, and says so', async permission => {
    const { code, of } = await doctor(labWith(ALL_PERMISSIONS.filter(one => one !== permission)).over)
    expect({ code, ...of(`permission ${permission}`) }).toMatchObject({
      code: 0,
      ok: null,
      detail: expect.stringMatching(/^not checked: /) as string,
    })
  })

  it('doubts the permissions of a call that was refused without an explanation', async () => {
    const { over } = labWith(
      ALL_PERMISSIONS.filter(one => one !== 'org.liveresponse.memdump READ' && one !== 'org.liveresponse.registry READ'),
    )
    const lab = await over.lab?.()
    if (lab === undefined) throw new Error('no lab')
    const silent: Partial<TestWorld> = {
      lab: async () => ({
        ...lab,
        async send(request) {
          const answer = await lab.send(request)
          return answer.status === 403
            ? {
                ...answer,
                body: (async function* () {
                  yield Buffer.from('{}')
                })(),
              }
            : answer
        },
      }),
    }
    const { failed, of } = await doctor(silent)
    expect(failed).toEqual(['process READ', 'registry READ', 'memdump READ'].map(name => `permission org.liveresponse.${name}`))
    expect(of('permission org.liveresponse.process READ')?.detail).toContain(
      'at least one of org.liveresponse.process READ, org.liveresponse.registry READ, org.liveresponse.memdump READ is missing',
    )
    expect(of('permission org.liveresponse.file READ')?.ok).toBe(true)
  })

  it.each(['--read-only', '--dry-run'])('sends no changes with %s', async option => {
    const { over, changes } = labWith(ALL_PERMISSIONS)
    const { code, of } = await doctor(over, option)
    expect({ code, changes }).toEqual({ code: 0, changes: [] })
    expect(of('permission org.liveresponse.file DELETE')).toMatchObject({
      ok: null,
      detail: expect.stringContaining('read-only') as string,
    })
    expect(of('permission org.liveresponse.file READ')?.ok).toBe(true)
  })

  it('cannot tell the organization of a key without any permission', async () => {
    const { code, of } = await doctor(labWith([]).over)
    expect({ code, key: of('key')?.ok, organization: of('organization')?.ok, lr: of('live response')?.ok }).toEqual({
      code: 3,
      key: true,
      organization: null,
      lr: null,
    })
  })

  it('ends at an invalid key', async () => {
    const { code, failed, checks } = await doctor(labWith(ALL_PERMISSIONS, {}, 'NO/KEY').over)
    expect({ code, failed }).toEqual({ code: 3, failed: ['key'] })
    expect(checks.some(({ check }) => check.startsWith('permission '))).toBe(false)
  })

  it('says whether Live Response is enabled anywhere', async () => {
    expect((await doctor(labWith(ALL_PERMISSIONS).over)).of('live response')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^on for \d+ of \d+ devices; \d+ online now$/) as string,
    })
    const off = labWith(ALL_PERMISSIONS, { settings: { devices: { '*': { liveResponse: false } } } })
    const { code, failed } = await doctor(off.over)
    expect({ code, failed }).toEqual({ code: 3, failed: ['live response'] })
  })
})

describe('doctor and the connection to the service', () => {
  const home = testFolder()
  const lab = openLabService(home, { state: false, local: false })
  let served: ServedAt
  beforeAll(async () => {
    served = await lab.serve({ port: 0, tls: true })
  })
  afterAll(async () => {
    await served.close()
    await lab.close()
  })
  const tenant = (over: Record<string, string> = {}, more: Partial<TestWorld> = {}): Partial<TestWorld> => {
    const env: Record<string, string> = {
      CBC_URL: served.url,
      CBC_ORG_KEY: lab.org,
      CBC_TOKEN: lab.token,
      SSL_CERT_FILE: served.ca ?? '',
      ...over,
    }
    return { env, network: settings => networkTransport(settings, env), route: (url, settings) => routeTo(url, settings, env), ...more }
  }

  it('reports that all is well', async () => {
    const { code, failed, of } = await doctor(tenant())
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    expect(of('tls')?.detail).toMatch(/^TLSv1\.3, certificate of localhost by .*, valid until \d{4}-\d\d-\d\d$/)
    expect([of('dns')?.ok, of('proxy')?.detail, of('connection')?.ok, of('clock')?.detail]).toEqual([
      null,
      'none is used',
      true,
      'agrees with the service',
    ])
  })

  it('says that a name was looked up', async () => {
    const { of } = await doctor(tenant({ CBC_URL: served.url.replace('127.0.0.1', 'localhost') }))
    expect(of('dns')).toMatchObject({ ok: true, detail: expect.stringContaining('127.0.0.1') as string })
  })

  it('does not trust every certificate', async () => {
    const { code, failed, of } = await doctor(tenant({ SSL_CERT_FILE: '' }))
    expect({ code, failed, connection: of('connection')?.ok }).toEqual({ code: 9, failed: ['tls'], connection: true })
    expect(of('tls')?.hint).toContain('ssl_cert_file')
    expect((await doctor(tenant({ SSL_CERT_FILE: '', CBC_SSL_VERIFY: 'false' }))).of('tls')).toMatchObject({
      ok: true,
      hint: expect.stringContaining('ssl_verify is off') as string,
    })
  })

  it.each([
    ['an invalid key', { CBC_TOKEN: 'NO/KEY' }, 3, ['key']],
    ['another organization', { CBC_ORG_KEY: 'OTHER' }, 3, ['organization']],
    ['nobody there', { CBC_URL: 'https://127.0.0.1:1' }, 9, ['connection']],
    ['an unknown host name', { CBC_URL: 'https://nonesuch.invalid' }, 9, ['dns']],
    [
      'a proxy that is not there',
      { CBC_URL: 'https://nonesuch.invalid', HTTPS_PROXY: 'http://u:topsecret@127.0.0.1:1' },
      9,
      ['connection'],
    ],
    [
      'something that is not a proxy',
      { CBC_URL: 'https://nonesuch.invalid', HTTPS_PROXY: 'socks5://u:topsecret@127.0.0.1:1' },
      2,
      ['proxy'],
    ],
    ['a missing setting', { CBC_TOKEN: '' }, 3, ['configuration']],
  ])('reports %s', async (_, env, exit, expected) => {
    const { code, failed, checks, err } = await doctor(tenant(env))
    expect({ code, failed, err }).toEqual({ code: exit, failed: expected, err: '' })
    expect(checks.find(({ ok }) => ok === false)?.hint).not.toBeNull()
    expect(JSON.stringify(checks)).not.toContain('topsecret')
  })

  /** Starts a server that does not speak HTTP. @returns its port */
  const listening = async (server: Server) => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    return (server.address() as AddressInfo).port
  }
  const servers: Server[] = []
  afterAll(() => {
    for (const server of servers) server.close()
  })

  it('does not take another protocol for https', async () => {
    const port = await listening(createServer(socket => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    const { code, failed } = await doctor(tenant({ CBC_URL: `https://127.0.0.1:${port}` }))
    expect({ code, failed }).toEqual({ code: 9, failed: ['tls'] })
  })

  it('waits for a limited time', async () => {
    const port = await listening(createServer(socket => socket.on('error', () => {})))
    const { code, of } = await doctor(tenant({ CBC_URL: `http://127.0.0.1:${port}` }), '--timeout', '200ms')
    expect({ code, connection: of('connection') }).toMatchObject({
      code: 9,
      connection: {
        ok: false,
        detail: expect.stringMatching(/does not answer$/) as string,
        hint: expect.stringContaining('--timeout') as string,
      },
    })
  })

  it('waits for a limited time in total: --timeout does not start again for each check', async () => {
    const { over } = labWith(ALL_PERMISSIONS)
    const lab = await over.lab?.()
    if (lab === undefined) throw new Error('no lab')
    let asked = 0
    // Time passes only once all that is sent at once hangs.
    const time = new ManualClock()
    const hanging: Partial<TestWorld> = {
      clock: { now: () => clock.now(), monotonic: () => time.monotonic(), sleep: (ms, signal) => time.sleep(ms, signal) },
      lab: async () => ({
        ...lab,
        // The first request, which checks the key, is answered, and nothing after it.
        send: request =>
          ++asked <= 4
            ? lab.send(request)
            : new Promise((_, reject) => {
                request.signal?.addEventListener('abort', () => reject(request.signal?.reason as Error))
                if (asked === 4 + 4 + 1) setImmediate(() => time.advance(1500))
              }),
      }),
    }
    const { code, of } = await doctor(hanging, '--timeout', '1500ms')
    expect(of('permission org.liveresponse.session CREATE')).toMatchObject({
      ok: null,
      detail: expect.stringContaining('the service does not answer') as string,
    })
    expect(of('permission jobs.status READ')).toMatchObject({ ok: null, detail: expect.stringContaining('no time left') as string })
    expect({ code, live: of('live response')?.ok, asked }).toEqual({ code: 9, live: false, asked: 4 + 4 + 1 })
  })

  it.each([
    [10 * 60_000, 'ahead of', 1],
    [-10 * 60_000, 'behind', 1],
    [60_000, 'ahead of', 0],
  ])('reports a clock that is %i ms off', async (ms, word, exit) => {
    const { code, failed, of } = await doctor(tenant({}, { clock: { ...clock, now: () => clock.now() + ms } }))
    expect({ code, failed }).toEqual({ code: exit, failed: exit === 0 ? [] : ['clock'] })
    expect(of('clock')?.detail).toMatch(new RegExp(`^is .* ${word} the service$`))
  })

  it('says who can read the files', async () => {
    const file = join(home, 'credentials.cbc')
    writeFileSync(
      file,
      `[default]\nurl = ${served.url}\ntoken = ${lab.token}\norg_key = ${lab.org}\nssl_cert_file = ${served.ca ?? ''}\n`,
      { mode: 0o600 },
    )
    const own = { ...tenant({ CBC_URL: '', CBC_TOKEN: '', CBC_ORG_KEY: '', SSL_CERT_FILE: '' }), credentialsFiles: () => [file] }
    const good = await doctor(own)
    expect({ code: good.code, failed: good.failed, file: good.of('file')?.ok, configuration: good.of('configuration')?.detail }).toEqual({
      code: 0,
      failed: [],
      file: true,
      configuration: expect.stringContaining(file) as string,
    })
    chmodSync(file, 0o644)
    const open = await doctor(own)
    expect({ code: open.code, failed: open.failed, hint: open.of('file')?.hint }).toEqual({
      code: 1,
      failed: ['file'],
      hint: `type chmod 600 ${file}`,
    })
  })
})

it('prints one line per check, without dangerous characters', async () => {
  const stdout = memoryOutput({ isTerminal: true, color: true })
  const code = await main(['doctor'], testHost({ ...labWith(['device READ']).over, stdout }))
  const lines = stdout.text().trimEnd().split('\n')
  expect(code).toBe(3)
  expect(lines).toContain('\u001b[38;5;28m✓\u001b[39m configuration: profile lab, built in')
  expect(lines.find(line => line.includes('jobs.status READ'))).toMatch(/^\S+✗\S+ permission jobs\.status READ: missing: .* → add it/u)
  expect(lines.find(line => line.includes('process EXECUTE'))).toMatch(/^.*–.* permission .*: not checked/)
})
