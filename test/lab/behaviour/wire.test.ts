import { afterEach, describe, expect, it } from 'vitest'
import { SensorError } from '../../../src/lab/endpoint.ts'
import { ORG, SESSIONS, TestLab, TOKEN, until } from '../cloud/support.ts'

const PS = { name: 'process list' }
const open: TestLab[] = []
function lab(settings: Record<string, unknown> = {}): TestLab {
  const test = new TestLab({ settings })
  open.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ lab }) => lab.close()))
})

describe('statuses', () => {
  it.each([
    ['upper', ['ACTIVE', 'ACTIVE', 'ACTIVE']],
    ['lower', ['active', 'active', 'active']],
    ['mixed', ['Active', 'ACTIVE', 'active']],
  ])('are in %s case', async (statusCase, wanted) => {
    const test = lab({ statusCase })
    await test.session()
    const session = await test.session()
    const seen = []
    for (let i = 0; i < 3; i++) seen.push((await test.send('GET', session)).body['status'])
    expect(seen).toEqual(wanted)
    const { id } = await test.issue(session, PS)
    expect(String((await test.end(session, id))['status']).toUpperCase()).toBe('COMPLETE')
  })
})

describe('the answers of commands', () => {
  const value = { registry_name: 'Path', registry_type: 'pbREG_SZ', registry_data: 'C:\\' }

  it('name registry values in the other spelling', async () => {
    const test = lab({ registryNames: 'value', registryTypes: 'plain' })
    const session = await test.session()
    test.endpoints.run = async () => ({ value, values: [value], sub_keys: ['A'] })
    await test.issue(session, { name: 'reg enum key', path: 'HKLM\\Software' })
    await test.issue(session, { name: 'reg query value', path: 'HKLM\\Software\\Path' })
    const other = { value_name: 'Path', value_type: 'REG_SZ', value_data: 'C:\\' }
    expect(await test.end(session, 0)).toMatchObject({ values: [other] })
    expect((await test.end(session, 1))['value']).toEqual(other)
  })

  it('join several strings with commas', async () => {
    const test = lab({ multiStrings: 'comma' })
    const session = await test.session()
    test.endpoints.run = async () => ({ value: { ...value, registry_type: 'pbREG_MULTI_SZ', registry_data: ['a', 'b'] } })
    await test.issue(session, { name: 'reg query value', path: 'HKLM\\Software\\Path' })
    expect((await test.end(session, 0))['value']).toMatchObject({ registry_data: 'a,b' })
  })

  it('have signed result codes', async () => {
    const test = lab({ resultCodes: 'signed' })
    const session = await test.session()
    test.endpoints.run = async () => {
      throw new SensorError(0x80070002, 'no such file')
    }
    await test.issue(session, { name: 'delete file', path: 'C:\\x' })
    expect(await test.end(session, 0)).toMatchObject({ status: 'ERROR', result_code: -2147024894 })
  })
})

describe('Get File Content', () => {
  it.each([302, 307])('redirects with %d to an origin that needs no credentials', async content => {
    const test = lab({ content })
    const session = await test.session()
    const { id } = await test.upload(session, 'a.txt', 'hello')
    const answer = await test.send('GET', `${session}/files/${String(id)}/content`)
    const location = new URL(answer.headers.get('location') ?? '')
    expect([answer.status, answer.text, location.origin]).toEqual([content, '', 'http://storage.lab.localhost'])
    const there = (url: URL | string, headers = {}) => test.lab.handle(new Request(url, { headers }))
    expect(await (await there(location)).text()).toBe('hello')
    expect((await there(location, { 'X-Auth-Token': TOKEN })).status).toBe(200)
    const log = JSON.parse((await test.send('GET', '/lab/log')).text) as { path: string; credentials: boolean }[]
    expect(log.filter(({ path }) => path.startsWith('/lab-storage/')).map(({ credentials }) => credentials)).toEqual([false, true])
    await test.send('PATCH', '/lab/settings', { strictStorage: true })
    expect((await there(location, { Authorization: 'Bearer x' })).status).toBe(400)
    expect((await there(String(location).replace(/signature=.*/, 'signature=x'))).status).toBe(403)
    expect((await there(`${location.origin}/lab-storage/%E0%A4%A/x`)).status).toBe(404)
    await test.send('DELETE', session)
    expect((await there(location)).status).toBe(404)
  })
})

describe('the rate limit', () => {
  it('answers 429 with the time to wait', async () => {
    const test = lab({ rateLimit: { requests: 3, per: '10s' } })
    const statuses = async (count: number) => {
      const seen = []
      for (let i = 0; i < count; i++) seen.push((await test.send('GET', `${ORG}/devices/11412673`)).status)
      return seen
    }
    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429])
    test.clock.advance(4000)
    const refused = await test.send('POST', SESSIONS, { device_id: 11412673 })
    expect([refused.status, refused.headers.get('retry-after'), refused.body['error_code']]).toEqual([429, '6', 'TooManyRequests'])
    test.clock.advance(6000)
    expect(await statuses(1)).toEqual([200])
    // The lab's own requests are never limited.
    expect((await test.send('PATCH', '/lab/settings', { rateLimit: null })).status).toBe(200)
    expect(await statuses(9)).toEqual(Array.from({ length: 9 }, () => 200))
  })
})

describe('the service', () => {
  it('delays each request before it is processed', async () => {
    const test = lab({ httpDelay: 500, httpJitter: 100 })
    let answered = false
    const answer = test.send('GET', `${ORG}/devices/11412673`).then(() => {
      answered = true
    })
    await until(() => test.clock.sleeping === 1)
    test.clock.advance(499)
    await new Promise(resolve => setImmediate(resolve))
    expect(answered).toBe(false)
    test.clock.advance(101)
    await answer
  })

  it('delays a command on the way to the endpoint and back', async () => {
    const test = lab({ latency: 1000 })
    const session = await test.session()
    await test.issue(session, PS)
    await until(() => test.clock.sleeping === 1)
    expect(test.endpoints.ran).toHaveLength(0)
    test.clock.advance(500)
    await until(() => test.endpoints.ran.length === 1)
    await until(() => test.clock.sleeping === 1)
    expect((await test.send('GET', `${session}/commands/0`)).body['status']).toBe('IN_PROGRESS')
    test.clock.advance(500)
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE' })
  })

  it('varies that delay at random, the same for the same seed', async () => {
    const ways = async (seed: number) => {
      const test = new TestLab({ settings: { jitter: 1000 }, seed })
      open.push(test)
      const session = await test.session()
      await test.issue(session, PS)
      let ms = 0
      for (await until(() => test.clock.sleeping > 0); test.endpoints.ran.length === 0; ms++) {
        test.clock.advance(1)
        await new Promise(resolve => setImmediate(resolve))
      }
      return ms
    }
    const first = await ways(3)
    expect([first > 0, first <= 501]).toEqual([true, true])
    expect(await ways(3)).toBe(first)
    expect(await ways(4)).not.toBe(first)
  })

  it('holds a request for a command no longer than the settings say, or not at all', async () => {
    const test = lab({ longPollHold: 3000 })
    test.endpoints.run = (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const session = await test.session()
    await test.issue(session, PS)
    await until(() => test.endpoints.ran.length === 1)
    const held = test.end(session, 0)
    await until(() => test.clock.sleeping === 1)
    test.clock.advance(3000)
    expect(await held).toMatchObject({ status: 'IN_PROGRESS' })
    await test.send('PATCH', '/lab/settings', { longPoll: false })
    expect(await test.end(session, 0)).toMatchObject({ status: 'IN_PROGRESS' })
  })

  it('accepts new limits of commands and sessions while it runs', async () => {
    const test = lab({ maxCommands: 1, maxSessions: 1, sessionQueue: 0 })
    const session = await test.session()
    await test.issue(session, PS)
    expect((await test.send('POST', `${session}/commands`, PS)).status).toBe(403)
    expect((await test.send('POST', SESSIONS, { device_id: 11412674 })).status).toBe(403)
    await test.send('PATCH', '/lab/settings', { maxCommands: 2, maxSessions: 2 })
    expect((await test.send('POST', `${session}/commands`, PS)).status).toBe(201)
    expect((await test.send('POST', SESSIONS, { device_id: 11412674 })).status).toBe(201)
  })
})
