import { afterEach, describe, expect, it } from 'vitest'
import { ORG, SESSIONS, TestLab } from './support.ts'

const labs: TestLab[] = []
function open(...options: ConstructorParameters<typeof TestLab>): TestLab {
  const test = new TestLab(...options)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const MINUTES = 60_000

describe('Start Session', () => {
  it('returns a session that is PENDING until the sensor checks in', async () => {
    const test = open({ checkIn: 100 })
    const start = await test.send('POST', SESSIONS, { device_id: 11412673 })
    expect(start.status).toBe(201)
    expect(start.body).toMatchObject({
      id: '1234567:11412673',
      status: 'PENDING',
      supported_commands: null,
      drives: null,
      current_working_directory: null,
    })
    expect(start.body['create_time']).toBe('2021-10-29T08:55:03.535Z')
    test.clock.advance(99)
    expect((await test.send('GET', `${SESSIONS}/1234567:11412673`)).body['status']).toBe('PENDING')
    test.clock.advance(1)
    expect((await test.send('GET', `${SESSIONS}/1234567:11412673`)).body).toMatchObject({
      status: 'ACTIVE',
      drives: ['A:\\', 'C:\\', 'D:\\'],
    })
  })

  it('returns the existing session of the device, and a new one after its end', async () => {
    const test = open()
    const ids = []
    for (let i = 0; i < 2; i++) ids.push((await test.send('POST', SESSIONS, { device_id: 11412673 })).body['id'])
    await test.send('DELETE', `${SESSIONS}/1234567:11412673`)
    ids.push((await test.send('POST', SESSIONS, { device_id: 11412673 })).body['id'])
    ids.push((await test.send('POST', SESSIONS, { device_id: 11412674 })).body['id'])
    expect(ids).toEqual(['1234567:11412673', '1234567:11412673', '1234568:11412673', '1234569:11412674'])
  })

  it('accepts the device id as text, as connectors send it', async () => {
    const { status, body } = await open().send('POST', SESSIONS, { device_id: '11412673' })
    expect([status, body['device_id']]).toEqual([201, 11412673])
  })

  it('creates one session for simultaneous requests', async () => {
    const test = open()
    const answers = await Promise.all(Array.from({ length: 10 }, () => test.send('POST', SESSIONS, { device_id: 11412673 })))
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1)
  })

  it.each([
    ['an unknown device', { device_id: 1 }, 404, 'NotFound'],
    ['no device', {}, 400, 'BadRequest'],
    ['a string', { device_id: 'WIN-FIN-01' }, 400, 'BadRequest'],
    ['a signed number as text', { device_id: '+11412673' }, 400, 'BadRequest'],
    ['an empty text', { device_id: '' }, 400, 'BadRequest'],
    ['device id -1, which connectors send to test their key', { device_id: -1 }, 404, 'NotFound'],
    ['a fraction', { device_id: 1.5 }, 400, 'BadRequest'],
    ['a list', [11412673], 400, 'BadRequest'],
    ['no JSON', '{"device_id": 11412673', 400, 'BadRequest'],
    ['nothing', '', 400, 'BadRequest'],
    ['Live Response switched off', { device_id: 11412747 }, 403, 'Forbidden'],
  ])('refuses %s', async (_, body, status, error_code) => {
    const answer = await open().send('POST', SESSIONS, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ success: false, message: expect.any(String), error_code })
  })

  it('explains why a device with Live Response disabled is refused', async () => {
    const { body } = await open().send('POST', SESSIONS, { device_id: 11412747 })
    expect(body['message']).toMatch(/^Live Response is not enabled/)
  })

  it('refuses sessions beyond the limit of the organization when none may wait', async () => {
    const test = open({ maxSessions: 2, sessionQueue: 0 })
    for (const device_id of [11412673, 11412674]) expect((await test.send('POST', SESSIONS, { device_id })).status).toBe(201)
    const refused = await test.send('POST', SESSIONS, { device_id: 11412690 })
    expect([refused.status, refused.body['error_code']]).toEqual([403, 'Forbidden'])
    expect(refused.body['message']).toMatch(/^Too many sessions/)
    expect((await test.send('POST', SESSIONS, { device_id: 11412673 })).status).toBe(201)
  })
})

describe('one session beyond the limit of the organization', () => {
  const MORE = { device_id: 11412674 }
  async function full() {
    const test = open({ maxSessions: 1 })
    const session = await test.session()
    const { status, body } = await test.send('POST', SESSIONS, MORE)
    expect([status, body['status'], body['supported_commands']]).toEqual([201, 'PENDING', null])
    const waiting = `${SESSIONS}/${String(body['id'])}`
    expect((await test.send('POST', `${waiting}/commands`, { name: 'process list' })).status).toBe(404)
    return { test, session, waiting }
  }

  it('waits a minute, and is then gone', async () => {
    const { test, waiting } = await full()
    test.clock.advance(59_999)
    expect((await test.send('GET', waiting)).body['status']).toBe('PENDING')
    expect((await test.send('POST', SESSIONS, MORE)).body['id']).toBe(waiting.slice(SESSIONS.length + 1))
    test.clock.advance(1)
    expect((await test.send('GET', waiting)).status).toBe(404)
    expect((await test.send('POST', SESSIONS, MORE)).body['id']).not.toBe(waiting.slice(SESSIONS.length + 1))
  })

  it('replaces one that ends meanwhile, in the order of waiting', async () => {
    const { test, session, waiting } = await full()
    const second = `${SESSIONS}/${String((await test.send('POST', SESSIONS, { device_id: 11412690 })).body['id'])}`
    test.clock.advance(30_000)
    await test.send('DELETE', session)
    expect((await test.send('GET', waiting)).body['status']).toBe('ACTIVE')
    expect((await test.send('GET', second)).body['status']).toBe('PENDING')
    await test.issue(waiting, { name: 'process list' })
    expect(await test.end(waiting, 0)).toMatchObject({ status: 'COMPLETE' })
  })

  it('replaces one that expires meanwhile', async () => {
    const test = open({ maxSessions: 1, sessionTimeout: 20_000 })
    await test.session()
    const { body } = await test.send('POST', SESSIONS, MORE)
    test.clock.advance(20_000)
    expect((await test.send('GET', `${SESSIONS}/${String(body['id'])}`)).body['status']).toBe('ACTIVE')
  })
})

describe('the end of a session', () => {
  it('comes after 30 minutes without a command, however it is kept alive', async () => {
    const test = open()
    const [idle, busy] = [await test.session(), await test.session(11412674)]
    for (let minutes = 0; minutes < 29; minutes++) {
      test.clock.advance(MINUTES)
      for (const session of [idle, busy]) expect((await test.send('GET', session)).status).toBe(200)
    }
    await test.issue(busy, { name: 'process list' })
    test.clock.advance(MINUTES)
    expect((await test.send('GET', idle)).status).toBe(404)
    expect((await test.send('GET', busy)).status).toBe(200)
    for (let minutes = 0; minutes < 28; minutes++) {
      test.clock.advance(MINUTES)
      expect((await test.send('GET', `${busy}/keepalive`)).status).toBe(200)
    }
    test.clock.advance(MINUTES)
    expect((await test.send('GET', busy)).status).toBe(404)
  })

  it('comes after 15 minutes without Get Session or Issue Command', async () => {
    const test = open()
    const session = await test.session()
    test.clock.advance(14 * MINUTES)
    expect((await test.send('GET', session)).status).toBe(200)
    test.clock.advance(14 * MINUTES)
    expect((await test.send('POST', `${session}/commands`, { name: 'process list' })).status).toBe(201)
    test.clock.advance(14 * MINUTES)
    // Neither of these keeps it alive.
    expect((await test.send('GET', `${session}/commands`)).status).toBe(200)
    expect((await test.send('GET', SESSIONS)).status).toBe(200)
    test.clock.advance(MINUTES)
    expect((await test.send('GET', session)).status).toBe(404)
    expect((await test.send('GET', SESSIONS)).status).toBe(204)
    expect((await test.send('POST', `${session}/commands`, { name: 'process list' })).status).toBe(404)
  })

  it('comes after 15 minutes for an offline device, whatever is requested meanwhile', async () => {
    const test = open()
    const session = await test.session(11412730)
    test.clock.advance(14 * MINUTES)
    expect((await test.send('GET', session)).body['status']).toBe('PENDING')
    expect((await test.send('POST', `${session}/commands`, { name: 'process list' })).status).toBe(404)
    test.clock.advance(MINUTES)
    expect((await test.send('GET', session)).status).toBe(404)
  })

  it('comes with Close Session, once', async () => {
    const test = open()
    const session = await test.session()
    const closed = await test.send('DELETE', session)
    expect([closed.status, closed.text]).toEqual([204, ''])
    for (const [method, path] of [
      ['DELETE', session],
      ['GET', session],
      ['GET', `${session}/commands`],
      ['GET', `${session}/files`],
    ] as const) {
      expect((await test.send(method, path)).status).toBe(404)
    }
  })

  it('stops what runs in it', async () => {
    const test = open()
    const session = await test.session()
    const stopped = new Promise<void>(resolve => {
      test.endpoints.run = async (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            resolve()
            reject(signal.reason)
          }),
        )
    })
    await test.issue(session, { name: 'process list' })
    const waiting = test.send('GET', `${session}/commands/0?wait=true`)
    await test.send('DELETE', session)
    await stopped
    expect((await waiting).status).toBe(404)
  })
})

describe('Get All Sessions', () => {
  it('lists all sessions, or answers 204', async () => {
    const test = open()
    expect(await test.send('GET', SESSIONS)).toMatchObject({ status: 204, text: '' })
    await test.session(11412673)
    await test.session(11412730)
    const list = JSON.parse((await test.send('GET', SESSIONS)).text) as Record<string, unknown>[]
    expect(list.map(({ device_id, status }) => [device_id, status])).toEqual([
      [11412673, 'ACTIVE'],
      [11412730, 'PENDING'],
    ])
  })
})

describe('Disable Live Response', () => {
  it('ends the sessions of the devices and refuses new ones, for good', async () => {
    const test = open()
    const session = await test.session()
    const kill = await test.send('POST', `${ORG}/liveresponse/kill`, [11412673, 11412674])
    expect(kill.status).toBe(200)
    expect(kill.body).toMatchObject({ id: '1234567:11412673', device_id: 11412673, status: 'PENDING', create_time: 1635497703 })
    expect((await test.send('GET', session)).status).toBe(404)
    for (const device_id of [11412673, 11412674]) expect((await test.send('POST', SESSIONS, { device_id })).status).toBe(403)
    expect((await test.send('POST', SESSIONS, { device_id: 11412690 })).status).toBe(201)
    expect((await test.send('GET', `${ORG}/devices/11412673`)).body['sensor_states']).toContain('LIVE_RESPONSE_KILLED')
  })

  it('accepts device ids as text', async () => {
    const test = open()
    expect((await test.send('POST', `${ORG}/liveresponse/kill`, ['11412673'])).status).toBe(200)
    expect((await test.send('POST', SESSIONS, { device_id: 11412673 })).status).toBe(403)
  })

  it('disables none when one of them does not exist', async () => {
    const test = open()
    expect((await test.send('POST', `${ORG}/liveresponse/kill`, [11412673, 1])).status).toBe(404)
    expect((await test.send('POST', SESSIONS, { device_id: 11412673 })).status).toBe(201)
  })

  it.each([[[]], [{}], [['WIN-FIN-01']], [[11412673, '']], ['x']])('refuses %j', async body => {
    expect((await open().send('POST', `${ORG}/liveresponse/kill`, body)).status).toBe(400)
  })
})

describe('every call', () => {
  it.each([
    ['no key', { 'X-Auth-Token': '' }],
    ['half a key', { 'X-Auth-Token': 'ABCDEFGHIJKLMNO123456789' }],
  ])('is refused with %s', async (_, headers) => {
    const answer = await open().send('GET', SESSIONS, undefined, headers)
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ success: false, message: expect.any(String), error_code: 'Unauthorized' })
  })

  it('accepts only its own organization and key', async () => {
    const test = open({ org: 'MYORG', token: 'SECRET/ID' })
    const key = { 'x-auth-token': 'SECRET/ID' }
    expect([test.lab.org, test.lab.token]).toEqual(['MYORG', 'SECRET/ID'])
    expect((await test.send('GET', SESSIONS.replace('ABCD1234', 'MYORG'), undefined, key)).status).toBe(204)
    expect((await test.send('GET', SESSIONS, undefined, key)).status).toBe(404)
    expect((await test.send('GET', SESSIONS.replace('ABCD1234', 'MYORG'))).status).toBe(401)
  })

  it('needs a known path and method', async () => {
    const test = open()
    expect((await test.send('GET', `${ORG}/liveresponse/nothing`)).body).toMatchObject({ error_code: 'NotFound' })
    expect((await test.send('GET', `${SESSIONS}/%zz`)).status).toBe(404)
    const wrong = await test.send('PUT', SESSIONS, {})
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, GET'])
  })

  it('finds a session whose id is escaped', async () => {
    const test = open()
    await test.session()
    expect((await test.send('GET', `${SESSIONS}/1234567%3A11412673`)).status).toBe(200)
  })

  it('needs a JSON body of limited size and of the right type', async () => {
    const test = open()
    expect((await test.send('POST', SESSIONS, `{"device_id": 11412673, "x": "${'x'.repeat(2_000_000)}"}`)).status).toBe(400)
    expect((await test.send('POST', SESSIONS, { device_id: 11412673 }, { 'Content-Type': 'image/png' })).status).toBe(400)
    expect((await test.send('POST', SESSIONS, { device_id: 11412673 }, { 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(
      201,
    )
  })

  it('is refused when the lab is closed', async () => {
    const test = open()
    await test.lab.close()
    expect((await test.send('GET', SESSIONS)).status).toBe(503)
  })
})

describe('reset', () => {
  it('starts over', async () => {
    const test = open()
    const session = await test.session()
    await test.send('POST', `${ORG}/liveresponse/kill`, [11412674])
    await test.lab.reset()
    expect((await test.send('GET', session)).status).toBe(404)
    expect((await test.send('POST', SESSIONS, { device_id: 11412674 })).body['id']).toBe('1234567:11412674')
  })
})
