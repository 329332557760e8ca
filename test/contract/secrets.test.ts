import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Transport, WireRequest, WireResponse } from '../../src/core/ports.ts'
import { commandLines } from '../support/command-lines.ts'
import { spoiling } from '../support/hostile.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

const SECRET = 'MARKEDSECRETKEY7301245'
const TOKEN = `${SECRET}/MARKEDID12`
const STATUSES = [200, 204, 301, 302, 307, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503]

const LINES = await commandLines()

let tenant: Tenant
beforeAll(async () => { tenant = await openTenant(TOKEN) })
afterAll(() => tenant.close())

/** What a request was sent with, as a gateway may repeat it. */
const echo = ({ method, url, headers }: WireRequest) => `${method} ${url.pathname} ${Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(' ')}`

function answer(status: number, body: string, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: (async function* () { yield Buffer.from(body) })() }
}

/** Services that give away what they were sent, each in its way. */
const ECHOES: Record<string, (service: Transport) => Transport> = {
  'in all texts of good answers': service => spoiling(service, repeated),
  'in a web page': () => async request => answer(200, `<html>${echo(request)}</html>`, { 'content-type': 'text/html' }),
  'in what is no JSON': () => async request => answer(200, `{"x": ${echo(request)}`, { 'content-type': 'application/json' }),
  'in a broken connection': () => async request => { throw new Error(`bad header ${echo(request)}`) },
  ...Object.fromEntries(STATUSES.map(status => [`in a ${status}`, () => async (request: WireRequest) =>
    answer(status, JSON.stringify({ success: false, message: echo(request), error_code: TOKEN }).replaceAll('/', '\\/'), { 'retry-after': '1', 'x-echo': TOKEN, location: `https://x.invalid/${encodeURIComponent(TOKEN)}` })])),
}

function repeated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(repeated)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, ['id', 'status'].includes(name) ? item : repeated(item)]))
  return typeof value === 'string' ? `${value} ${TOKEN} ${encodeURIComponent(TOKEN)}` : value
}

describe.each(Object.keys(ECHOES))('a service that repeats the token %s', how => {
  it('has it shown by no command', async () => {
    tenant.between(ECHOES[how] ?? (service => service))
    for (const { words } of LINES) {
      const { out, err } = await tenant.cbc(['-v', ...words], {
        env: { CBC_URL: 'http://lab.localhost', CBC_TOKEN: TOKEN, CBC_ORG_KEY: 'ABCD1234', CBC_DEBUG: '1' },
        network: async () => ({ send: tenant.send, close() {} }),
      })
      for (const shown of [out, err]) expect(shown, words.join(' ')).not.toContain(SECRET)
    }
  })
})
