import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../../src/api/pages.ts'
import { ORG, SESSIONS, TestLab } from './support.ts'
import { expectError, type Found, type Thing } from './usb-support.ts'

const test = new TestLab({ local: '/nowhere' })
afterAll(() => test.lab.close())
let devices: Thing[] = []
beforeAll(async () => {
  devices = await search({ rows: 10_000 })
})

const send = (body: unknown) => test.send('POST', `${ORG}/devices/_search`, body)
async function search(body: Thing): Promise<Thing[]> {
  const { status, text } = await send({ rows: 10_000, ...body })
  expect(status, text).toBe(200)
  return (JSON.parse(text) as Found).results
}
const names = async (body: Thing) => (await search(body)).map(({ name }) => name)

describe('when start counts from 1', () => {
  const one = new TestLab({ deviceSearchStart: 1 })
  const ids = async (body: object) =>
    ((await one.send('POST', `${ORG}/devices/_search`, body)).body['results'] as { id: number }[]).map(({ id }) => id)

  it("clients that page like the vendor's SDK get each device once", async () => {
    const all = await ids({ rows: 1000 })
    let paged = await ids({ rows: 5 })
    while (paged.length < all.length) paged = [...paged, ...(await ids({ start: paged.length + 1, rows: 5 }))]
    expect(paged).toEqual(all)
  })

  it('0 means the first device too', async () => {
    expect(await ids({ start: 0, rows: 3 })).toEqual(await ids({ start: 1, rows: 3 }))
  })

  it('clients that page from 0 miss none, including cbc', async () => {
    const all = await ids({ rows: 1000 })
    for (const rows of [2, 3, 4, 6, 12, 20]) {
      const got: number[] = []
      for await (const { id } of pages(async (start, rows) => {
        const { results, num_found } = (await one.send('POST', `${ORG}/devices/_search`, { start, rows })).body as {
          results: { id: number }[]
          num_found: number
        }
        return { results, num_found }
      }, rows))
        got.push(id)
      expect(got).toEqual(all)
    }
  })

  afterAll(() => one.lab.close())
})

describe('a query for devices', () => {
  it.each([
    ['(id:11412673 OR id:11412690) AND NOT name:*HR*', ['WIN-FIN-01']],
    ['id:11412673 OR (id:11412690 -policy:Standard)', ['WIN-FIN-01']],
    ['name:(WIN-HR-01 OR WIN-FIN-0?) os:WINDOWS', ['WIN-FIN-01', 'WIN-FIN-02', 'WIN-HR-01']],
    ['policy:executives', ['WIN-CEO-01']],
    ['policy:"Kiosks - no Live Response"', ['CORP\\KIOSK-02']],
    ['-policy:Standard -policy:Servers -KIOSK', ['WIN-CEO-01']],
    ['NOT NOT name:WIN-CEO-01', ['WIN-CEO-01']],
    ['-(os:WINDOWS)', ['LNX-LAB-01', 'MBP-DESIGN-01']],
    ['"10.20.1.5"', ['WIN-CEO-01']],
    ['sensor_states:LIVE_RESPONSE_KILLED', []],
    ['__proto__:x', []],
  ])('finds the right devices: %s', async (query, wanted) => {
    expect(await names({ query })).toEqual(wanted)
  })

  it.each(['', '  ', '*', '*:*', 'name:*', null])('%j finds all', async query => {
    expect(await names({ query })).toHaveLength(14)
  })

  it.each([
    '"WIN',
    'name:"WIN',
    '(name:x',
    'name:x)',
    ')',
    'a OR',
    'OR a',
    'AND',
    'NOT',
    'a AND OR b',
    'name:(',
    '()',
    `${'('.repeat(2000)}a${')'.repeat(2000)}`,
    `${'NOT '.repeat(2000)}a`,
    'x'.repeat(10_001),
  ])('that is malformed is refused: %.20s', async query => {
    expectError(await send({ query }), 400, 'BadRequest')
  })

  it('is independent of the order of its parts', async () => {
    const word = fc.constantFrom('WIN', 'KIOSK', 'os:LINUX', 'policy:Standard', 'name:*-01', 'x64', 'nothing', '"Server 2019"')
    await fc.assert(
      fc.asyncProperty(word, word, async (a, b) => {
        const [both, either, left] = [
          await names({ query: `${a} ${b}` }),
          await names({ query: `${a} OR ${b}` }),
          await names({ query: `${a} -(${b})` }),
        ]
        expect(await names({ query: `(${b}) AND ${a}` })).toEqual(both)
        expect(await names({ query: `NOT (NOT ${a} AND NOT ${b})` })).toEqual(either)
        expect([...both, ...left].sort()).toEqual((await names({ query: a })).sort())
      }),
      { numRuns: 60 },
    )
  })
})

describe('criteria for devices', () => {
  it('match any of their values, and exclusions none', async () => {
    const field = fc.constantFrom(
      'id',
      'name',
      'os',
      'os_version',
      'policy_id',
      'policy_name',
      'last_internal_ip_address',
      'login_user_name',
      'sensor_version',
    )
    await fc.assert(
      fc.asyncProperty(field, fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }), async (field, picked) => {
        const values = picked.map(index => devices[index]?.[field])
        const wanted = devices.filter(device => values.includes(device[field]))
        expect(await search({ criteria: { [field]: values } })).toEqual(wanted)
        expect(await search({ exclusions: { [field]: values } })).toEqual(devices.filter(device => !wanted.includes(device)))
      }),
      { numRuns: 60 },
    )
  })

  it('match a name with and without its domain, ids as text, and a status', async () => {
    expect(await names({ criteria: { name: ['KIOSK-02'] } })).toEqual(['CORP\\KIOSK-02'])
    expect(await names({ criteria: { id: ['11412673'] } })).toEqual(['WIN-FIN-01'])
    expect(await names({ criteria: { status: ['ACTIVE'] } })).toHaveLength(14)
    expect(await names({ criteria: { status: ['ALL'] } })).toHaveLength(16)
  })

  it('match devices that had contact in a period', async () => {
    expect(await names({ criteria: { last_contact_time: { range: '-1h' } } })).toHaveLength(13)
    expect(await names({ exclusions: { last_contact_time: { range: '-2d' } } })).toEqual(['WIN-SALES-LT3'])
    expect(await names({ criteria: { last_contact_time: { range: '-1w' } } })).toHaveLength(14)
    expect(await names({ criteria: { last_contact_time: { start: '2021-10-26T00:00:00Z', end: '2021-10-27T00:00:00.000Z' } } })).toEqual([
      'WIN-SALES-LT3',
    ])
  })

  it.each<Thing>([
    { criteria: { colour: ['red'] } },
    { exclusions: { colour: ['red'] } },
    { criteria: { os: ['BEOS'] } },
    { criteria: { status: ['HAPPY'] } },
    { criteria: { os: 'LINUX' } },
    { criteria: { id: [[1]] } },
    { criteria: { id: [true] } },
    { criteria: { last_contact_time: ['2021-10-26'] } },
    { criteria: { last_contact_time: { range: '-3y' } } },
    { criteria: { last_contact_time: { start: '2021-10-26T00:00:00Z' } } },
    { criteria: { last_contact_time: { start: 'x', end: 'y' } } },
    { exclusions: [] },
    { sort: [{ field: 'colour' }] },
    { sort: [{ field: 'sensor_states' }] },
    { sort: [null] },
    { rows: 1e9 },
    { start: 0.5 },
    { query: {} },
  ])('that are invalid are refused, whether or not there are devices: %j', async body => {
    expectError(await send(body), 400, 'BadRequest')
    expectError(await send({ ...body, criteria: { id: [1], ...(body['criteria'] as object) } }), 400, 'BadRequest')
  })

  it('page through all devices, in the requested order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 15 }),
        fc.constantFrom('id', 'name', 'last_contact_time'),
        fc.constantFrom('ASC', 'DESC'),
        async (rows, field, order) => {
          const sort = [{ field, order }]
          const pages: Thing[] = []
          for (let start = 0; start < 14; start += rows) for (const device of await search({ sort, start, rows })) pages.push(device)
          expect(pages).toEqual(await search({ sort }))
          const values = pages.map(device => device[field] as string | number)
          expect(values).toEqual([...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0) * (order === 'ASC' ? 1 : -1)))
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('the keep-alive call of older servers', () => {
  it('refreshes the timeout of a session, and returns the session', async () => {
    const lab = new TestLab()
    const session = await lab.session()
    // A session without a command ends after 30 minutes, kept alive or not.
    for (let i = 0; i < 2; i++) {
      lab.clock.advance(800_000)
      const { status, body } = await lab.send('GET', `${session}/keepalive`)
      expect([status, `${SESSIONS}/${String(body['id'])}`, body['status']]).toEqual([200, session, 'ACTIVE'])
    }
    lab.clock.advance(900_000)
    expectError(await lab.send('GET', `${session}/keepalive`), 404, 'NotFound')
    await lab.lab.close()
  })
})
