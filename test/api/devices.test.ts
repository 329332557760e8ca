import { describe, expect, it } from 'vitest'
import { Devices } from '../../src/api/devices.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { scripted } from '../support/server.ts'
import { answering, bytes, client, failure } from './support.ts'

const BASE = '/appservices/v6/orgs/ABCD1234/devices'

it('devices can be searched, and one can be read', async () => {
  const device = { id: 354648, name: 'CORP\\WIN-FIN-01', os: 'WINDOWS' }
  const server = await scripted([
    {
      method: 'POST',
      path: `${BASE}/_search`,
      body: { query: 'name:WIN-FIN-01', criteria: {}, start: 0, rows: 1000 },
      response: { status: 200, body: { results: [device], num_found: 1 } },
    },
    {
      method: 'POST',
      path: `${BASE}/_search`,
      body: { criteria: { os: ['LINUX'] }, start: 10, rows: 100, sort: [{ field: 'name', order: 'ASC' }] },
      response: { status: 200, body: { results: [] } },
    },
    { method: 'GET', path: `${BASE}/354648`, response: { status: 200, body: device } },
  ])
  const devices = new Devices((await client(server.url)).http, 'ABCD1234')
  expect(await devices.search({ query: 'name:WIN-FIN-01', rows: 1000 })).toEqual({ results: [device], num_found: 1 })
  expect(await devices.search({ criteria: { os: ['LINUX'] }, start: 10, sort: [{ field: 'name', order: 'ASC' }] })).toEqual({
    results: [],
    num_found: 0,
  })
  expect(await devices.get(354648)).toEqual(device)
  await server.done()
})

it.each([
  ['search', '{}'],
  ['search', ''],
  ['search', '[]'],
  ['get', '{}'],
  ['get', ''],
  ['get', '[]'],
] as const)('%s: %j is rejected as a broken answer', async (call, text) => {
  const { http } = await client('https://service.example', answering({ text }))
  const devices = new Devices(http, 'ABCD1234')
  expect(await failure(call === 'get' ? devices.get(1) : devices.search({}))).toMatchObject({
    code: 'network',
    message: expect.stringMatching(/not the documented (object|list)|without an id/),
  })
})

it('an answer about another device is rejected', async () => {
  const { http } = await client('https://service.example', {
    ...answering({ text: '{"id": 999, "name": "SRV-FILE-02"}' }),
    clock: new HurriedClock(),
  })
  expect(await failure(new Devices(http, 'ABCD1234').get(4711))).toMatchObject({
    code: 'network',
    message: "get device 4711: the service's answer is about another id: 999, not 4711",
  })
})

it('devices can be quarantined and released', async () => {
  const order = (toggle: string) => ({
    method: 'POST',
    path: '/appservices/v6/orgs/ABCD1234/device_actions',
    body: { action_type: 'QUARANTINE', device_id: [1, 2], options: { toggle } },
    response: { status: 204 },
  })
  const server = await scripted([order('ON'), order('OFF')])
  const devices = new Devices((await client(server.url)).http, 'ABCD1234')
  await devices.quarantine([1, 2], true)
  await devices.quarantine([1, 2], false)
  await server.done()
  const { http } = await client('https://service.example', answering({ status: 403 }))
  expect((await failure(new Devices(http, 'ABCD1234').quarantine([1], true))).facts.hint).toContain('device.quarantine EXECUTE')
})

it.each([
  [403, 'auth', 'device READ'],
  [404, 'not_found', undefined],
])('status %i becomes the error %s', async (status, code, permission) => {
  const { http } = await client('https://service.example', answering({ status }))
  const error = await failure(new Devices(http, 'ABCD1234').get(1))
  expect(error).toMatchObject({ code, facts: { http_status: status } })
  expect(error.facts.hint ?? '').toContain(permission ?? '')
})

describe('all devices', () => {
  /** A service with `total` devices that returns at most `most` at once, and records the requests. */
  async function organization(total: number, most = Infinity) {
    const asked: Record<string, unknown>[] = []
    const { http } = await client('https://service.example', {
      transport: async ({ body }) => {
        const search = JSON.parse(String(body)) as { start: number; rows: number }
        asked.push(search)
        const length = Math.max(0, Math.min(search.rows, most, total - search.start))
        return {
          status: 200,
          headers: {},
          body: bytes(
            JSON.stringify({ results: Array.from({ length }, (_, at) => ({ id: search.start + at, name: 'X' })), num_found: total }),
          ),
        }
      },
    })
    return { devices: new Devices(http, 'ABCD1234'), asked }
  }
  const ids = async (found: AsyncIterable<{ id: number }>, limit = Infinity) => {
    const all: number[] = []
    for await (const { id } of found) if (all.push(id) === limit) break
    return all
  }

  it.each([
    [0, Infinity],
    [1, Infinity],
    [999, Infinity],
    [2500, Infinity],
    [2500, 100],
  ])('are read: %i of them, at most %f per answer', async (total, most) => {
    const { devices, asked } = await organization(total, most)
    expect(await ids(devices.all({}))).toEqual(Array.from({ length: total }, (_, id) => id))
    expect(asked.every(({ rows }) => rows === 1000)).toBe(true)
  })

  it('are sorted by name by default, and the search is passed on', async () => {
    const { devices, asked } = await organization(1)
    await ids(devices.all({ query: 'os:WINDOWS' }))
    await ids(devices.all({ criteria: { os: ['MAC'] }, sort: [{ field: 'id', order: 'DESC' }] }))
    expect(asked).toEqual([
      { query: 'os:WINDOWS', criteria: {}, sort: [{ field: 'name', order: 'ASC' }], start: 0, rows: 1000 },
      { criteria: { os: ['MAC'] }, sort: [{ field: 'id', order: 'DESC' }], start: 0, rows: 1000 },
    ])
  })

  it.each([
    [5, [[0, 5]]],
    [
      1500,
      [
        [0, 1000],
        [1000, 1000],
      ],
    ],
  ])('are requested up to the wanted number: %i', async (limit, pages) => {
    const { devices, asked } = await organization(10_000)
    expect(await ids(devices.all({}, { limit }), limit)).toHaveLength(limit)
    expect(asked.map(({ start, rows }) => [start, rows])).toEqual(pages)
  })
})
