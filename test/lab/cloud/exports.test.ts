import { afterEach, describe, expect, it } from 'vitest'
import { parseCsv } from '../../../src/lab/cloud/csv.ts'
import { TestLab, until } from './support.ts'
import { approve, ask, CONTROL, expectError, type Found, type Thing } from './usb-support.ts'

const JOBS = '/jobs/v1/orgs/ABCD1234/jobs'

let test = new TestLab()
afterEach(async () => {
  await test.lab.close()
  test = new TestLab()
})

const start = async (what: string, body: unknown) => `${JOBS}/${String((await ask(test, 'POST', `/${what}/_export`, body))['job_id'])}`
const job = async (path: string) => (await test.send('GET', path)).body
const text = async (path: string) => {
  test.clock.advance(60_000)
  return (await test.send('GET', `${path}/download`)).text
}

describe('an export', () => {
  it('is a job that runs by itself, from CREATED to COMPLETED', async () => {
    const path = await start('devices', { format: 'CSV' })
    const id = Number(path.split('/').at(-1))
    expect(await job(path)).toEqual({
      id,
      type: expect.any(String),
      job_parameters: expect.anything(),
      connector_id: 'ABCD123456',
      org_key: 'ABCD1234',
      status: 'CREATED',
      progress: { num_total: 150, num_completed: 0 },
      create_time: '2021-10-29T08:55:03.535Z',
      last_update_time: '2021-10-29T08:55:03.535Z',
    })
    const completed: number[] = []
    const statuses = new Set<unknown>()
    for (let i = 0; i < 50; i++) {
      const { num_total, num_completed, message } = await job(`${path}/progress`)
      expect([num_total, typeof message]).toEqual([150, 'string'])
      completed.push(Number(num_completed))
      const { status } = await job(path)
      statuses.add(status)
      expect(status === 'COMPLETED').toBe(num_completed === 150)
      test.clock.advance(20)
    }
    expect([...statuses]).toEqual(['CREATED', 'IN_PROGRESS', 'COMPLETED'])
    expect(completed).toEqual([...completed].sort((a, b) => a - b))
    expect(new Set(completed).size).toBeGreaterThan(5)
    const { num_found, results } = (await job(JOBS)) as unknown as Found
    expect([num_found, results]).toEqual([1, [await job(path)]])
  })

  it('can be downloaded without asking for its status: the answer waits until it is complete', async () => {
    const download = test.send('GET', `${await start('devices', { format: 'CSV' })}/download`)
    let answered = false
    void download.then(() => {
      answered = true
    })
    await until(() => test.clock.sleeping > 0)
    test.clock.advance(200)
    await until(() => test.clock.sleeping > 0)
    expect(answered).toBe(false)
    test.clock.advance(10_000)
    const { status, headers, text } = await download
    expect([status, headers.get('content-type'), parseCsv(text).length]).toEqual([200, 'text/csv', 151])
  })

  it('cannot be downloaded before it is complete, if the lab is told so', async () => {
    const strict = new TestLab({ earlyDownload: '404' })
    const { body } = await strict.send('POST', '/device_control/v3/orgs/ABCD1234/devices/_export', { format: 'CSV' })
    const path = `/jobs/v1/orgs/ABCD1234/jobs/${String(body['job_id'])}/download`
    expectError(await strict.send('GET', path), 404, 'NotFound')
    strict.clock.advance(60_000)
    expect((await strict.send('GET', path)).status).toBe(200)
    await strict.lab.close()
  })

  it('is not waited for longer than its client and the lab exist', async () => {
    const path = await start('devices', { format: 'CSV' })
    const client = new AbortController()
    const gone = test.send('GET', `${path}/download`, undefined, {}, client.signal)
    const held = test.send('GET', `${path}/download`)
    await until(() => test.clock.sleeping === 2)
    client.abort()
    expectError(await gone, 404, 'NotFound')
    test.lab.drain()
    expectError(await held, 404, 'NotFound')
  })

  it.each(['devices', 'approvals'])('of %s as JSON equals a search, whatever its rows', async what => {
    await approve(
      test,
      ...Array.from({ length: 30 }, (_, index) => ({ vendor_id: '0x0951', serial_number: String(index), notes: 'a,"b"\n' })),
    )
    const criteria = { vendor_name: ['Kingston'] }
    const { results } = await ask<Found>(test, 'POST', `/${what}/_search`, { criteria, rows: 1000 })
    expect(results.length).toBeGreaterThan(20)
    const exported = JSON.parse(await text(await start(what, { criteria, format: 'json', start: 3, rows: 2 }))) as Thing[]
    expect(exported).toMatchObject(results)
    const [header, ...rows] = parseCsv(await text(await start(what, { criteria, format: 'CSV' })))
    const read = rows.map(({ fields }) => Object.fromEntries(fields.map((value, index) => [header?.fields[index], value])))
    expect(read).toEqual(exported.map(item => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, String(value)]))))
  })

  it('is sorted as requested', async () => {
    const sort = [{ field: 'serial_number', order: 'DESC' }]
    const exported = JSON.parse(await text(await start('devices', { sort, format: 'JSON' }))) as Thing[]
    expect(exported).toEqual((await ask<Found>(test, 'POST', '/devices/_search', { sort, rows: 1000 })).results)
  })

  it('of approvals can be imported again', async () => {
    await approve(test, { vendor_id: '0x0781', notes: 'one, "two"\r\nthree', approval_name: 'A' }, { serial_number: 'S' })
    const before = await ask<Found>(test, 'POST', '/approvals/_search', { rows: 10 })
    const csv = await text(await start('approvals', { format: 'CSV' }))
    for (const { id } of before.results) await test.send('DELETE', `${CONTROL}/approvals/${String(id)}`)
    const { results } = await ask<Found>(test, 'POST', '/approvals/_bulk', csv, { 'Content-Type': 'text/csv' })
    const kept = ({ vendor_id, product_id, serial_number, notes, approval_name }: Thing) => ({
      vendor_id,
      product_id,
      serial_number,
      notes,
      approval_name,
    })
    expect(results.map(kept)).toEqual(before.results.map(kept))
  })

  it('of nothing has a header, and shows the state when it was requested', async () => {
    const path = await start('approvals', { format: 'CSV' })
    await approve(test, { vendor_id: '0x0781' })
    expect(await text(path)).toBe(
      'vendor_id,product_id,serial_number,approval_name,notes,id,vendor_name,product_name,created_at,updated_at,updated_by\r\n',
    )
    expect(await job(path)).toMatchObject({ status: 'COMPLETED', progress: { num_total: 0, num_completed: 0 } })
  })

  it.each([{ criteria: { colour: ['red'] } }, { query: 5 }, { rows: -1 }, { sort: [{ field: 'colour' }] }])(
    'with an invalid request fails: %j',
    async body => {
      const path = await start('devices', { ...body, format: 'CSV' })
      expect(await job(path)).toMatchObject({ status: 'CREATED' })
      test.clock.advance(1000)
      expect(await job(path)).toMatchObject({ status: 'FAILED' })
      expect(await job(`${path}/progress`)).toEqual({ num_total: 0, num_completed: 0, message: expect.stringMatching(/\w/) })
      expectError(await test.send('GET', `${path}/download`), 404, 'NotFound')
    },
  )

  it('with an invalid request is waited for too', async () => {
    const download = test.send('GET', `${await start('devices', { query: 5, format: 'CSV' })}/download`)
    await until(() => test.clock.sleeping > 0)
    test.clock.advance(1000)
    expectError(await download, 404, 'NotFound')
  })

  it.each<unknown>([{}, { format: 'XML' }, { format: null }, { format: ['CSV'] }, [], ''])(
    'without a format is refused: %j',
    async body => {
      for (const what of ['devices', 'approvals'])
        expectError(await test.send('POST', `${CONTROL}/${what}/_export`, body), 400, 'BadRequest')
    },
  )
})

it.each(['1', 'x', '__proto__', '04805565'])('the export job %s does not exist', async id => {
  await start('devices', { format: 'CSV' })
  for (const part of ['', '/progress', '/download']) expectError(await test.send('GET', `${JOBS}/${id}${part}`), 404, 'NotFound')
})
