import { expect, it } from 'vitest'
import { Devices } from '../../src/api/devices.ts'
import { scripted } from '../support/server.ts'
import { answering, client, failure } from './support.ts'

const BASE = '/appservices/v6/orgs/ABCD1234/devices'

it('searches, and gets one', async () => {
  const device = { id: 354648, name: 'CORP\\WIN-FIN-01', os: 'WINDOWS' }
  const server = await scripted([
    { method: 'POST', path: `${BASE}/_search`, body: { query: 'name:WIN-FIN-01', criteria: {}, start: 0, rows: 1000 }, response: { status: 200, body: { results: [device], num_found: 1 } } },
    { method: 'POST', path: `${BASE}/_search`, body: { criteria: { os: ['LINUX'] }, start: 10, rows: 100, sort: [{ field: 'name', order: 'ASC' }] }, response: { status: 200, body: { results: [] } } },
    { method: 'GET', path: `${BASE}/354648`, response: { status: 200, body: device } },
  ])
  const devices = new Devices((await client(server.url)).http, 'ABCD1234')
  expect(await devices.search({ query: 'name:WIN-FIN-01', rows: 1000 })).toEqual({ results: [device], num_found: 1 })
  expect(await devices.search({ criteria: { os: ['LINUX'] }, start: 10, sort: [{ field: 'name', order: 'ASC' }] })).toEqual({ results: [], num_found: 0 })
  expect(await devices.get(354648)).toEqual(device)
  await server.done()
})

it.each([['search', '{}'], ['search', ''], ['search', '[]'], ['get', '{}'], ['get', ''], ['get', '[]']] as const)('%s: %j is a broken answer', async (call, text) => {
  const { http } = await client('https://service.example', answering({ text }))
  const devices = new Devices(http, 'ABCD1234')
  expect(await failure(call === 'get' ? devices.get(1) : devices.search({}))).toMatchObject({ code: 'network', message: expect.stringMatching(/not the documented (object|list)|without an id/) })
})

it.each([[403, 'auth', 'device READ'], [404, 'not_found', undefined]])('%i is %s', async (status, code, permission) => {
  const { http } = await client('https://service.example', answering({ status }))
  const error = await failure(new Devices(http, 'ABCD1234').get(1))
  expect(error).toMatchObject({ code, facts: { http_status: status } })
  expect(error.facts.hint ?? '').toContain(permission ?? '')
})
