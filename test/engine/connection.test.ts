import { describe, expect, it } from 'vitest'
import type { Authentication } from '../../src/core/auth-and-network.ts'
import type { WireRequest } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { connect, type ConnectOptions } from '../../src/engine/connection.ts'
import { bytes } from '../api/support.ts'
import { FakeClock } from '../support/clock.ts'

const url = new URL('https://service.example/front')
const KEY: Authentication = { kind: 'api-key', token: new Secret('KEY/ID') }

/** A connection to a service that answers everything, and its requests. */
function bench(options: Partial<ConnectOptions> = {}) {
  const sent: WireRequest[] = []
  const connection = connect({
    name: 'p',
    url,
    orgKey: 'ORG',
    auth: KEY,
    clock: new FakeClock(),
    close() {},
    async transport(request) {
      sent.push(request)
      return { status: 200, headers: {}, body: bytes('{"access_token": "ACCESS", "expires_in": 1799, "results": [], "num_found": 0}') }
    },
    ...options,
  })
  return { connection, sent }
}

describe('a connection', () => {
  it('depends on the place, whatever the profile is called', () => {
    expect(bench().connection).toMatchObject({ name: 'p', place: 'https://service.example ORG', readOnly: false })
    expect(bench({ readOnly: true }).connection.readOnly).toBe(true)
  })

  it("sends the client's name and the credentials", async () => {
    const { connection, sent } = bench({ userAgent: 'Mine cbc/1' })
    await connection.devices.search({})
    expect(sent.map(request => request.url.pathname)).toEqual(['/front/appservices/v6/orgs/ORG/devices/_search'])
    expect(sent[0]?.headers).toMatchObject({ 'x-auth-token': 'KEY/ID', 'user-agent': 'Mine cbc/1' })
  })

  it.each<[Authentication, string]>([
    [
      { kind: 'csp-api-token', token: new Secret('T'), csp: new URL('https://csp.example') },
      '/csp/gateway/am/api/auth/api-tokens/authorize',
    ],
    [{ kind: 'csp-oauth-app', id: 'app', secret: new Secret('S'), csp: new URL('https://csp.example') }, '/csp/gateway/am/api/auth/token'],
  ])('gets an access token first', async (auth, path) => {
    const { connection, sent } = bench({ auth, userAgent: 'cbc/1' })
    await connection.devices.search({})
    expect(sent.map(request => [request.url.host, request.headers['user-agent']])).toEqual([
      ['csp.example', 'cbc/1'],
      ['service.example', 'cbc/1'],
    ])
    expect(sent[0]?.url.pathname).toBe(path)
    expect(sent[1]?.headers).toMatchObject({ authorization: 'Bearer ACCESS' })
  })

  it("uses the profile's time limit for one request", async () => {
    const [usual, own] = [bench(), bench({ timeoutMs: 5000 })]
    for (const { connection } of [usual, own]) await connection.devices.search({})
    // The limit of the transport is a little longer, so that this one is decisive.
    expect([usual, own].map(({ sent }) => sent[0]?.idleTimeout)).toEqual([65_000, 10_000])
  })
})
