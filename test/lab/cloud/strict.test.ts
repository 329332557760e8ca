import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORG, SESSIONS, TestLab, TOKEN } from './support.ts'

const CONTROL = '/device_control/v3/orgs/ABCD1234'
const APPROVAL = { vendor_id: '0x0781', product_id: '0x5581', serial_number: '4711' }
const test = new TestLab()
/** Paths of three sessions: an open one, another one, and a closed one. */
const at = { own: '', other: '', closed: '' }
let file = ''
let approval = ''

beforeAll(async () => {
  at.own = await test.session()
  at.other = await test.session(11412674)
  at.closed = await test.session(11412690)
  await test.send('DELETE', at.closed)
  file = String((await test.upload(at.own, 'a.txt', 'a'))['id'])
  const { body } = await test.send('POST', `${CONTROL}/approvals/_bulk`, [APPROVAL])
  approval = (body['results'] as { id: string }[])[0]?.id ?? ''
  test.endpoints.run = (_, { signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve({})))
})
afterAll(() => test.lab.close())

type Row = [what: string, method: string, path: () => string, body: unknown, headers: Record<string, string>, status: number]
const JSON_TYPE = { 'Content-Type': 'application/json' }
const LIST = { name: 'process list' }

describe('the service refuses', () => {
  it.each<Row>([
    [
      "a command as a form, which is curl's default",
      'POST',
      () => `${at.own}/commands`,
      LIST,
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      400,
    ],
    ['a session as a form', 'POST', () => SESSIONS, { device_id: 11412673 }, { 'Content-Type': 'application/x-www-form-urlencoded' }, 400],
    ['a search of devices as XML', 'POST', () => `${ORG}/devices/_search`, {}, { 'Content-Type': 'application/xml' }, 400],
    ['an upload that is not a form', 'POST', () => `${at.own}/files`, { file: 1 }, JSON_TYPE, 400],
    ['a command in another case', 'POST', () => `${at.own}/commands`, { name: 'Process List' }, JSON_TYPE, 400],
    ['an unknown command', 'POST', () => `${at.own}/commands`, { name: 'format disk' }, JSON_TYPE, 400],
    ['several commands at once', 'POST', () => `${at.own}/commands`, [LIST, LIST], JSON_TYPE, 400],
    ['a command without a target', 'POST', () => `${at.own}/commands`, { name: 'get file' }, JSON_TYPE, 400],
    ['a fractional device id', 'POST', () => SESSIONS, { device_id: 11412673.5 }, JSON_TYPE, 400],
    ['a string as a flag', 'POST', () => `${at.own}/commands`, { name: 'create process', path: 'a.exe', wait: 'true' }, JSON_TYPE, 400],
    [
      'a command of more than 10 KB',
      'POST',
      () => `${at.own}/commands`,
      { name: 'create process', path: 'x'.repeat(10_300) },
      JSON_TYPE,
      400,
    ],
    ['no body', 'POST', () => `${at.own}/commands`, undefined, {}, 400],
    ['half a body', 'POST', () => `${at.own}/commands`, '{"name": "process', JSON_TYPE, 400],
    ['no token', 'GET', () => SESSIONS, undefined, { 'X-Auth-Token': '' }, 401],
    ['a token with its halves swapped', 'GET', () => SESSIONS, undefined, { 'X-Auth-Token': TOKEN.split('/').reverse().join('/') }, 401],
    ['two tokens', 'GET', () => SESSIONS, undefined, { 'X-Auth-Token': `${TOKEN}, ${TOKEN}` }, 401],
    ['another organization', 'GET', () => SESSIONS.replace('ABCD1234', 'EFGH5678'), undefined, {}, 404],
    ['the organization in lower case', 'GET', () => SESSIONS.replace('ABCD1234', 'abcd1234'), undefined, {}, 404],
    ['no organization', 'GET', () => SESSIONS.replace('ABCD1234', ''), undefined, {}, 404],
    ['a path with a trailing slash', 'GET', () => `${SESSIONS}/`, undefined, {}, 404],
    ['a path in another case', 'GET', () => SESSIONS.replace('liveresponse', 'LiveResponse'), undefined, {}, 404],
    ['an unsupported method', 'PUT', () => at.own, {}, JSON_TYPE, 405],
    ['HEAD', 'HEAD', () => at.own, undefined, {}, 405],
    ['a command number with a leading zero', 'GET', () => `${at.own}/commands/00`, undefined, {}, 404],
    ['a negative command number', 'GET', () => `${at.own}/commands/-1`, undefined, {}, 404],
    ['a command that was not issued', 'GET', () => `${at.own}/commands/99`, undefined, {}, 404],
    ["another session's file", 'GET', () => `${at.other}/files/${file}/content`, undefined, {}, 404],
    [
      "another session's file to put",
      'POST',
      () => `${at.other}/commands`,
      { name: 'put file', path: 'C:\\a', file_id: file },
      JSON_TYPE,
      400,
    ],
    ['a command in a closed session', 'POST', () => `${at.closed}/commands`, LIST, JSON_TYPE, 404],
    ['a look at a closed session', 'GET', () => at.closed, undefined, {}, 404],
    ['the files of a closed session', 'GET', () => `${at.closed}/files`, undefined, {}, 404],
    ['a second attempt to close it', 'DELETE', () => at.closed, undefined, {}, 404],
    ['one device in place of a list', 'POST', () => `${ORG}/liveresponse/kill`, 11412673, JSON_TYPE, 400],
    ['one approval in place of a list', 'POST', () => `${CONTROL}/approvals/_bulk`, APPROVAL, JSON_TYPE, 400],
    [
      'a vendor id that is not hexadecimal',
      'POST',
      () => `${CONTROL}/approvals/_bulk`,
      [{ ...APPROVAL, vendor_id: '0781' }],
      JSON_TYPE,
      400,
    ],
    ['a field without facets', 'POST', () => `${CONTROL}/devices/_facet`, { terms: { fields: ['serial_number'] } }, JSON_TYPE, 400],
    [
      'a field that cannot be sorted by',
      'POST',
      () => `${CONTROL}/devices/_search`,
      { sort: [{ field: 'id', order: 'asc' }] },
      JSON_TYPE,
      400,
    ],
    ['an unknown criterion', 'POST', () => `${CONTROL}/devices/_search`, { criteria: { colour: ['red'] } }, JSON_TYPE, 400],
    ['a negative number of rows', 'POST', () => `${CONTROL}/devices/_search`, { rows: -1 }, JSON_TYPE, 400],
  ])('%s', async (_, method, path, body, headers, status) => {
    const answer = await test.send(method, path(), body, headers)
    expect(answer.status, answer.text).toBe(status)
  })

  it("a file's content before the endpoint has sent it", async () => {
    const { file_details } = await test.issue(at.own, { name: 'get file', path: 'C:\\big.bin' })
    expect((await test.send('GET', `${at.own}/files/${(file_details as { file_id: string }).file_id}/content`)).status).toBe(404)
  })
})

it('the service accepts JSON with a charset, and an approval with its own id', async () => {
  expect((await test.send('POST', `${at.own}/commands`, LIST, { 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(201)
  expect((await test.send('PUT', `${CONTROL}/approvals/${approval}`, { ...APPROVAL, id: approval, notes: 'x' })).status).toBe(200)
})

it('connectors that query the alerts get an empty answer', async () => {
  expect((await test.send('POST', '/api/alerts/v7/orgs/ABCD1234/alerts/_search', { time_range: { range: '-1d' }, rows: 1 })).body).toEqual({
    results: [],
    num_found: 0,
    num_available: 0,
  })
})
