import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ORG, TestLab, TOKEN } from './support.ts'
import { approve, CONTROL } from './usb-support.ts'

const test = new TestLab()
afterAll(() => test.lab.close())
beforeAll(() => approve(test, { vendor_id: '0x0781' }))

const NAMES = [
  'criteria',
  'exclusions',
  'query',
  'rows',
  'start',
  'sort',
  'terms',
  'fields',
  'field',
  'order',
  'format',
  'device.id',
  'vendor_name',
  'product_name',
  'status',
  'serial_number',
  'endpoint.endpoint_name',
  'vendor_id',
  'product_id',
  'approval_name',
  'notes',
  'policy_id',
  'id',
  'last_contact_time',
  'range',
  '__proto__',
  'constructor',
  'toString',
]
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '0x0781',
    '774',
    'APPROVED',
    'CSV',
    'JSON',
    'ASC',
    'last_seen',
    '6997287',
    '\0',
    '__proto__',
    '('.repeat(300),
    'NOT '.repeat(300),
    '*a'.repeat(60),
    '"',
    '\\',
    '-3d',
    '\ud800',
  ),
)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    odd,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4 }),
}))
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)),
  value.map(value => JSON.stringify(value)),
  fc.array(fc.dictionary(fc.constantFrom(...NAMES), odd), { maxLength: 3 }).map(list => JSON.stringify(list)),
  fc
    .array(fc.array(odd, { maxLength: 3 }), { maxLength: 3 })
    .map(rows => ['vendor_id,notes', ...rows.map(row => row.join(','))].join('\n')),
)
const segment = fc
  .oneof(odd, fc.nat(99_999).map(String), fc.constantFrom('_bulk', '_search', '_facet', '_export', 'endpoints'))
  .map(text => {
    try {
      return encodeURIComponent(text)
    } catch {
      return '%ff%zz'
    }
  })
const path = fc.oneof(
  fc.constantFrom(
    ...['approvals', 'devices'].flatMap(kind => ['_search', '_export', '_bulk', '_facet'].map(call => `${CONTROL}/${kind}/${call}`)),
    `${CONTROL}/approvals/10373`,
    `${CONTROL}/blocks/_bulk`,
    `${CONTROL}/blocks`,
    `${ORG}/devices/_search`,
    '/csp/gateway/am/api/auth/token',
    '/csp/gateway/am/api/auth/api-tokens/authorize',
  ),
  fc
    .tuple(
      fc.constantFrom(
        `${CONTROL}/approvals`,
        `${CONTROL}/blocks`,
        `${CONTROL}/devices`,
        `${CONTROL}/products`,
        '/jobs/v1/orgs/ABCD1234/jobs',
        '/csp',
      ),
      segment,
    )
    .map(parts => parts.join('/')),
  fc.tuple(fc.constantFrom(`${CONTROL}/devices`, '/jobs/v1/orgs/ABCD1234/jobs'), segment, segment).map(parts => parts.join('/')),
)
const type = fc.constantFrom(
  'application/json',
  'text/csv',
  'text/csv; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  '',
)
const authorization = fc.oneof(
  fc.constantFrom('', 'Basic', 'Basic Og==', 'Bearer', 'Bearer __proto__'),
  fc.base64String().map(text => `Basic ${text}`),
)

it('the Device Control service answers any request as documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'PATCH'),
      path,
      body,
      type,
      authorization,
      async (method, path, body, type, authorization) => {
        const headers = { 'X-Auth-Token': TOKEN, 'Content-Type': type, Authorization: authorization }
        const response = await test.lab.handle(
          new Request(`http://lab${path}`, { method, headers, ...(method === 'GET' ? {} : { body: body as string }) }),
        )
        const text = await response.text()
        expect([200, 204, 400, 401, 404, 405, 409], `${method} ${path} ${type} ${String(body)}: ${text}`).toContain(response.status)
        if (response.status >= 400)
          expect(JSON.parse(text)).toEqual({
            success: false,
            message: expect.any(String),
            error_code: expect.stringMatching(/^[A-Z][A-Za-z]+$/),
          })
      },
    ),
    { numRuns: 3000 },
  )
})

it('tens of thousands of approvals are accepted at once, but no endless body', async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({ vendor_id: '0x0781', serial_number: `S${index}`, notes: 'x'.repeat(100) }))
  expect(await approve(test, ...many)).toHaveLength(20_000)
  expect(await approve(test, ...many)).toMatchObject([{ id: expect.any(String) }, ...many.slice(1)])
  const { status } = await test.send('POST', `${CONTROL}/approvals/_bulk`, ' '.repeat(17 * 1024 * 1024))
  expect(status).toBe(400)
})
