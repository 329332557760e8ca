import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { processes } from '../store/support.ts'
import { TestLab } from './support.ts'
import { approve, approved, ask, CONTROL, expectError, type Found, type Thing } from './usb-support.ts'

const labs: TestLab[] = []
function open(options: ConstructorParameters<typeof TestLab>[0] = {}): TestLab {
  const test = new TestLab(options)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const ULTRA = { vendor_id: '0x0781', product_id: '0x5581', serial_number: '4C531001331122115172' }
const CSV = { 'Content-Type': 'text/csv' }
const bulkCsv = (test: TestLab, text: string) => test.send('POST', `${CONTROL}/approvals/_bulk`, text, CSV)
const bulk = (test: TestLab, body: unknown) => test.send('POST', `${CONTROL}/approvals/_bulk`, body)
const all = (test: TestLab) => ask<Found>(test, 'POST', '/approvals/_search', { rows: 1000 })

describe('approvals', () => {
  it('do not exist in a new lab', async () => {
    expect(await all(open())).toEqual({ num_found: 0, num_available: 0, results: [] })
  })

  it('are created, each with an id, in the given order, with missing fields empty', async () => {
    const test = open()
    const results = await approve(
      test,
      ULTRA,
      { vendor_id: '0X951', approval_name: 'All of Kingston' },
      { vendor_id: '0xFFFF', product_id: '0x1' },
    )
    expect(results.map(({ id }) => id)).toEqual(['10373', '10374', '10375'])
    expect(results[1]).toEqual({
      id: '10374',
      vendor_id: '0x0951',
      vendor_name: 'Kingston',
      product_id: '',
      product_name: '',
      serial_number: '',
      notes: '',
      approval_name: 'All of Kingston',
      created_at: '2021-10-29T08:55:03.535000Z',
      updated_at: '2021-10-29T08:55:03.535000Z',
    })
    expect(results[2]).toMatchObject({ vendor_id: '0xffff', vendor_name: '', product_id: '0x0001', product_name: '' })
  })

  it('of devices that are already approved keep their id and get the new values', async () => {
    const test = open()
    await approve(test, { ...ULTRA, notes: 'old' })
    test.clock.advance(60_000)
    const [again] = await approve(test, { ...ULTRA, notes: 'new' })
    expect(again).toMatchObject({
      id: '10373',
      notes: 'new',
      created_at: '2021-10-29T08:55:03.535000Z',
      updated_at: '2021-10-29T08:56:03.535000Z',
    })
    expect((await all(test)).num_found).toBe(1)
  })

  it('that are invalid are refused, and none of their request is created', async () => {
    const test = open()
    const wrong: unknown[] = [
      {},
      null,
      'x',
      5,
      [],
      { product_id: '0x5581' },
      { ...ULTRA, vendor_id: '0781' },
      { ...ULTRA, vendor_id: '1921' },
      { ...ULTRA, vendor_id: '0x' },
      { ...ULTRA, vendor_id: '0x12345' },
      { ...ULTRA, vendor_id: '0xzz' },
      { ...ULTRA, product_id: '5581' },
      { ...ULTRA, vendor_id: 1921 },
      { ...ULTRA, serial_number: 7 },
      { ...ULTRA, notes: ['x'] },
      { ...ULTRA, approval_name: {} },
      { ...ULTRA, approval_name: 'x'.repeat(151) },
      { ...ULTRA, notes: 'x'.repeat(501) },
      { vendor_id: '', product_id: '0x5581', serial_number: 'x' },
    ]
    for (const approval of wrong) expectError(await bulk(test, [ULTRA, approval]), 400, 'BadRequest')
    for (const body of [{}, ULTRA, [], 'x', '', '[', 'null']) expectError(await bulk(test, body), 400, 'BadRequest')
    expect((await all(test)).num_found).toBe(0)
  })

  it('may have names of 150 and notes of 500 characters, however many bytes these take', async () => {
    const [made] = await approve(open(), { ...ULTRA, approval_name: '😀'.repeat(150), notes: 'ü'.repeat(500) })
    expect(made).toMatchObject({ approval_name: '😀'.repeat(150), notes: 'ü'.repeat(500) })
  })

  it('say who changed them last', async () => {
    const test = open({ keys: [{ token: 'SECRET/OTHERKEY01', permissions: ['external-device.manage UPDATE'] }] })
    await approve(test, ULTRA)
    expect(await ask(test, 'GET', '/approvals/10373')).toMatchObject({ updated_by: 'ABCD123456' })
    await ask(test, 'PUT', '/approvals/10373', { notes: 'n' }, { 'X-Auth-Token': 'SECRET/OTHERKEY01' })
    expect(await ask(test, 'GET', '/approvals/10373')).toMatchObject({ updated_by: 'OTHERKEY01', notes: 'n' })
  })

  it('that do not exist are 404', async () => {
    const test = open()
    await approve(test, ULTRA)
    for (const id of ['1', 'x', '010373', '10373.0', '%00', '__proto__']) {
      expectError(await test.send('GET', `${CONTROL}/approvals/${id}`), 404, 'NotFound')
      expectError(await test.send('PUT', `${CONTROL}/approvals/${id}`, {}), 404, 'NotFound')
      expectError(await test.send('DELETE', `${CONTROL}/approvals/${id}`), 404, 'NotFound')
    }
  })

  it('are deleted once', async () => {
    const test = open()
    await approve(test, ULTRA, { vendor_id: '0x0951' })
    expect((await test.send('DELETE', `${CONTROL}/approvals/10373`)).status).toBe(204)
    expectError(await test.send('DELETE', `${CONTROL}/approvals/10373`), 404, 'NotFound')
    expect((await all(test)).results.map(({ id }) => id)).toEqual(['10374'])
    expect((await approve(test, ULTRA))[0]).toMatchObject({ id: '10375' })
  })
})

describe('an update', () => {
  it('changes mutable fields, keeps omitted ones, and ignores everything else', async () => {
    const test = open()
    await approve(test, { ...ULTRA, notes: 'kept', approval_name: 'old' })
    test.clock.advance(1000)
    const changed = await ask(test, 'PUT', '/approvals/10373', {
      id: '5',
      approval_name: 'new',
      created_at: 'x',
      vendor_name: 'Y',
      product_id: '0x5575',
      updated_by: 'me',
    })
    expect(changed).toMatchObject({
      id: '10373',
      approval_name: 'new',
      notes: 'kept',
      vendor_name: 'SanDisk',
      product_id: '0x5575',
      product_name: 'Cruzer Glide',
      updated_by: 'ABCD123456',
      created_at: '2021-10-29T08:55:03.535000Z',
      updated_at: '2021-10-29T08:55:04.535000Z',
    })
    expect(await ask(test, 'GET', '/approvals/10373')).toEqual(changed)
  })

  it('to the devices of another approval is a conflict, and changes nothing', async () => {
    const test = open()
    await approve(test, ULTRA, { ...ULTRA, serial_number: 'OTHER', notes: 'n' })
    const before = await ask(test, 'GET', '/approvals/10374')
    expectError(await test.send('PUT', `${CONTROL}/approvals/10374`, { ...ULTRA, notes: 'changed' }), 409, 'Conflict')
    expect(await ask(test, 'GET', '/approvals/10374')).toEqual(before)
    await ask(test, 'PUT', '/approvals/10373', { ...ULTRA, notes: 'itself is no conflict' })
  })

  it.each<unknown>([
    { notes: 'x'.repeat(501) },
    { approval_name: 'x'.repeat(151) },
    { vendor_id: 'SanDisk' },
    { vendor_id: '', product_id: '', serial_number: '' },
    { notes: 1 },
    [],
    'x',
    '',
  ])('of %j is refused', async body => {
    const test = open()
    await approve(test, ULTRA)
    expectError(await test.send('PUT', `${CONTROL}/approvals/10373`, body), 400, 'BadRequest')
  })
})

describe('the status of USB devices', () => {
  it.each([
    ['vendor', { vendor_id: '0x0781' }, (device: Thing) => device['vendor_id'] === '0x0781'],
    [
      'vendor and product',
      { vendor_id: '0x0951', product_id: '0x1666' },
      (device: Thing) => device['vendor_id'] === '0x0951' && device['product_id'] === '0x1666',
    ],
    ['vendor, product and serial number', ULTRA, (device: Thing) => device['id'] === '774'],
    ['serial number', { serial_number: ULTRA.serial_number }, (device: Thing) => device['id'] === '774'],
    ["another vendor's product", { vendor_id: '0x0951', product_id: '0x5581' }, () => false],
  ])('follows approvals by %s', async (_, approval, fits) => {
    const test = open()
    const { results } = await ask<Found>(test, 'POST', '/devices/_search', { rows: 1000 })
    expect(await approved(test)).toEqual([])
    await approve(test, approval)
    expect(await approved(test)).toEqual(results.filter(fits).map(({ id }) => id))
    await test.send('DELETE', `${CONTROL}/approvals/10373`)
    expect(await approved(test)).toEqual([])
  })
})

describe('approvals as CSV', () => {
  it('are created like those in JSON', async () => {
    const test = open()
    const text =
      '\ufeffvendor_id,product_id,serial_number,approval_name,notes\r\n0x0781,0x5581,4C531001331122115172,"Name, with ""quotes""","two\r\nlines"\r\n\r\n0x0951,,,,\n'
    const { status, body } = await bulkCsv(test, text)
    expect(status).toBe(200)
    expect(body['results']).toMatchObject([
      { id: '10373', ...ULTRA, approval_name: 'Name, with "quotes"', notes: 'two\r\nlines' },
      { id: '10374', vendor_id: '0x0951', product_id: '', notes: '' },
    ])
  })

  it('may have columns in any order, only some of them, and those of an export', async () => {
    const test = open()
    expect((await bulkCsv(test, 'notes,id,updated_by,vendor_id\nn,5,me,0x0781')).body['results']).toMatchObject([
      { id: '10373', notes: 'n', vendor_id: '0x0781' },
    ])
  })

  it.each([
    '',
    '\n',
    'vendor_id',
    'vendor_id,vendor_id\n0x0781,0x0781',
    'vendor,notes\n0x0781,n',
    'vendor_id,notes\n0x0781',
    'vendor_id,notes\n0x0781,n,m',
    'vendor_id\n"0x0781',
    'vendor_id\n"0x0781"x',
    'vendor_id\n0x07"81',
    'vendor_id,notes\n0x0781,\nzz,',
    '0x0781,0x5581,S,N,T',
    `vendor_id,notes\n0x0781,${'x'.repeat(501)}`,
  ])('that are malformed are refused: %j', async text => {
    const test = open()
    expectError(await bulkCsv(test, text), 400, 'BadRequest')
    expect((await all(test)).num_found).toBe(0)
  })

  it('name the line of a mistake', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { body } = await bulkCsv(open(), ['vendor_id,notes', '0x0781,"a', 'b"', '', '0x0951,ok', 'bad,n', ''].join(end))
      expect(body['message']).toMatch(/^line 6: vendor_id "bad"/)
    }
  })

  it('are read back as sent, whatever they contain', async () => {
    const hex = fc.integer({ min: 0, max: 0xffff }).map(id => `0x${id.toString(16).padStart(4, '0')}`)
    const text = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom('a', 'Ü', '"', ',', '\n', '\r', ' ', ';', '😀', '\t', '\\'), maxLength })
    const approval = fc.record({
      vendor_id: hex,
      product_id: fc.oneof(hex, fc.constant('')),
      serial_number: text(20),
      approval_name: text(150),
      notes: text(400),
    })
    const columns = ['vendor_id', 'product_id', 'serial_number', 'approval_name', 'notes'] as const
    const quoted = (value: string, always: boolean) => (always || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
    const options = fc.record({
      always: fc.boolean(),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      order: fc.shuffledSubarray([...columns], { minLength: 5 }),
      final: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(approval, {
          minLength: 1,
          maxLength: 8,
          selector: ({ vendor_id, product_id, serial_number }) => [vendor_id, product_id, serial_number].join(),
        }),
        options,
        async (approvals, { always, end, order, final }) => {
          const test = new TestLab()
          const rows = [order.join(','), ...approvals.map(item => order.map(column => quoted(item[column], always)).join(','))]
          const { body, status, text } = await bulkCsv(test, rows.join(end) + (final ? end : ''))
          await test.lab.close()
          expect(status, text).toBe(200)
          expect((body['results'] as Thing[]).map(item => Object.fromEntries(columns.map(column => [column, item[column]])))).toEqual(
            approvals,
          )
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('a search of approvals', () => {
  it('accepts criteria, a query, and pages', async () => {
    const test = open()
    await approve(
      test,
      { ...ULTRA, notes: 'for Finance' },
      { vendor_id: '0x0951', product_id: '0x1666' },
      { vendor_id: '0x0951' },
      { vendor_id: '0x0781' },
    )
    const ids = async (body: Thing) =>
      (await ask<Found>(test, 'POST', '/approvals/_search', { rows: 10, ...body })).results.map(({ id }) => id)
    expect(await ids({ criteria: { vendor_name: ['Kingston'] } })).toEqual(['10374', '10375'])
    expect(await ids({ criteria: { vendor_name: ['Kingston', 'SanDisk'], product_name: ['Ultra', 'DataTraveler 3.0'] } })).toEqual([
      '10373',
      '10374',
    ])
    expect(await ids({ criteria: { 'device.id': ['774'] } })).toEqual(['10373', '10376'])
    expect(await ids({ criteria: { 'device.id': [774], vendor_name: null, product_name: [] } })).toEqual(['10373', '10376'])
    expect(await ids({ query: 'finance' })).toEqual(['10373'])
    expect(await ids({ query: 'ultra sandisk' })).toEqual(['10373'])
    expect(await ids({ query: null, criteria: null, start: 1, rows: 2 })).toEqual(['10374', '10375'])
    expect(await ask(test, 'POST', '/approvals/_search', {})).toMatchObject({ num_found: 4, num_available: 4 })
  })

  it.each<unknown>([
    { criteria: { colour: ['red'] } },
    { criteria: { status: ['APPROVED'] } },
    { criteria: { vendor_name: 'SanDisk' } },
    { criteria: { vendor_name: [{}] } },
    { criteria: [] },
    { criteria: { __proto__: null, constructor: [] } },
    { query: 5 },
    { rows: -1 },
    { rows: 1.5 },
    { rows: '5' },
    { rows: 10_001 },
    { start: -1 },
    [],
    'x',
    '',
    'null',
  ])('refuses %j', async body => {
    expectError(await open().send('POST', `${CONTROL}/approvals/_search`, body), 400, 'BadRequest')
  })

  it.each([{}, { rows: 0 }])('returns ten when no rows are requested: %j', async body => {
    const test = open()
    await approve(test, ...Array.from({ length: 12 }, (_, index) => ({ vendor_id: '0x0781', serial_number: String(index) })))
    const { results, num_found } = await ask<Found>(test, 'POST', '/approvals/_search', body)
    expect([results.length, num_found]).toEqual([10, 12])
  })

  it('counts the page in num_found if the settings say so', async () => {
    const test = open({ numFound: 'page' })
    await approve(test, ...Array.from({ length: 12 }, (_, index) => ({ vendor_id: '0x0781', serial_number: String(index) })))
    expect(await ask<Found>(test, 'POST', '/approvals/_search', {})).toMatchObject({ num_found: 10, num_available: 12 })
  })

  it('returns every approval once, whatever the page size', async () => {
    const test = open()
    const count = 37
    await approve(test, ...Array.from({ length: count }, (_, index) => ({ vendor_id: '0x0781', serial_number: String(index) })))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async rows => {
        const seen: unknown[] = []
        for (let start = 0; start < count + rows; start += rows) {
          const { results, num_found, num_available } = await ask<Found>(test, 'POST', '/approvals/_search', { start, rows })
          expect([num_found, num_available, results.length]).toEqual([count, count, Math.max(0, Math.min(rows, count - start))])
          for (const { serial_number } of results) seen.push(Number(serial_number))
        }
        expect(seen).toEqual(Array.from({ length: count }, (_, index) => index))
      }),
      { numRuns: 20 },
    )
  })
})

describe('approvals and blocks in a lab with saved state', () => {
  it('exist in the next run and for other processes, until a reset', async () => {
    const folder = testFolder()
    const state = { state: folder, processes }
    const [a, b] = [open(state), open(state)]
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => approve(index % 2 === 0 ? a : b, { vendor_id: '0x0781', serial_number: String(index) })),
    )
    await ask(a, 'POST', '/blocks/_bulk', [{ policy_id: '6997287' }])
    const { results } = await all(b)
    expect(new Set(results.map(({ id }) => id)).size).toBe(10)
    await a.lab.close()
    const later = open(state)
    expect((await all(later)).results).toEqual(results)
    expect((await ask<Found>(later, 'GET', '/blocks')).results).toHaveLength(1)
    await later.lab.reset()
    expect((await all(b)).num_found).toBe(0)
  })
})
