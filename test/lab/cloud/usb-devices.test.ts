import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROSTER } from '../../../src/lab/cloud/roster.ts'
import { TestLab } from './support.ts'
import { approve, ask, CONTROL, expectError, type Found, type Thing } from './usb-support.ts'

const test = new TestLab()
afterAll(() => test.lab.close())

const search = (body: unknown) => ask<Found>(test, 'POST', '/devices/_search', body)
const endpoints = async (id: unknown) => (await ask<Found>(test, 'GET', `/devices/${String(id)}/endpoints`)).results
let devices: Thing[] = []
/** The names of a device's endpoints, by its id. */
const endpointNames = new Map<unknown, unknown[]>()

beforeAll(async () => {
  devices = (await search({ rows: 10_000 })).results
  await approve(test, { vendor_id: '0x0951' }, { vendor_id: '0x0781', product_id: '0x5581' })
  devices = (await search({ rows: 10_000 })).results
  for (const { id } of devices) endpointNames.set(id, [...new Set((await endpoints(id)).map(({ endpoint_name }) => endpoint_name))])
})

describe('the USB devices of a lab', () => {
  it('are 150 from many vendors, distinct unless the maker omits or repeats serial numbers', () => {
    expect(devices).toHaveLength(150)
    expect(new Set(devices.map(({ id }) => id)).size).toBe(150)
    const serials = devices.map(({ serial_number }) => serial_number)
    expect(serials.filter(serial => serials.indexOf(serial) !== serials.lastIndexOf(serial)).sort()).toEqual([
      '00000000',
      '00000000',
      'AC1200000000B32A',
      'AC1200000000B32A',
      null,
      null,
    ])
    expect(new Set(devices.map(({ vendor_id }) => vendor_id)).size).toBeGreaterThan(10)
    for (const { vendor_id, product_id, serial_number } of devices.filter(({ serial_number }) => serial_number !== null)) {
      expect([vendor_id, product_id, serial_number]).toEqual([
        expect.stringMatching(/^0x[0-9a-f]{4}$/),
        expect.stringMatching(/^0x[0-9a-f]{4}$/),
        expect.stringMatching(/^[0-9A-Z]{8,}$/),
      ])
    }
  })

  it('are the same in every lab', async () => {
    const other = new TestLab()
    const { results } = await ask<Found>(other, 'POST', '/devices/_search', { rows: 150 })
    await other.lab.close()
    expect(results.map(({ status: _, ...device }) => device)).toEqual(devices.map(({ status: _, ...device }) => device))
  })

  it('were seen on endpoints of the organization, in the past and while these existed', async () => {
    const { results } = (
      await test.send('POST', '/appservices/v6/orgs/ABCD1234/devices/_search', { criteria: { status: ['ALL'] }, rows: 100 })
    ).body as unknown as Found
    const roster = new Map(results.map(device => [device['id'], device]))
    for (const device of devices) {
      const seen = await endpoints(device['id'])
      const times = (field: string) => seen.map(one => Date.parse(String(one[field]))).sort((a, b) => a - b)
      const [first, last] = [times('first_seen')[0], times('last_seen').at(-1)]
      expect([Date.parse(String(device['first_seen'])), Date.parse(String(device['last_seen'])), device['endpoint_count']]).toEqual([
        first,
        last,
        seen.length,
      ])
      expect(device).toMatchObject({
        last_endpoint_id: seen[0]?.['endpoint_id'],
        last_endpoint_name: seen[0]?.['endpoint_name'],
        last_policy_id: seen[0]?.['policy_id'],
      })
      expect(seen.map(({ last_seen }) => String(last_seen))).toEqual(
        seen
          .map(({ last_seen }) => String(last_seen))
          .sort()
          .reverse(),
      )
      for (const { endpoint_id, endpoint_name, policy_id, policy_name, first_seen, last_seen } of seen) {
        const endpoint = roster.get(endpoint_id)
        expect(endpoint).toMatchObject({ name: endpoint_name, policy_id, policy_name, os: 'WINDOWS' })
        expect(String(first_seen) <= String(last_seen)).toBe(true)
        expect(Date.parse(String(last_seen))).toBeLessThanOrEqual(Date.parse(String(endpoint?.['last_contact_time'])))
      }
    }
  })

  it('are seen at times relative to the start of the lab', async () => {
    const later = new TestLab()
    later.clock.advance(86_400_000)
    const seen = await ask(later, 'GET', '/devices/774')
    await later.lab.close()
    expect(Date.parse(String(seen['last_seen'])) - Date.parse(String(devices.find(({ id }) => id === '774')?.['last_seen']))).toBe(
      86_400_000,
    )
  })

  it('that do not exist are 404', async () => {
    for (const id of ['1', 'x', '0774', '774.0', '__proto__', '%00']) {
      expectError(await test.send('GET', `${CONTROL}/devices/${id}`), 404, 'NotFound')
      expectError(await test.send('GET', `${CONTROL}/devices/${id}/endpoints`), 404, 'NotFound')
    }
  })

  it('were never first seen when no endpoint existed any more', async () => {
    const gone = ROSTER.filter(({ endpoint }) => endpoint.kind === 'windows').map(device => ({ ...device, contact: 30 * 24 * 60 }))
    const other = new TestLab({ roster: gone })
    const { results } = await ask<Found>(other, 'POST', '/devices/_search', { rows: 1000, sort: [{ field: 'last_seen', order: 'desc' }] })
    expect(results.length).toBeGreaterThan(50)
    expect(other.clock.now() - Date.parse(String(results[0]?.['last_seen']))).toBeGreaterThanOrEqual(30 * 86_400_000)
    await other.lab.close()
  })

  it('are only the example in an organization without Windows', async () => {
    const other = new TestLab({ roster: [] })
    expect((await ask<Found>(other, 'POST', '/devices/_search', { rows: 1000 })).results).toMatchObject([{ id: '774' }])
    await other.lab.close()
  })
})

const FIELDS = ['vendor_name', 'product_name', 'serial_number', 'status', 'endpoint.endpoint_name'] as const
const valuesOf = (device: Thing, field: string) =>
  field === 'endpoint.endpoint_name' ? (endpointNames.get(device['id']) ?? []) : [device[field]]

describe('a search of USB devices', () => {
  it('returns those that match one value of each criterion', async () => {
    const anyOf = (field: string) =>
      field === 'status'
        ? fc.subarray(['APPROVED', 'UNAPPROVED'])
        : fc.array(
            fc.oneof(
              fc.nat(149).map(index => String(valuesOf(devices[index] ?? {}, field)[0])),
              fc.constant('nothing'),
            ),
            { maxLength: 4 },
          )
    const criteria = fc.record(Object.fromEntries(FIELDS.map(field => [field, anyOf(field)])), { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(criteria, async criteria => {
        const wanted = devices.filter(device =>
          Object.entries(criteria).every(
            ([field, values = []]) =>
              values.length === 0 || valuesOf(device, field).some(value => value !== null && values.includes(String(value))),
          ),
        )
        const { results, num_found, num_available } = await search({ criteria, rows: 1000 })
        expect(results).toEqual(wanted)
        expect([num_found, num_available]).toEqual([wanted.length, wanted.length])
      }),
      { numRuns: 150 },
    )
  })

  it('sorts and pages', async () => {
    const field = fc.constantFrom('last_seen', 'vendor_name', 'product_name', 'serial_number')
    const sort = fc.array(fc.record({ field, order: fc.constantFrom('asc', 'desc', 'ASC', 'DESC') }), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(sort, fc.nat(160), fc.nat(160), async (sort, start, rows) => {
        const all = (await search({ sort, rows: 1000 })).results
        for (const [index, device] of all.entries()) {
          const before = all[index - 1]
          const deciding = before === undefined ? undefined : sort.find(({ field }) => before[field] !== device[field])
          if (before === undefined || deciding === undefined) continue
          expect(String(before[deciding.field] ?? '') < String(device[deciding.field] ?? '')).toBe(deciding.order.toLowerCase() === 'asc')
        }
        expect(new Set(all.map(({ id }) => id)).size).toBe(150)
        expect((await search({ sort, start, rows })).results).toEqual(all.slice(start, start + (rows || 10)))
      }),
      { numRuns: 60 },
    )
  })

  it('sorts in ascending order by default', async () => {
    const { results } = await search({ sort: [{ field: 'serial_number' }], rows: 1000 })
    expect(results.map(({ serial_number }) => serial_number ?? '')).toEqual(
      devices.map(({ serial_number }) => String(serial_number ?? '')).sort(),
    )
  })

  it.each([
    ['4C531001331122115172', 1],
    ['4c53100133', 1],
    ['sandisk', 5],
    ['SanDisk Cruzer', 3],
    ['0x0781', 5],
    ['HarddiskVolume30', -1],
    ['DESKTOP-IL2ON7C', 1],
    ['', 150],
    ['*', 150],
    ['*:*', 150],
    ['nothing at all', 0],
    ['.*', 0],
  ])('finds the plain text %j', async (query, count) => {
    const { num_found } = await search({ query })
    if (count === -1) expect(num_found).toBeGreaterThan(0)
    else expect(num_found).toBe(count)
  })

  it.each([{}, { rows: 0 }, { rows: null }])('returns ten when no rows are requested, as the SDK does: %j', async body => {
    expect(await search(body)).toEqual({ num_found: 150, num_available: 150, results: devices.slice(0, 10) })
  })

  it('counts the page in num_found if the settings say so', async () => {
    const other = new TestLab({ numFound: 'page' })
    const counts = async (body: unknown) => {
      const { num_found, num_available, results } = await ask<Found>(other, 'POST', '/devices/_search', body)
      return [num_found, num_available, results.length]
    }
    expect([await counts({}), await counts({ rows: 1000 }), await counts({ start: 145, rows: 20 })]).toEqual([
      [10, 150, 10],
      [150, 150, 150],
      [5, 150, 5],
    ])
    await other.lab.close()
  })

  it.each<unknown>([
    { criteria: { 'endpoint.name': ['x'] } },
    { criteria: { id: ['774'] } },
    { criteria: { status: ['approved'] } },
    { criteria: { status: ['BLOCKED'] } },
    { criteria: { status: 'APPROVED' } },
    { criteria: 'x' },
    { sort: {} },
    { sort: [{ field: 'first_seen' }] },
    { sort: [{ order: 'ASC' }] },
    { sort: [{ field: 'last_seen', order: 'UP' }] },
    { sort: ['last_seen'] },
    { sort: [{ field: 'toString' }] },
    { rows: -1 },
    { rows: 10_001 },
    { start: null, rows: 'all' },
    { query: ['x'] },
    [],
    'x',
    '',
  ])('refuses %j', async body => {
    expectError(await test.send('POST', `${CONTROL}/devices/_search`, body), 400, 'BadRequest')
  })
})

interface Facets {
  terms: { field: string; values: { id: string; name: string; total: number }[] }[]
}
const facets = (body: unknown) => ask<Facets>(test, 'POST', '/devices/_facet', body)

describe('facets of USB devices', () => {
  const fields = ['vendor_name', 'product_name', 'endpoint.endpoint_name', 'status'] as const

  it('count the devices of the search for each value, largest first', async () => {
    const criteria = fc.record(
      { vendor_name: fc.subarray(['Kingston', 'SanDisk', 'TOSHIBA', 'WD']), status: fc.subarray(['APPROVED', 'UNAPPROVED']) },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        criteria,
        fc.shuffledSubarray([...fields], { minLength: 1 }),
        fc.option(fc.nat(12), { nil: undefined }),
        async (criteria, fields, rows) => {
          const { terms } = await facets({ criteria, terms: { fields, ...(rows === undefined ? {} : { rows }) } })
          expect(terms.map(({ field }) => field)).toEqual(fields)
          const meant = (await search({ criteria, rows: 1000 })).results
          for (const { field, values } of terms) {
            const names = [...new Set(meant.flatMap(device => valuesOf(device, field)))].map(String)
            const counted = names.map(name => ({
              id: name,
              name,
              total: meant.filter(device => valuesOf(device, field).includes(name)).length,
            }))
            expect(values).toEqual(counted.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1)).slice(0, rows || Infinity))
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('accept a query', async () => {
    expect(await facets({ query: 'sandisk', terms: { fields: ['vendor_name'] } })).toEqual({
      terms: [{ field: 'vendor_name', values: [{ id: 'SanDisk', name: 'SanDisk', total: 5 }] }],
    })
  })

  it.each<unknown>([
    {},
    { terms: {} },
    { terms: { fields: [] } },
    { terms: { fields: 'status' } },
    { terms: { fields: ['serial_number'] } },
    { terms: { fields: [null] } },
    { terms: { fields: ['__proto__'] } },
    { terms: { fields: ['status'], rows: -1 } },
    { terms: { fields: ['status'] }, criteria: { colour: ['red'] } },
    { terms: { fields: ['status'] }, query: {} },
    [],
    '',
  ])('refuse %j', async body => {
    expectError(await test.send('POST', `${CONTROL}/devices/_facet`, body), 400, 'BadRequest')
  })
})

describe('products', () => {
  it('are those of the devices seen, by id, with their number', async () => {
    const { results } = await ask<{
      results: {
        vendor_id: string
        vendor_name: string
        devices_count: number
        products: { product_id: string; product_name: string; devices_count: number }[]
      }[]
    }>(test, 'GET', '/products')
    const seen = results.flatMap(({ vendor_id, vendor_name, products }) =>
      products.map(product => ({ vendor_id, vendor_name, ...product })),
    )
    const sorted = [...seen].sort((a, b) => (`${a.vendor_id}${a.product_id}` < `${b.vendor_id}${b.product_id}` ? -1 : 1))
    expect(seen).toEqual(sorted)
    for (const { devices_count, ...product } of seen) {
      expect(devices.filter(device => Object.entries(product).every(([field, value]) => device[field] === value))).toHaveLength(
        devices_count,
      )
    }
    for (const { devices_count, products } of results)
      expect(devices_count).toBe(products.reduce((sum, product) => sum + product.devices_count, 0))
    expect(results.reduce((sum, { devices_count }) => sum + devices_count, 0)).toBe(150)
  })
})
