import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Transport } from '../../../src/core/ports.ts'
import { openTenant, type Tenant } from '../../support/tenant.ts'

const MIB = 1024 * 1024

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
})
afterAll(() => tenant.close())

it.each(['out.bin', '-'])(
  'file download stops when the content exceeds the size that the service announced, and leaves nothing: to %s',
  async local => {
    let sent = 0
    const forever = async function* () {
      for (; sent < 100 * MIB; sent += MIB) yield new Uint8Array(MIB)
    }
    const endless =
      (service: Transport): Transport =>
      async request =>
        request.url.pathname.endsWith('/content')
          ? { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: forever() }
          : await service(request)
    tenant.between(endless)
    const { code, out, err } = await tenant.cbc(['lr', 'file', 'download', 'WIN-FIN-01', 'FILE-ID', local])
    expect({ code, out, sent: sent <= MIB }).toEqual({ code: 9, out: '', sent: true })
    expect(err).toMatch(/download README\.md: the service's answer does not end/)
    expect(existsSync('out.bin')).toBe(false)
    expect(readdirSync('.').filter(name => name.endsWith('.part'))).toEqual([])
  },
)
