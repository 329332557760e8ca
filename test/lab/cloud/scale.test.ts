import { afterEach, describe, expect, it } from 'vitest'
import { makeRoster } from '../../../src/lab/cloud/generated-roster.ts'
import { ROSTER } from '../../../src/lab/cloud/roster.ts'
import { ORG, SESSIONS, TestLab } from './support.ts'

const open: TestLab[] = []
function lab(options: ConstructorParameters<typeof TestLab>[0]): TestLab {
  const test = new TestLab(options)
  open.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ lab }) => lab.close()))
})

describe('a generated organization', () => {
  it('is the same for the same seed, whatever its size', () => {
    const large = makeRoster(ROSTER, 2000, 5)
    expect(makeRoster(ROSTER, 2000, 5)).toEqual(large)
    expect(makeRoster(ROSTER, 500, 5)).toEqual(large.slice(0, 500))
    expect(makeRoster(ROSTER, 2000, 6)).not.toEqual(large)
    expect(makeRoster(ROSTER, 3, 5)).toEqual(ROSTER.slice(0, 3))
  })

  it('has distinct ids and names, and a variety of devices', () => {
    const devices = makeRoster(ROSTER, 5000, 1)
    expect(new Set(devices.map(({ id }) => id)).size).toBe(5000)
    for (const { name, endpoint } of devices)
      if (endpoint.kind === 'windows') expect(name.slice(name.indexOf('\\') + 1).length).toBeLessThanOrEqual(15)
    expect(new Set(devices.map(({ name }) => name.toLowerCase())).size).toBe(5000)
    const share = (fits: (device: (typeof devices)[number]) => boolean) => devices.filter(fits).length / devices.length
    expect(share(({ endpoint }) => endpoint.kind === 'windows')).toBeGreaterThan(0.8)
    expect(share(({ endpoint }) => endpoint.kind === 'windows' && endpoint.role === 'server')).toBeGreaterThan(0.05)
    expect(share(({ offline }) => offline === true)).toBeGreaterThan(0.01)
    expect(new Set(devices.map(({ os_version }) => os_version)).size).toBeGreaterThan(4)
  })

  it('is searched like any other', async () => {
    const test = lab({ rosterSize: 5000, seed: 1 })
    const search = async (body: object) =>
      (await test.send('POST', `${ORG}/devices/_search`, body)).body as { results: Record<string, unknown>[]; num_found: number }
    const all = await search({ rows: 10_000 })
    expect([all.results.length, all.num_found]).toEqual([5000, 5000])
    const macs = await search({ criteria: { os: ['MAC'] }, start: 10, rows: 5, sort: [{ field: 'name', order: 'DESC' }] })
    expect(macs.results).toHaveLength(5)
    expect(macs.num_found).toBeGreaterThan(100)
    const [mac] = macs.results
    expect(mac).toMatchObject({ os: 'MAC', sensor_states: expect.not.arrayContaining(['LIVE_RESPONSE_ENABLED']) as unknown })
    expect((await test.send('POST', SESSIONS, { device_id: mac?.['id'] })).status).toBe(403)
    expect((await test.send('GET', `${ORG}/devices/${String(mac?.['id'])}`)).body).toEqual(mac)
  })
})

it('a thousand simultaneous sessions each run their own commands', async () => {
  const test = lab({ rosterSize: 1400, maxSessions: 1000, sessionQueue: 0 })
  const { body } = await test.send('POST', `${ORG}/devices/_search`, { rows: 10_000, criteria: { os: ['WINDOWS'] } })
  const ids = (body['results'] as { id: number; sensor_states: string[] }[])
    .filter(({ sensor_states: states }) => states.includes('LIVE_RESPONSE_ENABLED'))
    .map(({ id }) => id)
  const sessions = await Promise.all(ids.slice(0, 1000).map(async id => test.session(id)))
  expect((await test.send('POST', SESSIONS, { device_id: ids[1000] })).body['message']).toMatch(/Too many sessions/)
  expect(JSON.parse((await test.send('GET', SESSIONS)).text)).toHaveLength(1000)
  const active = (
    await Promise.all(sessions.map(async session => ((await test.send('GET', session)).body['status'] === 'ACTIVE' ? session : '')))
  ).filter(session => session !== '')
  expect(active.length).toBeGreaterThan(900)
  const ended = await Promise.all(
    active.map(async session => {
      await test.issue(session, { name: 'delete file', path: `C:\\${session}` })
      return (await test.end(session, 0))['status']
    }),
  )
  expect(new Set(ended)).toEqual(new Set(['COMPLETE']))
  expect(new Set(test.endpoints.ran.map(({ path }) => path)).size).toBe(active.length)
})
