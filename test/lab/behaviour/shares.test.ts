import { afterEach, describe, expect, it } from 'vitest'
import { ORG, SESSIONS, TestLab, TOKEN, until } from '../cloud/support.ts'

const PS = { name: 'process list' }
const SHARES = { offline: 5, failing: 5, dropping: 2, garbage: 1, leaving: 1 }
/** Of 1,000 devices, those with Live Response: what has none can have no trouble with it. */
const [DEVICES, USABLE] = [1000, 841]

let test: TestLab
const labWith = (shares: Record<string, number>, rosterSize = 10, seed = 1) =>
  (test = new TestLab({ settings: { shares }, rosterSize, seed }))
afterEach(() => test.lab.close())

interface Seen {
  id: number
  last_contact_time: string
  sensor_states: string[]
}

const devices = async () => (await test.send('POST', `${ORG}/devices/_search`, { rows: DEVICES })).body['results'] as Seen[]
/** The devices that can have a session and have not been heard of for a long time. */
const offline = async () =>
  (await devices()).filter(
    ({ last_contact_time: time, sensor_states: states }) =>
      states.includes('LIVE_RESPONSE_ENABLED') && test.clock.now() - Date.parse(time) > 600_000,
  )

describe('shares of the devices', () => {
  it('are exact, the same with the same seed, and others with another', async () => {
    labWith(SHARES, DEVICES)
    const first = (await offline()).map(({ id }) => id)
    expect((await devices()).filter(({ sensor_states: states }) => states.includes('LIVE_RESPONSE_ENABLED'))).toHaveLength(USABLE)
    expect(first).toHaveLength(Math.round(USABLE * 0.05))
    await test.lab.close()
    for (const [seed, isSame] of [
      [1, true],
      [2, false],
    ] as const) {
      labWith(SHARES, DEVICES, seed)
      const ids = (await offline()).map(({ id }) => id)
      expect(ids.every(id => first.includes(id))).toBe(isSame)
      await test.lab.close()
    }
    labWith({})
  })

  it('give way to what is said of a device by name, and end when they are reset', async () => {
    labWith({ offline: 100 })
    expect((await test.send('GET', await test.session())).body['status']).toBe('PENDING')
    await test.send('PATCH', '/lab/settings', { devices: { 'WIN-FIN-01': { offline: false } } })
    expect((await test.send('GET', await test.session())).body['status']).toBe('ACTIVE')
    await test.send('PATCH', '/lab/settings', { devices: null, shares: null })
    expect((await test.send('GET', await test.session())).body['status']).toBe('ACTIVE')
  })

  it('can be no more than all devices', async () => {
    labWith({})
    const { status, text } = await test.send('PATCH', '/lab/settings', { shares: { offline: 60, failing: 50 } })
    expect([status, text]).toEqual([400, expect.stringContaining('shares are 110 percent together')])
    expect((await test.send('PATCH', '/lab/settings', { shares: { sleepy: 1 } })).text).toContain('shares.sleepy is unknown')
  })
})

describe('a device', () => {
  it('that is failing carries out nothing', async () => {
    labWith({ failing: 100 })
    const session = await test.session()
    const { id } = await test.issue(session, PS)
    expect(await test.end(session, id)).toMatchObject({ status: 'ERROR', result_code: 0x80004005 })
    expect(test.endpoints.ran).toEqual([])
  })

  it('that is leaving carries out a command, and neither answers nor comes back', async () => {
    labWith({ leaving: 100 })
    const session = await test.session()
    await test.issue(session, PS)
    await until(() => test.endpoints.ran.length === 1)
    test.clock.advance(600_000)
    expect((await test.send('GET', `${session}/commands/0`)).body['status']).toBe('IN_PROGRESS')
    test.clock.advance(300_000)
    expect((await test.send('GET', session)).status).toBe(404)
    expect((await test.send('GET', await test.session())).body['status']).toBe('PENDING')
  })

  it('about whose commands garbage is answered carries them out', async () => {
    labWith({ garbage: 100 })
    const session = await test.session()
    expect((await test.send('GET', session)).body['status']).toBe('ACTIVE')
    const types = new Set<string | null>()
    const headers = { 'X-Auth-Token': TOKEN, 'Content-Type': 'application/json' }
    for (let id = 0; id < 10; id++) {
      const request = new Request(`http://lab${session}/commands`, { method: 'POST', headers, body: JSON.stringify(PS) })
      const response = await test.lab.handle(request)
      types.add(response.headers.get('content-type'))
      await expect(response.json()).rejects.toThrow()
    }
    await until(() => test.endpoints.ran.length === 10)
    expect([...types].sort()).toEqual(['application/json', 'text/html; charset=utf-8'])
  })

  it('that is dropping loses about a quarter of the requests of its sessions, some of them after they were carried out', async () => {
    labWith({ dropping: 100 })
    const session = await test.session()
    const dropped = async (path: string) => await Promise.allSettled(Array.from({ length: 100 }, () => test.send('GET', path)))
    const lost = (await dropped(session)).filter(({ status }) => status === 'rejected').length
    expect([lost > 10, lost < 40]).toEqual([true, true])
    expect((await dropped(SESSIONS)).filter(({ status }) => status === 'rejected')).toEqual([])
    const log = (await test.send('GET', '/lab/log?fault=dropping')).text
    expect(JSON.parse(log)).toHaveLength(lost)
  })
})
