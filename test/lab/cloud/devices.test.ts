import { afterAll, describe, expect, it } from 'vitest'
import { parseCsv } from '../../../src/lab/cloud/csv.ts'
import { ORG, TestLab } from './support.ts'

const test = new TestLab({ local: '/nowhere' })
afterAll(() => test.lab.close())

interface Found {
  results: Record<string, unknown>[]
  num_found: number
}
async function search(body: unknown): Promise<Found> {
  const { status, text } = await test.send('POST', `${ORG}/devices/_search`, body)
  expect(status).toBe(200)
  return JSON.parse(text) as Found
}
const names = async (body: unknown) => (await search(body)).results.map(({ name }) => name)

describe('device search', () => {
  it('finds all devices', async () => {
    const { results, num_found } = await search({ rows: 100 })
    expect([results.length, num_found]).toEqual([14, 14])
    expect(results[0]).toEqual({
      id: 11412673,
      name: 'WIN-FIN-01',
      os: 'WINDOWS',
      os_version: 'Windows 10 x64',
      policy_id: 6997287,
      policy_name: 'Standard',
      current_sensor_policy_name: 'Standard',
      last_contact_time: '2021-10-29T08:54:03.535Z',
      last_reported_time: '2021-10-29T08:51:03.535Z',
      registered_time: expect.stringMatching(/^2020-/),
      last_internal_ip_address: '10.20.4.31',
      last_external_ip_address: '192.0.2.20',
      last_location: 'ONSITE',
      mac_address: expect.stringMatching(/^8c04ba[0-9a-f]{6}$/),
      login_user_name: 'CORP\\j.moreau',
      email: 'j.moreau@corp.example',
      first_name: null,
      last_name: null,
      device_owner_id: expect.any(Number),
      ad_group_id: 0,
      sensor_version: '3.9.1.2464',
      deployment_type: 'ENDPOINT',
      target_priority: 'MEDIUM',
      status: 'REGISTERED',
      quarantined: false,
      sensor_states: ['ACTIVE', 'LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_NOT_RUNNING', 'LIVE_RESPONSE_NOT_KILLED'],
    })
  })

  it.each([
    ['name:WIN-FIN-01', ['WIN-FIN-01']],
    ['name:win-fin-01', ['WIN-FIN-01']],
    ['name:WIN-FIN-*', ['WIN-FIN-01', 'WIN-FIN-02']],
    ['name:WIN-FIN-0?', ['WIN-FIN-01', 'WIN-FIN-02']],
    ['name:SRV-DC-01', ['CORP\\SRV-DC-01']],
    ['name:KIOSK-01', ['CORP\\KIOSK-01', 'LAB\\KIOSK-01']],
    ['name:CORP\\KIOSK-01', ['CORP\\KIOSK-01']],
    ['name:CORP\\\\KIOSK-01', ['CORP\\KIOSK-01']],
    ['name:"WIN-HR-01"', ['WIN-HR-01']],
    ['name:WIN-FIN', []],
    ['name:.*', []],
    ['j.moreau', ['WIN-FIN-01']],
    ['"Server 2022"', ['SRV-FILE-02']],
    ['os:LINUX', ['LNX-LAB-01']],
    ['os:MAC', ['MBP-DESIGN-01']],
    ['policy_name:Servers name:*SQL*', ['SRV-SQL-01']],
    ['policy_name:Servers AND NOT os:LINUX -name:*DC*', ['SRV-FILE-02', 'SRV-SQL-01']],
    ['id:11412673 OR id:11412690', ['WIN-FIN-01', 'WIN-HR-01']],
    ['nosuchfield:x', []],
  ])('understands %s', async (query, wanted) => {
    expect(await names({ query, rows: 100 })).toEqual(wanted)
  })

  it('accepts criteria, each with the wanted values', async () => {
    expect(await names({ criteria: { os: ['LINUX'], status: ['ACTIVE'] } })).toEqual(['LNX-LAB-01'])
    expect(await names({ criteria: { id: [11412673, 11412690] } })).toEqual(['WIN-FIN-01', 'WIN-HR-01'])
    expect(await names({ criteria: { id: [], policy_id: [6997312] } })).toEqual(['WIN-CEO-01'])
    expect(await names({ criteria: { status: ['BYPASS'] } })).toEqual([])
    expect(await names({ criteria: { deployment_type: ['WORKLOAD'], os: ['WINDOWS'] } })).toEqual([
      'CORP\\SRV-DC-01',
      'SRV-FILE-02',
      'SRV-SQL-01',
    ])
    expect(await names({ criteria: { target_priority: ['MISSION_CRITICAL'] } })).toEqual(['WIN-CEO-01'])
    expect(await names({ criteria: { ad_group_id: [1] } })).toEqual([])
  })

  it('sorts and pages', async () => {
    const sort = [
      { field: 'policy_name', order: 'desc' },
      { field: 'name', order: 'ASC' },
    ]
    const all = await names({ sort, rows: 100 })
    expect(all.slice(0, 2)).toEqual(['CORP\\KIOSK-01', 'LAB\\KIOSK-01'])
    const page = await search({ sort, start: 5, rows: 3 })
    expect(page.num_found).toBe(14)
    expect(page.results.map(({ name }) => name)).toEqual(all.slice(5, 8))
  })

  it.each([
    [{ query: 5 }],
    [{ rows: 10_001 }],
    [{ rows: -1 }],
    [{ start: 'x' }],
    [{ criteria: [] }],
    [{ criteria: { os: 'LINUX' } }],
    [{ criteria: { colour: ['red'] } }],
    [{ sort: 'name' }],
    [{ sort: [{ field: 'name', order: 'UP' }] }],
    [[]],
  ])('refuses %j', async body => {
    expect((await test.send('POST', `${ORG}/devices/_search`, body)).status).toBe(400)
  })
})

describe('device get', () => {
  it('returns the device, or 404', async () => {
    expect((await test.send('GET', `${ORG}/devices/11412730`)).body).toMatchObject({ name: 'WIN-SALES-LT3' })
    for (const id of ['1', 'x', '011412730']) expect((await test.send('GET', `${ORG}/devices/${id}`)).status).toBe(404)
  })

  it('knows the last contact of a device: now and then, or no longer', async () => {
    const contact = async (id: number) => Date.parse(String((await test.send('GET', `${ORG}/devices/${id}`)).body['last_contact_time']))
    const offline = await contact(11412730)
    test.clock.advance(3_600_000)
    expect(await contact(11412730)).toBe(offline)
    expect(test.clock.now() - (await contact(11412673))).toBeLessThan(300_000)
  })
})

it('a lab without this machine has no such device', async () => {
  const other = new TestLab()
  expect((await other.send('POST', `${ORG}/devices/_search`, { criteria: { os: ['LINUX'] } })).body['num_found']).toBe(0)
  await other.lab.close()
})

describe('facets of devices', () => {
  const facets = async (body: unknown) => (await test.send('POST', `${ORG}/devices/_facet`, body)).body['results']

  it("count the devices for each value, as the vendor's SDK asks", async () => {
    expect(await facets({ criteria: {}, query: '', terms: { fields: ['os', 'policy_id'] } })).toEqual([
      {
        field: 'os',
        values: [
          { id: 'WINDOWS', name: 'WINDOWS', total: 12 },
          { id: 'LINUX', name: 'LINUX', total: 1 },
          { id: 'MAC', name: 'MAC', total: 1 },
        ],
      },
      { field: 'policy_id', values: expect.arrayContaining([{ id: '6997301', name: '6997301', total: 4 }]) },
    ])
  })

  it('cover the devices of the search, with only the top values if rows says so', async () => {
    expect(await facets({ criteria: { os: ['LINUX'] }, terms: { fields: ['deployment_type'] } })).toEqual([
      { field: 'deployment_type', values: [{ id: 'WORKLOAD', name: 'WORKLOAD', total: 1 }] },
    ])
    expect(await facets({ terms: { fields: ['os'], rows: 1 } })).toMatchObject([{ values: [{ id: 'WINDOWS' }] }])
    expect(await facets({ query: 'name:DESKTOP-IL2ON7C', criteria: { status: ['ALL'] }, terms: { fields: ['status'] } })).toMatchObject([
      { values: [{ id: 'DEREGISTERED', total: 2 }] },
    ])
  })

  it.each([{}, { terms: {} }, { terms: { fields: [] } }, { terms: { fields: ['colour'] } }, { terms: { fields: ['os'], rows: -1 } }])(
    'refuse %j',
    async body => {
      expect((await test.send('POST', `${ORG}/devices/_facet`, body)).status).toBe(400)
    },
  )
})

describe('the devices as CSV', () => {
  const download = (query: string) => test.send('GET', `${ORG}/devices/_search/download?${query}`)

  it('are those with the requested statuses', async () => {
    const { status, headers, text } = await download('status=ALL')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv'])
    const [header, ...rows] = parseCsv(text)
    expect(header?.fields).toEqual(expect.arrayContaining(['id', 'name', 'last_contact_time', 'policy_id', 'status']))
    expect(rows.length).toBe(16)
    expect(
      parseCsv((await download('status=ACTIVE&policy_id=6997301&query_string=os:WINDOWS&sort_field=name&sort_order=DESC')).text)
        .slice(1)
        .map(({ fields }) => fields[1]),
    ).toEqual(['SRV-SQL-01', 'SRV-FILE-02', 'CORP\\SRV-DC-01'])
  })

  it.each(['', 'status=', 'status=HAPPY', 'status=ALL&sort_field=colour'])('are refused for %j', async query => {
    expect((await download(query)).status).toBe(400)
  })
})
