import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/lab/endpoint.ts'
import { ORG, SESSIONS, TestLab, TOKEN } from './support.ts'

const test = new TestLab({ longPoll: false, maxCommands: 100_000 })
let session = ''
beforeAll(async () => {
  session = await test.session()
})
afterAll(() => test.lab.close())

const json = fc.json({ maxDepth: 3 })
const field = fc.constantFrom(
  'name',
  'path',
  'pid',
  'file_id',
  'offset',
  'count',
  'wait',
  'output_file',
  'value_data',
  'value_type',
  'overwrite',
  'device_id',
  'query',
  'criteria',
  'rows',
  'sort',
  '__proto__',
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('C:\\', 'HKLM\\a\\b', 'REG_SZ', '\0', '__proto__', 'constructor', '..', '\\'.repeat(50), '('.repeat(50)),
)
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  json,
  fc
    .dictionary(field, fc.oneof(fc.constantFrom(...COMMANDS), text, fc.integer(), fc.double(), fc.boolean(), json, fc.array(text)))
    .map(object => JSON.stringify(object)),
)
const segment = fc.oneof(text, fc.webSegment(), fc.nat().map(String)).map(encodeURIComponentSafely)
const path = () =>
  fc.oneof(
    fc.constantFrom(SESSIONS, session, `${session}/commands`, `${session}/files`, `${ORG}/liveresponse/kill2`, `${ORG}/devices/_search`),
    fc
      .tuple(fc.constantFrom(SESSIONS, `${session}/commands`, `${session}/files`, `${ORG}/devices`, ORG, ''), segment)
      .map(parts => parts.join('/')),
    fc.webPath(),
  )
const contentType = fc.oneof(
  fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'multipart/form-data', 'text/plain'),
  fc.stringMatching(/^[ -~]{0,40}$/),
)

function encodeURIComponentSafely(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    return '%ff%zz'
  }
}

/** Statuses in the documents. */
const KNOWN = new Set([200, 201, 204, 400, 401, 403, 404, 405])

it('the Live Response service answers any request as documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH'),
      fc.constant(null).chain(path),
      body,
      contentType,
      fc.option(text),
      async (method, path, body, type, token) => {
        const headers = new Headers({ 'X-Auth-Token': TOKEN, 'Content-Type': type })
        if (token !== null) setSafely(headers, token)
        const response = await test.lab.handle(
          new Request(`http://lab${path.startsWith('/') ? '' : '/'}${path}`, { method, headers, ...(method === 'GET' ? {} : { body }) }),
        )
        const text = await response.text()
        expect(KNOWN, `${method} ${path} ${body}: ${text}`).toContain(response.status)
        if (response.status >= 400)
          expect(JSON.parse(text)).toEqual({
            success: false,
            message: expect.any(String),
            error_code: expect.stringMatching(/^[A-Z][A-Za-z]+$/),
          })
        // The fuzz test sometimes closes the session.
        session = `${SESSIONS}/${String((await test.send('POST', SESSIONS, { device_id: 11412673 })).body['id'])}`
      },
    ),
    { numRuns: 1500 },
  )
})

function setSafely(headers: Headers, token: string): void {
  try {
    headers.set('X-Auth-Token', token)
  } catch {
    // No client can send it.
  }
}
