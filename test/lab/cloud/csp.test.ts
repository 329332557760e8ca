import { afterEach, describe, expect, it } from 'vitest'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../../src/lab/cloud/access/keys.ts'
import { testFolder } from '../../support/folder.ts'
import { processes } from '../store/support.ts'
import { answerOf, SESSIONS, TestLab, type Answer } from './support.ts'
import { expectError } from './usb-support.ts'

const AUTH = '/csp/gateway/am/api/auth'
const FORM = 'application/x-www-form-urlencoded'

const labs: TestLab[] = []
function open(options: ConstructorParameters<typeof TestLab>[0] = {}): TestLab {
  const test = new TestLab(options)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

/** Sends a request without any other credentials. */
async function bare(test: TestLab, method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(await test.lab.handle(new Request(`http://lab${path}`, { method, headers, ...(body === undefined ? {} : { body }) })))
}
const authorize = (test: TestLab, apiToken: string) =>
  bare(test, 'POST', `${AUTH}/api-tokens/authorize`, new URLSearchParams({ api_token: apiToken }).toString(), { 'Content-Type': FORM })
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
const grant = (test: TestLab, id: string, secret: string) =>
  bare(test, 'POST', `${AUTH}/token`, 'grant_type=client_credentials', { 'Content-Type': FORM, Authorization: basic(id, secret) })
const bearer = (test: TestLab, token: unknown) => bare(test, 'GET', SESSIONS, undefined, { Authorization: `Bearer ${String(token)}` })

describe('the Cloud Services Platform', () => {
  it('exchanges an API token for an access token that the service accepts', async () => {
    const test = open()
    const { status, body, headers } = await authorize(test, LAB_API_TOKEN)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^\w{32,}$/),
      token_type: 'bearer',
      expires_in: 1799,
      scope: expect.stringContaining('org.liveresponse.session:CREATE'),
      refresh_token: LAB_API_TOKEN,
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await bearer(test, body['access_token'])).status).toBe(204)
  })

  it('exchanges the id and the secret of an OAuth app for an access token', async () => {
    const test = open()
    const { status, body } = await grant(test, LAB_OAUTH_APP.appId, LAB_OAUTH_APP.appSecret)
    expect([status, body['expires_in']]).toEqual([200, 1799])
    expect((await bearer(test, body['access_token'])).status).toBe(204)
  })

  it('issues tokens that expire individually', async () => {
    const test = open({ tokenLife: 60 })
    const first = (await authorize(test, LAB_API_TOKEN)).body['access_token']
    test.clock.advance(59_999)
    const second = (await authorize(test, LAB_API_TOKEN)).body['access_token']
    expect(second).not.toBe(first)
    expect((await bearer(test, first)).status).toBe(204)
    test.clock.advance(1)
    expectError(await bearer(test, first), 401, 'Unauthorized')
    expect((await bearer(test, second)).status).toBe(204)
    test.clock.advance(60_000)
    expectError(await bearer(test, second), 401, 'Unauthorized')
    expect((await bearer(test, (await authorize(test, LAB_API_TOKEN)).body['access_token'])).status).toBe(204)
  })

  it('refuses unknown credentials', async () => {
    const test = open()
    expectError(await authorize(test, 'wrong'), 400, 'BadRequest')
    expectError(await grant(test, LAB_OAUTH_APP.appId, 'wrong'), 401, 'Unauthorized')
    expectError(await grant(test, 'wrong', LAB_OAUTH_APP.appSecret), 401, 'Unauthorized')
    expectError(await grant(test, '', ''), 401, 'Unauthorized')
    for (const token of ['wrong', '__proto__', 'toString', LAB_API_TOKEN]) expectError(await bearer(test, token), 401, 'Unauthorized')
  })

  it('refuses a request in another format', async () => {
    const test = open()
    const ask = (path: string, body: string, headers: Record<string, string>) => bare(test, 'POST', `${AUTH}${path}`, body, headers)
    expectError(
      await ask('/api-tokens/authorize', JSON.stringify({ api_token: LAB_API_TOKEN }), { 'Content-Type': 'application/json' }),
      400,
      'BadRequest',
    )
    expectError(await ask('/api-tokens/authorize', '', { 'Content-Type': FORM }), 400, 'BadRequest')
    expectError(
      await ask('/token', 'grant_type=password', { 'Content-Type': FORM, Authorization: basic('lab-oauth-app', 'lab-oauth-secret') }),
      400,
      'BadRequest',
    )
    expectError(await ask('/token', 'grant_type=client_credentials', { 'Content-Type': FORM }), 401, 'Unauthorized')
    for (const header of ['Basic', 'Basic !!!', 'Basic bm9jb2xvbg==', 'Bearer x']) {
      expectError(
        await ask('/token', 'grant_type=client_credentials', { 'Content-Type': FORM, Authorization: header }),
        401,
        'Unauthorized',
      )
    }
    expectError(await bare(test, 'GET', `${AUTH}/token`), 405, 'MethodNotAllowed')
    expectError(await bare(test, 'POST', `${AUTH}/other`), 404, 'NotFound')
  })

  it('accepts tokens of another process and of the last run, but not those from before a reset', async () => {
    const folder = testFolder()
    const state = { state: folder, processes }
    const [a, b] = [open(state), open(state)]
    const token = (await authorize(a, LAB_API_TOKEN)).body['access_token']
    expect((await bearer(b, token)).status).toBe(204)
    await a.lab.close()
    expect((await bearer(open(state), token)).status).toBe(204)
    await b.lab.reset()
    expectError(await bearer(b, token), 401, 'Unauthorized')
  })

  it('has no well-known credentials in a lab with its own token', async () => {
    const test = open({ token: 'SECRET/ID' })
    expectError(await authorize(test, LAB_API_TOKEN), 400, 'BadRequest')
    expectError(await grant(test, LAB_OAUTH_APP.appId, LAB_OAUTH_APP.appSecret), 401, 'Unauthorized')
    expectError(await test.send('GET', SESSIONS), 401, 'Unauthorized')
    expect((await bare(test, 'GET', SESSIONS, undefined, { 'X-Auth-Token': 'SECRET/ID' })).status).toBe(204)
  })
})

describe('access by token', () => {
  it('has the permissions of its key, and ends with it', async () => {
    const folder = testFolder()
    const key = { apiToken: 'mine', permissions: ['_API.Live.Response:org.liveresponse.session:read'] }
    const test = open({ keys: [key], state: folder, processes })
    const { access_token, scope } = (await authorize(test, 'mine')).body
    expect(scope).toBe('org.liveresponse.session:READ')
    expect((await bearer(test, access_token)).status).toBe(204)
    const headers = { Authorization: `Bearer ${String(access_token)}` }
    expectError(await bare(test, 'POST', SESSIONS, '{"device_id":11412673}', headers), 403, 'Forbidden')
    expectError(await bearer(open({ state: folder, processes }), access_token), 401, 'Unauthorized')
  })

  it('is ignored when an X-Auth-Token is sent too', async () => {
    const test = open()
    const { access_token } = (await authorize(test, LAB_API_TOKEN)).body
    expect((await test.send('GET', SESSIONS, undefined, { Authorization: 'Bearer wrong' })).status).toBe(204)
    expectError(
      await test.send('GET', SESSIONS, undefined, { 'X-Auth-Token': 'wrong', Authorization: `Bearer ${String(access_token)}` }),
      401,
      'Unauthorized',
    )
  })
})
