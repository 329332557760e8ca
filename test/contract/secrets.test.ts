import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Transport, WireRequest, WireResponse } from '../../src/core/ports.ts'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../src/lab/cloud/access/keys.ts'
import { bytes } from '../api/support.ts'
import { commandLines } from '../support/command-lines.ts'
import { spoiling } from '../support/hostile.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'
import { memoryCache, type TestWorld } from '../support/host.ts'
import { HistoryFile } from '../../src/host/history-file.ts'
import { testFolder } from '../support/folder.ts'

const SECRET = 'MARKEDSECRETKEY7301245'
const TOKEN = `${SECRET}/MARKEDID12`
const PASSWORD = 'MARKEDPASSWORD99'
const STATUSES = [200, 204, 301, 302, 307, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503]
const SERVICE = 'http://lab.localhost'
const CSP = 'http://csp.localhost'

const LINES = (await commandLines()).map(({ words }) => words)
/** Commands for profiles and the connection to the service. */
const OTHERS = [
  ['config', 'list'],
  ['config', 'list', '--json'],
  ['config', 'list', '-o', 'csv'],
  ['config', 'get'],
  ['config', 'get', '--json'],
  ['config', 'path'],
  ['doctor'],
  ['doctor', '--json'],
  ...['token', 'csp_api_token', 'csp_oauth_app_secret', 'proxy', 'url'].flatMap(key => [
    ['config', 'get', key],
    ['config', 'get', key, '--json'],
    ['config', 'set', key],
  ]),
  ['__complete', 'bash', '2', 'cbc', 'lr', 'ls', ''],
  ['__complete', 'fish', 'cbc lr ls '],
  ['__complete', 'fish', 'cbc --profile '],
]

const folder = testFolder()
let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant(TOKEN, [
    { apiToken: LAB_API_TOKEN, permissions: 'all' },
    { ...LAB_OAUTH_APP, permissions: 'all' },
  ])
})
afterAll(async () => {
  await tenant.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Access tokens that the platform issued for the current command. */
const given = new Set<string>()

/** All that a request contained, as a gateway may repeat it. */
const echo = ({ method, url, headers, body }: WireRequest) =>
  `${method} ${url.href} ${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' ')} ${body instanceof Uint8Array ? decodeURIComponent(Buffer.from(body).toString().replaceAll('%', '%25')) : ''}`

function answer(status: number, body: string, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: bytes(body) }
}

/** Services that echo what they were sent, each in its own way. @param secrets all secrets */
const ECHOES: Record<string, (service: Transport, secrets: () => string[]) => Transport> = {
  'in all texts of good answers': (service, secrets) => spoiling(service, value => repeated(value, secrets())),
  'in a web page': () => async request => answer(200, `<html>${echo(request)}</html>`, { 'content-type': 'text/html' }),
  'in an answer that is not JSON': () => async request => answer(200, `{"x": ${echo(request)}`, { 'content-type': 'application/json' }),
  'in a broken connection': () => async request => {
    throw new Error(`bad header ${echo(request)}`)
  },
  ...Object.fromEntries(
    STATUSES.map(status => [
      `in a ${status}`,
      (_: Transport, secrets: () => string[]) => async (request: WireRequest) => {
        const all = secrets().join(' ')
        return answer(status, JSON.stringify({ success: false, message: echo(request), error_code: all }).replaceAll('/', '\\/'), {
          'retry-after': '1',
          'x-echo': all,
          location: `http://x.localhost/${encodeURIComponent(all)}`,
        })
      },
    ]),
  ),
}

function repeated(value: unknown, secrets: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map(item => repeated(item, secrets))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, ['id', 'status'].includes(name) ? item : repeated(item, secrets)]),
    )
  return typeof value === 'string' ? `${value} ${secrets.join(' ')} ${secrets.map(encodeURIComponent).join(' ')}` : value
}

/** A profile in the SDK's file, with every possible setting. */
function file(name: string, values: Record<string, string>): Partial<TestWorld> {
  const path = join(folder, name)
  const all = { url: SERVICE, org_key: 'ABCD1234', csp_url_override: CSP, proxy: `http://jane:${PASSWORD}@127.0.0.1:9`, ...values }
  writeFileSync(
    path,
    `[default]\n${Object.entries(all)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join('')}\n[misplaced]\nurl = https://jane:${PASSWORD}@service.example\norg_key = X\n`,
    { mode: 0o600 },
  )
  return { credentialsFiles: () => [path], env: { CBC_DEBUG: '1' } }
}

const basic = Buffer.from(`${LAB_OAUTH_APP.appId}:${LAB_OAUTH_APP.appSecret}`).toString('base64')

interface Caller {
  host: Partial<TestWorld>
  secrets: string[]
  marks: string[]
  how: string[]
}
/** Every kind of authentication: what the program is given and sends, and what of that is secret. */
const CALLERS: Record<string, Caller> = {
  'API key': {
    host: { env: { CBC_URL: SERVICE, CBC_TOKEN: TOKEN, CBC_ORG_KEY: 'ABCD1234', CBC_DEBUG: '1' } },
    secrets: [TOKEN],
    marks: [SECRET],
    how: Object.keys(ECHOES),
  },
  'API token': {
    host: file('token', { csp_api_token: LAB_API_TOKEN }),
    secrets: [LAB_API_TOKEN],
    marks: [LAB_API_TOKEN],
    how: ['in all texts of good answers', 'in a broken connection', 'in a 302', 'in a 500'],
  },
  'OAuth app': {
    host: file('app', { csp_oauth_app_id: LAB_OAUTH_APP.appId, csp_oauth_app_secret: LAB_OAUTH_APP.appSecret }),
    secrets: [LAB_OAUTH_APP.appSecret, basic],
    marks: [LAB_OAUTH_APP.appSecret, basic.replace(/=+$/, '')],
    how: ['in all texts of good answers', 'in what is no JSON', 'in a 401', 'in a 403'],
  },
}

/**
 * Changes the service between the program and the lab, and with `platform` its platform too.
 * @returns the network of a host
 */
function between(change: (service: Transport) => Transport, platform = false): Partial<TestWorld> {
  tenant.between(service => {
    const changed = change(service)
    return async request => {
      if (request.url.origin !== CSP) return await changed(request)
      return platform ? await changed(request) : await remembering(service, request)
    }
  })
  return {
    network: async () => ({ send: tenant.send, close() {} }),
    route: async () => ({ host: 'lab.localhost', addresses: ['127.0.0.1'] }),
    configDirectory: () => join(folder, 'own'),
    historyFile: async () => () => new HistoryFile(join(folder, 'history')),
  }
}

async function remembering(service: Transport, request: WireRequest): Promise<WireResponse> {
  const response = await service(request)
  const parts: Uint8Array[] = []
  for await (const part of response.body) parts.push(part)
  const text = Buffer.concat(parts).toString()
  given.add((JSON.parse(text) as { access_token: string }).access_token)
  expect(response.status).toBe(200)
  return { ...response, body: bytes(text) }
}

async function shows(lines: readonly string[][], { host, marks }: Caller, network: Partial<TestWorld>): Promise<void> {
  let cached = ''
  const cache = () => ({
    ...memoryCache(),
    write: async (text: string) => {
      cached += text
    },
  })
  for (const words of lines) {
    given.clear()
    const { out, err } = await tenant.cbc(words[0] === '__complete' ? words : ['-v', ...words], { ...host, ...network, cache })
    for (const shown of [out, err, cached])
      for (const secret of [...marks, PASSWORD, ...given]) expect(shown, words.join(' ')).not.toContain(secret)
  }
}

const CASES = Object.entries(CALLERS).flatMap(([who, caller]) => caller.how.map(how => ({ who, caller, how })))

describe.each(CASES)('a service that echoes what the $who is sent as $how', ({ caller, how }) => {
  it('has it shown by no command', async () => {
    // All commands use the same client, so some of them are tested with every kind of authentication.
    await shows(
      [...(how === 'in all texts of good answers' || caller === CALLERS['API key'] ? LINES : LINES.slice(0, 3)), ...OTHERS],
      caller,
      between(service => ECHOES[how]?.(service, () => [...caller.secrets, ...given]) ?? service),
    )
  })
})

describe.each(Object.entries(CALLERS).slice(1))('a platform that echoes what the %s is sent as', (_, caller) => {
  it.each([
    'in every text of valid answers',
    'in a web page',
    'in an answer that is not JSON',
    'in a broken connection',
    'in a 302',
    'in a 400',
    'in a 401',
    'in a 500',
  ])('%s: nothing shows it', async how => {
    await shows(
      [['device', 'list'], ['doctor'], ['config', 'list', '--json']],
      caller,
      between(service => ECHOES[how]?.(service, () => caller.secrets) ?? service, true),
    )
  })
})
