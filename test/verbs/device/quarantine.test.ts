import { afterEach, beforeEach, expect, it } from 'vitest'
import { BASE } from '../../support/service.ts'
import { openTenant, type Tenant } from '../../support/tenant.ts'

const ACTIONS = BASE.replace('liveresponse', 'device_actions')

let tenant: Tenant
beforeEach(async () => {
  tenant = await openTenant()
})
afterEach(() => tenant.close())

const cutOff = async () =>
  (JSON.parse((await tenant.cbc(['device', 'list', '--status', 'quarantine', '--json'])).out) as { name: string }[]).map(({ name }) => name)

it('quarantines devices, however they are named, and releases them again', async () => {
  const { code, out } = await tenant.cbc(['device', 'quarantine', '11412673', 'WIN-FIN-*', 'win-hr-01', '--yes', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual([
    { action: 'quarantine', id: 11412673, name: 'WIN-FIN-01' },
    { action: 'quarantine', id: 11412674, name: 'WIN-FIN-02' },
    { action: 'quarantine', id: 11412690, name: 'WIN-HR-01' },
  ])
  expect(await cutOff()).toEqual(['WIN-FIN-01', 'WIN-FIN-02', 'WIN-HR-01'])
  expect((await tenant.cbc(['device', 'unquarantine', 'WIN-FIN-01,WIN-HR-01', '-y', '--json'])).code).toBe(0)
  expect(await cutOff()).toEqual(['WIN-FIN-02'])
})

it("says what it would do when nobody can be asked, with the device's name when only an id was typed", async () => {
  const { code, err } = await tenant.cbc(['device', 'quarantine', '11412673'])
  expect({ code, err }).toEqual({
    code: 8,
    err: 'cbc: quarantine: refused, because nobody is there to confirm: quarantine WIN-FIN-01 (11412673)\nhint: add --yes if that is what you want\n',
  })
  expect(await cutOff()).toEqual([])
})

it('finds out what happened when the answer was lost', async () => {
  let orders = 0
  const lose = (carryOut: boolean) =>
    tenant.between(service => async request => {
      if (request.url.pathname !== ACTIONS) return await service(request)
      orders += 1
      if (carryOut) await service(request)
      throw new Error('connection reset')
    })
  lose(true)
  expect(await tenant.cbc(['device', 'quarantine', 'WIN-FIN-01', '--yes'])).toMatchObject({ code: 0 })
  expect(orders).toBe(1)
  lose(false)
  const { code, err } = await tenant.cbc(['device', 'quarantine', 'WIN-FIN-02', '--yes', '--json'])
  expect(code).toBe(9)
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'unknown_outcome' } })
})
