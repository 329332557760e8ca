import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  DeviceControl,
  type Approval,
  type ApprovalFields,
  type ExportFormat,
  type UsbFacetSearch,
  type UsbSearch,
} from '../../src/api/device-control.ts'
import type { Http } from '../../src/api/http.ts'
import { Jobs } from '../../src/api/jobs.ts'
import { Policies } from '../../src/api/policies.ts'
import { scripted } from '../support/server.ts'
import { answering, client, collect, failure } from './support.ts'

/** One example of the Device Control document. */
interface Example {
  call: string
  line: number
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown }
  response: { status: number; body?: Record<string, unknown> }
}

const ORG = 'ABCD1234'
const FOLDER = new URL('../fixtures/device-control/', import.meta.url)
const examples = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Example[]

/** Makes the call that the example prints. */
async function make(usb: DeviceControl, { call, request: { path, body } }: Example): Promise<unknown> {
  const [kind = '', id = ''] = path.slice(path.indexOf(ORG) + ORG.length + 1).split('/')
  switch (call) {
    case 'Bulk Create Approvals':
      return await usb.createApprovals(body as ApprovalFields[])
    case 'Get Approval by ID':
      return await usb.getApproval(id)
    case 'Search Approvals':
      return await usb.searchApprovals(body as UsbSearch)
    case 'Update Approval':
      return await usb.updateApproval(id, body as Approval)
    case 'Delete Approval by ID':
      return await usb.deleteApproval(id)
    case 'Bulk Create Blocks':
      return await usb.createBlocks((body as { policy_id: string }[]).map(({ policy_id }) => policy_id))
    case 'Get Block by ID':
      return await usb.getBlock(id)
    case 'Get Blocks':
      return await usb.listBlocks()
    case 'Delete Block by ID':
      return await usb.deleteBlock(id)
    case 'Get USB Device by ID':
      return await usb.getDevice(id)
    case 'Get Endpoints associated with a USB device':
      return await usb.listEndpoints(id)
    case 'Search USB Devices':
      return await usb.searchDevices(body as UsbSearch)
    case 'Facet USB Devices':
      return await usb.facetDevices(body as UsbFacetSearch)
    case 'Get USB Device Vendors and Products Seen':
      return await usb.listProducts()
    default:
      throw new Error(`no call for ${call} of ${kind}`)
  }
}

describe.each(['approvals', 'blocks', 'devices', 'products'])('the Device Control document, %s', name => {
  it.each(examples(name))('line $line: $call', async example => {
    const {
      call,
      request: { method, path, body },
      response,
    } = example
    const server = await scripted([
      {
        method,
        path,
        body: body ?? '',
        response: { status: response.status, ...(response.body === undefined ? {} : { body: response.body }) },
      },
    ])
    const { http } = await client(server.url)
    const answer = await make(new DeviceControl(http, ORG), example)
    await server.done()
    // The printed list is the documented object; only searches also have a total.
    const printed = response.body
    expect(answer).toEqual(/^Search/.test(call) ? printed : (printed?.['results'] ?? printed?.['terms'] ?? printed))
  })
})

const over = (transport: ReturnType<typeof answering>['transport']) => client('https://service.example', { transport })
const usbOver = async (...answers: Parameters<typeof answering>) => {
  const { transport, requests } = answering(...answers)
  const { http } = await over(transport)
  return { usb: new DeviceControl(http, ORG), http, requests }
}
const answers = async (body: unknown) => (await usbOver({ text: JSON.stringify(body) })).usb

describe('the permissions that a 403 names', () => {
  const READ = 'external-device.manage READ'
  const CALLS: [string, string, (http: Http) => Promise<unknown>][] = [
    ...(
      [
        ['create approvals', 'external-device.manage CREATE', usb => usb.createApprovals([{}])],
        ['get approval 1', READ, usb => usb.getApproval('1')],
        ['search approvals', READ, usb => usb.searchApprovals({})],
        ['update approval 1', 'external-device.manage UPDATE', usb => usb.updateApproval('1', { id: '1' })],
        ['delete approval 1', 'external-device.manage DELETE', usb => usb.deleteApproval('1')],
        ['create blocks', 'org.policies UPDATE and external-device.enforce UPDATE', usb => usb.createBlocks(['1'])],
        ['get block 1', 'org.policies READ', usb => usb.getBlock('1')],
        ['list blocks', 'org.policies READ', usb => usb.listBlocks()],
        ['delete block 1', 'org.policies DELETE and external-device.enforce UPDATE', usb => usb.deleteBlock('1')],
        ['get USB device 1', READ, usb => usb.getDevice('1')],
        ['endpoints of USB device 1', READ, usb => usb.listEndpoints('1')],
        ['search USB devices', READ, usb => usb.searchDevices({})],
        ['facet USB devices', READ, usb => usb.facetDevices({ terms: { fields: ['status'] } })],
        ['list USB products', READ, usb => usb.listProducts()],
        ['export devices', READ, usb => usb.export('devices', {}, 'CSV')],
      ] as [string, string, (usb: DeviceControl) => Promise<unknown>][]
    ).map(([what, permission, call]): (typeof CALLS)[number] => [what, permission, http => call(new DeviceControl(http, ORG))]),
    ['list policies', 'org.policies READ', http => new Policies(http, ORG).summary()],
    ['get job 1', 'jobs.status READ', http => new Jobs(http, ORG).get('1')],
    ['progress of job 1', 'jobs.status READ', http => new Jobs(http, ORG).progress('1')],
    ['download job 1', 'jobs.status READ', http => new Jobs(http, ORG).download('1')],
  ]

  it.each(CALLS)('%s: %s', async (what, permission, call) => {
    const { http } = await usbOver({ status: 403 })
    const error = await failure(call(http))
    expect(error.message).toBe(`${what}: forbidden`)
    expect(error.facts.hint).toMatch(new RegExp(`needs the permissions? ${permission};`))
    expect(error.facts.hint).not.toContain('Live Response')
  })
})

describe('values in the forms that servers really send', () => {
  it('are accepted: numeric ids, a lower-case status, times since 1970', async () => {
    const device = await (
      await answers({ id: 774, status: 'approved', first_seen: 1603223222, last_seen: '2020-10-21T18:00:59Z' })
    ).getDevice('774')
    expect(device).toEqual({ id: '774', status: 'APPROVED', first_seen: '2020-10-20T19:47:02Z', last_seen: '2020-10-21T18:00:59Z' })
    expect(await (await answers({ job_id: 4805565 })).export('approvals', {}, 'JSON')).toBe('4805565')
  })

  it("keep an approval's microseconds, because it is written back as read", async () => {
    const printed = { id: '10373', created_at: '2020-11-05T23:51:56.396425Z', other: { a: 1 } }
    expect(await (await answers(printed)).getApproval('10373')).toEqual(printed)
  })

  it.each<[string, unknown, (usb: DeviceControl) => Promise<unknown>]>([
    ['an approval without an id', {}, usb => usb.getApproval('1')],
    ['a list of approvals that is not a list', { results: {} }, usb => usb.searchApprovals({})],
    ['a page with an invalid device', { results: [7], num_found: 1 }, usb => usb.searchDevices({})],
    ['facets without values', { terms: [{ field: 'status', values: 'x' }] }, usb => usb.facetDevices({ terms: { fields: ['status'] } })],
    ['products that are a string', { results: [{ vendor_id: '0x0781', products: 'x' }] }, usb => usb.listProducts()],
    ['a job without an id', {}, usb => usb.export('devices', {}, 'CSV')],
  ])('%s is rejected as a broken answer', async (_, body, call) => {
    expect(await failure(call(await answers(body)))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/the service's answer (is not|has no)/) as string,
    })
  })

  it('an impossible count is not believed', async () => {
    expect(await (await answers({ results: [{ id: '1' }], num_found: -3, num_available: 'many' })).searchApprovals({})).toMatchObject({
      num_found: 1,
      num_available: 1,
    })
  })
})

describe('an approval that a creation answers with', () => {
  const ASKED = [
    { vendor_id: '0x0781', product_id: '5581', serial_number: 'AB12' },
    { vendor_id: '0951', product_id: '', serial_number: '' },
  ] as unknown as ApprovalFields[]
  const made = async (found: Record<string, unknown>) => {
    const { transport } = answering({ text: JSON.stringify({ results: [{ id: '7', ...found }] }) })
    const { http } = await client('https://service.example', { transport })
    return await new DeviceControl(http, ORG).createApprovals(ASKED).then(
      ([one]) => one?.id,
      (error: Error) => error.message,
    )
  }

  it.each<[string, Record<string, unknown>]>([
    ['in other forms', { vendor_id: '781', product_id: '0x5581', serial_number: 'ab12' }],
    ['without fields', {}],
    ['with one of its fields', { serial_number: 'AB12' }],
    ['with empty fields', { vendor_id: '0x0951', product_id: '', serial_number: '' }],
  ])('is one of those that were asked for: %s', async (_, found) => expect(await made(found)).toBe('7'))

  it.each<[string, Record<string, unknown>]>([
    ['of another serial number', { vendor_id: '0781', product_id: '5581', serial_number: 'AB13' }],
    ['with one foreign field', { serial_number: 'AB13' }],
    ['of two of them', { vendor_id: '0951', product_id: '5581' }],
    ['for more devices than were asked for', { vendor_id: '0781', product_id: '', serial_number: '' }],
  ])('is not accepted if it is another one: %s', async (_, found) => {
    expect(await made(found)).toMatch(/the service's answer is about another approval/)
  })
})

describe('paging', () => {
  /** A service with `total` approvals, whose answers `behave` changes. */
  const paged = async (
    total: number,
    behave: (page: { start: number; rows: number; ids: number[] }) => {
      ids?: number[]
      num_found?: number
      num_available?: number
    } = () => ({}),
  ) => {
    const asked: { start: number; rows: number }[] = []
    const { http } = await client('https://service.example', {
      transport: async ({ body }) => {
        const { start, rows } = JSON.parse(Buffer.from(body as Uint8Array).toString()) as { start: number; rows: number }
        asked.push({ start, rows })
        if (asked.length > 50) throw new Error('it never ends')
        const ids = Array.from({ length: total }, (_, id) => id).slice(start, start + rows)
        const { ids: given = ids, num_found = total, num_available = num_found } = behave({ start, rows, ids })
        const text = JSON.stringify({ results: given.map(id => ({ id: String(id) })), num_found, num_available })
        return {
          status: 200,
          headers: {},
          body: (async function* () {
            yield Buffer.from(text)
          })(),
        }
      },
    })
    const got: string[] = []
    for await (const { id } of new DeviceControl(http, ORG).allApprovals({})) got.push(id)
    return { got: got.length, distinct: new Set(got).size, asked }
  }

  it('fetches everything, a thousand at a time', async () => {
    expect(await paged(2500)).toEqual({ got: 2500, distinct: 2500, asked: [0, 1000, 2000].map(start => ({ start, rows: 1000 })) })
    expect(await paged(0)).toMatchObject({ got: 0, asked: [{ start: 0 }] })
  })

  it('continues after pages that are shorter than requested', async () => {
    expect(await paged(2500, ({ ids }) => ({ ids: ids.slice(0, 700) }))).toMatchObject({ got: 2500, distinct: 2500 })
  })

  it.each([
    ['a total that is too small', () => ({ num_found: 10 })],
    ['a total of the page beside one of everything', ({ ids }: { ids: number[] }) => ({ num_found: ids.length, num_available: 2500 })],
    ['a total that is too large', () => ({ num_found: 99_999 })],
    ['a total that changes', ({ start }: { start: number }) => ({ num_found: start === 0 ? 2500 : 1 })],
  ])('survives %s', async (_what, behave) => {
    expect(await paged(2500, behave)).toMatchObject({ got: 2500, distinct: 2500 })
  })

  it('reports the true total when num_found counts only the page', async () => {
    const answer = JSON.stringify({ results: [{ id: '1' }], num_found: 1, num_available: 150 })
    const { http } = await client('https://service.example', {
      transport: async () => ({
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from(answer)
        })(),
      }),
    })
    expect(await new DeviceControl(http, ORG).searchDevices({ rows: 1 })).toMatchObject({ num_found: 150, num_available: 150 })
  })

  it('ends when pages repeat, and returns nothing twice', async () => {
    expect(await paged(99_999, ({ rows }) => ({ ids: Array.from({ length: rows }, (_, id) => id) }))).toMatchObject({
      got: 1000,
      distinct: 1000,
      asked: [{}, {}],
    })
    expect(await paged(2500, ({ ids }) => ({ ids: ids.map(id => Math.max(0, id - 1)) }))).toMatchObject({ got: 2499, distinct: 2499 })
  })

  it('does not request what the service says it does not return', async () => {
    const { got, asked } = await paged(25_000, () => ({ num_available: 10_000 }))
    expect([got, asked.length]).toEqual([10_000, 10])
  })
})

describe('a request', () => {
  it('encodes ids', async () => {
    const { usb, requests } = await usbOver({ status: 204 })
    await usb.deleteApproval('käse 5')
    expect(requests[0]?.url.pathname).toBe('/device_control/v3/orgs/ABCD1234/approvals/k%C3%A4se%205')
  })

  it.each([
    ['approvals', 'CSV'],
    ['devices', 'JSON'],
  ] as ['approvals' | 'devices', ExportFormat][])('for an export of %s asks for %s', async (what, format) => {
    const { usb, requests } = await usbOver({ text: '{"job_id":1}' })
    await usb.export(what, { criteria: { vendor_name: ['SanDisk'] } }, format)
    expect(requests[0]?.url.pathname).toBe(`/device_control/v3/orgs/ABCD1234/${what}/_export`)
    expect(JSON.parse(String(requests[0]?.body))).toEqual({ criteria: { vendor_name: ['SanDisk'] }, format })
  })

  it('gets a job by its id, and returns its file unchanged', async () => {
    const { http, requests } = await usbOver({ text: '{"id":7,"status":"completed"}' }, { text: '{"num_total":3}' }, { text: 'a,b\r\n' })
    const jobs = new Jobs(http, ORG)
    expect([await jobs.get('7'), await jobs.progress('7'), String(await collect((await jobs.download('7')).bytes))]).toEqual([
      { id: '7', status: 'COMPLETED' },
      { num_total: 3 },
      'a,b\r\n',
    ])
    expect(requests.map(({ url }) => url.pathname)).toEqual(
      ['', '/progress', '/download'].map(below => `/jobs/v1/orgs/ABCD1234/jobs/7${below}`),
    )
  })
})
