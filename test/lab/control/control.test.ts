import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { serveLab } from '../../../src/lab/serve.ts'
import { openWindowsEndpoint, initialWindowsState } from '../../../src/lab/windows/index.ts'
import { ORG, SESSIONS, TestLab, TOKEN, until } from '../cloud/support.ts'

const open: TestLab[] = []
function lab(options: ConstructorParameters<typeof TestLab>[0] = {}): TestLab {
  const test = new TestLab(options)
  open.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ lab }) => lab.close()))
})
const windows: NonNullable<ConstructorParameters<typeof TestLab>[0]>['openEndpoint'] = async ({ name }, { document, ...tools }) =>
  openWindowsEndpoint({ ...tools, role: 'server', name, document: document(initialWindowsState) })

describe('control requests', () => {
  it("need the lab's own token", async () => {
    const test = lab({ token: 'secret/id', keys: [{ token: 'other/key', permissions: 'all' }] })
    const statuses = []
    for (const token of ['other/key', TOKEN, 'secret/id'])
      statuses.push((await test.send('GET', '/lab', undefined, { 'X-Auth-Token': token })).status)
    expect(statuses).toEqual([401, 401, 200])
  })

  it('show what exists, and refuse what does not', async () => {
    const test = lab()
    expect((await test.send('GET', '/lab')).body).toMatchObject({ org_key: 'ABCD1234', devices: 13, sessions: 0, clock: { speed: 1 } })
    expect((await test.send('GET', '/lab/nothing')).status).toBe(404)
    expect((await test.send('PUT', '/lab/log', {})).headers.get('allow')).toBe('GET, DELETE')
    for (const [method, path, body] of [
      ['PATCH', '/lab/settings', { latency: 'x' }],
      ['POST', '/lab/clock', { advance: -1 }],
      ['PUT', '/lab/faults', [{}]],
      ['PATCH', '/lab/settings', '{'],
      ['POST', '/lab/files', {}],
    ] as const) {
      expect((await test.send(method, path, body)).body, `${method} ${path}`).toMatchObject({ success: false, error_code: 'BadRequest' })
    }
  })

  it('count current sessions, not expired ones', async () => {
    const test = lab()
    await test.session()
    expect((await test.send('GET', '/lab')).body['sessions']).toBe(1)
    test.clock.advance(900_000)
    expect((await test.send('GET', '/lab')).body['sessions']).toBe(0)
  })

  it('exist on loopback, and elsewhere only if enabled', async () => {
    const test = lab()
    const status = async (options: { host?: string; control?: boolean }) => {
      const served = await serveLab(test.lab, { port: 0, ...options })
      const { status } = await fetch(`http://127.0.0.1:${new URL(served.url).port}/lab`, { headers: { 'X-Auth-Token': TOKEN } })
      // Closing a server closes the lab: the next one needs another.
      return { status, close: () => served.close() }
    }
    const all = [
      await status({}),
      await status({ host: '0.0.0.0' }),
      await status({ host: '0.0.0.0', control: true }),
      await status({ control: false }),
    ]
    expect(all.map(({ status }) => status)).toEqual([200, 404, 200, 404])
    await Promise.all(all.map(({ close }) => close()))
  })

  it('show and change the faults, with how often they occurred', async () => {
    const test = lab({ faults: [{ path: '**/x', do: { drop: 'before' } }] })
    await test.send('POST', '/lab/faults', { path: '**/devices/*', nth: 2, do: { status: 503 } })
    const get = () => test.send('GET', `${ORG}/devices/11412673`)
    expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([200, 503, 200])
    const list = JSON.parse((await test.send('GET', '/lab/faults')).text) as unknown[]
    expect(list).toMatchObject([
      { name: 'drop', times: null, matched: 0, fired: 0 },
      { name: 'status', nth: 2, times: 1, matched: 3, fired: 1 },
    ])
    expect((await test.send('DELETE', '/lab/faults')).status).toBe(204)
    expect((await test.send('GET', '/lab/faults')).text).toBe('[]')
  })

  it('show the log of requests, from an entry on and by field', async () => {
    const test = lab()
    await test.send('GET', `${ORG}/devices/11412673?x=1`)
    await test.lab.handle(new Request(`http://lab${SESSIONS}`))
    const log = async (query: string) => JSON.parse((await test.send('GET', `/lab/log${query}`)).text) as Record<string, unknown>[]
    expect(await log('')).toEqual([
      {
        n: 1,
        time: '2021-10-29T08:55:03.535Z',
        method: 'GET',
        path: `${ORG}/devices/11412673?x=1`,
        credentials: true,
        status: 200,
        duration: 0,
      },
      { n: 2, time: '2021-10-29T08:55:03.535Z', method: 'GET', path: SESSIONS, credentials: false, status: 401, duration: 0 },
    ])
    expect(await log('?since=1')).toHaveLength(1)
    expect((await log('?status=200')).map(({ n }) => n)).toEqual([1])
    await test.send('DELETE', '/lab/log')
    expect(await log('')).toEqual([])
    await test.send('GET', SESSIONS)
    expect((await log(''))[0]?.['n']).toBe(3)
  })

  it('show what ran on which endpoint, once for each run', async () => {
    const test = lab()
    const session = await test.session()
    await test.issue(session, { name: 'delete file', path: 'C:\\x' })
    await test.issue(session, { name: 'kill', pid: 4 })
    await test.end(session, 1)
    const all = JSON.parse((await test.send('GET', '/lab/executions?device_id=11412673')).text) as unknown[]
    expect(all).toMatchObject([
      { n: 1, device_name: 'WIN-FIN-01', command_id: 0, name: 'delete file', object: 'C:\\x', status: 'COMPLETE', result_code: 0 },
      { n: 2, command_id: 1, name: 'kill', object: 4 },
    ])
    expect((await test.send('GET', '/lab/executions?device_id=1')).text).toBe('[]')
  })

  it('reset the lab', async () => {
    const test = lab()
    await test.session()
    expect((await test.send('POST', '/lab/reset')).status).toBe(204)
    expect((await test.send('GET', SESSIONS)).status).toBe(204)
  })
})

describe('a generated file of any size', () => {
  it('is created on an endpoint, with the announced hash', async () => {
    const test = lab({ openEndpoint: windows })
    const size = 20 * 1024 * 1024 + 7
    const { status, body } = await test.send('POST', '/lab/files', { device: 'SRV-FILE-02', path: 'D:\\Big.bin', size, seed: 42 })
    expect(status).toBe(201)
    expect(body).toMatchObject({ device_id: 11412761, path: 'D:\\Big.bin', size, seed: 42 })
    const session = await test.session(11412761)
    const { id, file_details } = await test.issue(session, { name: 'get file', path: 'D:\\big.BIN' })
    expect(await test.end(session, id)).toMatchObject({ status: 'COMPLETE', file_details: { count: size } })
    const response = await test.lab.handle(
      new Request(`http://lab${session}/files/${(file_details as { file_id: string }).file_id}/content`, {
        headers: { 'X-Auth-Token': TOKEN },
      }),
    )
    const hash = createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex')
    expect(body['sha256']).toBe(hash)
    const again = await test.send('POST', '/lab/files', { device: 11412760, path: 'D:\\Other.bin', size, seed: 42 })
    expect(again.body['sha256']).toBe(hash)
  })

  it('has the hash that docs/lab.md shows', async () => {
    const test = lab({ openEndpoint: windows })
    const { body } = await test.send('POST', '/lab/files', { device: 'SRV-FILE-02', path: 'D:\\a.bin', size: 1_048_576, seed: 1 })
    expect(readFileSync(new URL('../../../docs/lab.md', import.meta.url), 'utf8')).toContain(
      `| 1048576 | 1 | \`${String(body['sha256'])}\` |`,
    )
  })

  it('is refused when the endpoint refuses it', async () => {
    const test = lab({ openEndpoint: windows })
    const make = (order: object) => test.send('POST', '/lab/files', { device: 'SRV-FILE-02', path: 'D:\\a', size: 1, ...order })
    expect((await make({ device: 'NOBODY' })).status).toBe(404)
    expect((await make({ path: 'D:\\none\\a' })).body['message']).toMatch(/0x80070003/)
    expect((await make({ size: 10 ** 15 })).body['message']).toMatch(/0x80070070/)
    expect((await make({ size: '1 GiB' })).status).toBe(400)
  })
})

it('requests in progress are logged without an answer', async () => {
  const test = lab({ httpDelay: 1000 })
  const answer = test.send('GET', SESSIONS)
  await until(() => test.clock.sleeping === 1)
  const entries = () => test.send('GET', '/lab/log').then(({ text }) => JSON.parse(text) as unknown[])
  expect(await entries()).toMatchObject([{ status: null, duration: null }])
  test.clock.advance(1000)
  await answer
  expect(await entries()).toMatchObject([{ status: 204, duration: 1000 }])
})
