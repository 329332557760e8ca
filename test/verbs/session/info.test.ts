import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTenant, type Tenant } from '../../support/tenant.ts'

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
})
afterAll(() => tenant.close())

it('lr info shows the session, and says why it lacks the device when the key may not read devices', async () => {
  tenant.between(
    service => async request =>
      /\/devices\/\d+$/.test(request.url.pathname)
        ? {
            status: 403,
            headers: { 'content-type': 'application/json' },
            body: (async function* () {
              yield Buffer.from('{"message":"The API key lacks the permission device READ"}')
            })(),
          }
        : await service(request),
  )
  const { code, out, err } = await tenant.cbc(['lr', 'info', '11412673', '--json'])
  expect({ code, info: JSON.parse(out) as unknown }).toMatchObject({
    code: 0,
    info: { device: { id: 11412673 }, session: { device_id: 11412673, status: 'ACTIVE' } },
  })
  expect(err).toMatch(/^cbc: info: device details are not available: get device 11412673: .*device READ/m)
})
