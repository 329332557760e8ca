import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ORG, SESSIONS, TestLab, until } from '../cloud/support.ts'

const FIN = 11412673
const LAPTOP = 11412730
const PS = { name: 'process list' }

let test: TestLab
beforeEach(() => {
  test = new TestLab()
})
afterEach(() => test.lab.close())

const set = (devices: Record<string, unknown>) => test.send('PATCH', '/lab/settings', { devices })
const statusOf = async (session: string) => (await test.send('GET', session)).body['status']

describe('a device', () => {
  it('that is offline keeps its session waiting until it times out', async () => {
    await set({ 'WIN-FIN-*': { offline: true } })
    const session = await test.session(FIN)
    test.clock.advance(899_000)
    expect(await statusOf(session)).toBe('PENDING')
    test.clock.advance(1000)
    expect((await test.send('GET', session)).status).toBe(404)
  })

  it('that comes online later picks up the waiting session', async () => {
    await set({ 'WIN-FIN-01': { onlineAfter: '30s' } })
    const session = await test.session(FIN)
    test.clock.advance(29_000)
    expect(await statusOf(session)).toBe('PENDING')
    expect((await test.send('POST', `${session}/commands`, PS)).status).toBe(404)
    test.clock.advance(1000)
    expect(await statusOf(session)).toBe('ACTIVE')
    expect(await test.end(session, (await test.issue(session, PS))['id'])).toMatchObject({ status: 'COMPLETE' })
  })

  it('that is offline by default can be brought online', async () => {
    const session = await test.session(LAPTOP)
    expect(await statusOf(session)).toBe('PENDING')
    await set({ [LAPTOP]: { offline: false } })
    expect(await statusOf(session)).toBe('ACTIVE')
    const { body } = await test.send('GET', `${ORG}/devices/${LAPTOP}`)
    expect(Date.parse(String(body['last_contact_time']))).toBeGreaterThan(test.clock.now() - 600_000)
  })

  it('has Live Response disabled, then enabled again', async () => {
    await set({ 'win-fin-01': { liveResponse: false }, 'KIOSK-02': { liveResponse: true } })
    expect((await test.send('POST', SESSIONS, { device_id: FIN })).status).toBe(403)
    expect((await test.send('GET', `${ORG}/devices/${FIN}`)).body['sensor_states']).not.toContain('LIVE_RESPONSE_ENABLED')
    expect((await test.send('POST', SESSIONS, { device_id: 11412747 })).status).toBe(201)
    await set({ 'win-fin-01': null })
    expect((await test.send('POST', SESSIONS, { device_id: FIN })).status).toBe(201)
  })

  it('goes offline after a number of commands, and the next ones wait until it returns', async () => {
    await set({ 'WIN-FIN-01': { awayAfterCommands: 2, backAfter: '1m' } })
    const session = await test.session(FIN)
    for (const id of [0, 1]) {
      await test.issue(session, PS)
      expect(await test.end(session, id)).toMatchObject({ status: 'COMPLETE' })
    }
    await test.issue(session, PS)
    test.clock.advance(10_000)
    expect((await test.send('GET', `${session}/commands/2`)).body['status']).toBe('PENDING')
    expect(test.endpoints.ran).toHaveLength(2)
    test.clock.advance(50_000)
    await until(async () => (await test.send('GET', `${session}/commands/2`)).body['status'] === 'COMPLETE')
    expect(test.endpoints.ran).toHaveLength(3)
    await test.issue(session, PS)
    expect(await test.end(session, 3)).toMatchObject({ status: 'COMPLETE' })
  })

  it('is online again after a reset, and goes offline as before', async () => {
    await set({ 'WIN-FIN-01': { awayAfterCommands: 1 } })
    for (let times = 1; times <= 2; times++) {
      const session = await test.session(FIN)
      await test.issue(session, PS)
      expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE' })
      await test.issue(session, PS)
      expect((await test.send('GET', `${session}/commands/1`)).body['status']).toBe('PENDING')
      expect(test.endpoints.ran).toHaveLength(times)
      await test.send('POST', '/lab/reset')
    }
  })

  it('goes offline some time into the session, which ends if it stays offline', async () => {
    await set({ 'WIN-FIN-01': { awayAfter: '5s' } })
    const session = await test.session(FIN)
    test.clock.advance(5000)
    await test.issue(session, PS)
    // A session that is asked for repeatedly never becomes idle.
    for (let minutes = 0; minutes < 14; minutes++) {
      test.clock.advance(60_000)
      expect((await test.send('GET', session)).status).toBe(200)
    }
    test.clock.advance(60_000)
    expect((await test.send('GET', session)).status).toBe(404)
    expect(test.endpoints.ran).toHaveLength(0)
  })

  it('goes offline during a command, whose end is reported when it returns', async () => {
    let finish: () => void = () => undefined
    test.endpoints.run = () =>
      new Promise(resolve => {
        finish = () => resolve({})
      })
    const session = await test.session(FIN)
    await test.issue(session, PS)
    await until(() => test.endpoints.ran.length === 1)
    await set({ 'WIN-FIN-01': { offline: true } })
    finish()
    expect((await test.send('GET', `${session}/commands/0`)).body['status']).toBe('IN_PROGRESS')
    await set({ 'WIN-FIN-01': null })
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE' })
    expect(test.endpoints.ran).toHaveLength(1)
  })
})
