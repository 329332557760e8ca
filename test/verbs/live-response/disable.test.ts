import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTenant, type Tenant } from '../../support/tenant.ts'

let tenant: Tenant
let kills: unknown[]
beforeEach(async () => {
  tenant = await openTenant()
  kills = []
  tenant.between(service => request => {
    if (request.url.pathname.endsWith('/kill')) kills.push(JSON.parse(String(request.body)))
    return service(request)
  })
})
afterEach(() => tenant.close())

it('disables several devices in one request when each is named', async () => {
  const { code, out } = await tenant.cbc([
    'lr',
    'disable',
    'WIN-FIN-01',
    '11412674',
    '--confirm',
    'win-fin-01',
    '--confirm',
    'WIN-FIN-02',
    '--json',
  ])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual([expect.objectContaining({ device_id: 11412673, status: 'PENDING' }), { device_id: 11412674 }])
  expect(kills).toEqual([[11412673, 11412674]])
})

it('accepts names separated by commas', async () => {
  expect(await tenant.cbc(['lr', 'disable', 'WIN-FIN-0?', '--confirm', 'WIN-FIN-01,WIN-FIN-02'])).toMatchObject({ code: 0 })
  expect(kills).toEqual([[11412673, 11412674]])
})

it.each([
  [
    'one name of two',
    ['WIN-FIN-01', 'WIN-FIN-02', '--confirm', 'WIN-FIN-01'],
    'disable: "WIN-FIN-01" is not the device\'s name, WIN-FIN-02; nothing was done',
  ],
  [
    'a pattern, and its text',
    ['WIN-FIN-0?', '--confirm', 'WIN-FIN-0?'],
    'disable: "WIN-FIN-0?" is not the device\'s name, WIN-FIN-01; nothing was done',
  ],
  [
    'nobody there',
    ['WIN-FIN-0?', '--yes'],
    'disable: refused, because nobody is there to type the name: this would disable Live Response for good on WIN-FIN-01: device id: 11412673',
  ],
])('is refused, and changes nothing: %s', async (_what, words, message) => {
  const { code, err } = await tenant.cbc(['lr', 'disable', ...words])
  expect({ code, line: err.slice(0, message.length + 5) }).toEqual({ code: 8, line: `cbc: ${message}` })
  expect(kills).toEqual([])
})

it('does not accept an answer that is about another device', async () => {
  tenant.between(service => async request => {
    if (!request.url.pathname.endsWith('/kill')) return await service(request)
    return {
      status: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from('{"id": "1:999", "device_id": 999, "status": "PENDING"}')
      })(),
    }
  })
  const { code, err } = await tenant.cbc(['lr', 'disable', 'WIN-FIN-01', '--confirm', 'WIN-FIN-01', '--json'])
  expect(code).toBe(9)
  expect(JSON.parse(err)).toMatchObject({
    error: {
      code: 'unknown_outcome',
      message: "disable Live Response on WIN-FIN-01: the service's answer is about another device: 999; it may or may not have happened",
    },
  })
})
