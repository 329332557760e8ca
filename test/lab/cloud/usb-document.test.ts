import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { TestLab } from './support.ts'

/** One example of the Device Control document. */
interface Example {
  call: string
  line: number
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown }
  response: { status: number; body?: Record<string, unknown> }
}

const FOLDER = new URL('../../fixtures/device-control/', import.meta.url)
const examples = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Example[]
const CONTROL = '/device_control/v3/orgs/ABCD1234'

const labs: TestLab[] = []
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

/** A new lab with what the example needs: an approval as printed, a block. */
async function labFor({ call, response }: Example): Promise<TestLab> {
  const test = new TestLab()
  labs.push(test)
  const needsApproval = [
    'Get Approval by ID',
    'Search Approvals',
    'Update Approval',
    'Delete Approval by ID',
    'Get USB Device by ID',
    'Search USB Devices',
  ]
  if (needsApproval.includes(call)) {
    const printed = [response.body?.['results'] ?? response.body].flat()[0] as Record<string, unknown> | undefined
    const { notes = '', approval_name = '' } = printed ?? {}
    const approval = { vendor_id: '0x0781', product_id: '0x5581', serial_number: '4C531001331122115172', notes, approval_name }
    expect((await test.send('POST', `${CONTROL}/approvals/_bulk`, [approval])).status).toBe(200)
  }
  if (call.includes('Block') && call !== 'Bulk Create Blocks')
    await test.send('POST', `${CONTROL}/blocks/_bulk`, [{ policy_id: '6997287' }])
  return test
}

/** Replaces times by their format, and removes the user, who is the caller's key. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) => {
    if (key === 'updated_by') return typeof member
    return typeof member === 'string' && /^\d{4}-\d\d-\d\dT/.test(member) ? member.replace(/\d/g, '9') : member
  })
}

/** Returns the names of all members in printed order. */
function memberNames(value: unknown): string[] {
  const names: string[] = []
  JSON.stringify(value, (key, member: unknown) => (names.push(key), member))
  return names
}

describe.each(['approvals', 'blocks', 'devices', 'products'])('the Device Control document, %s', name => {
  it.each(examples(name))('line $line: $call', async example => {
    const {
      request: { method, path, headers, body },
      response,
    } = example
    const test = await labFor(example)
    const answer = await test.send(method, path, body, headers)
    expect(answer.status).toBe(response.status)
    if (response.body === undefined) return expect(answer.text).toBe('')
    expect(answer.headers.get('content-type')).toBe('application/json')
    const printed = timeless(response.body)
    const said = timeless(restricted(answer.body, example))
    expect(said).toEqual(printed)
    expect(memberNames(said)).toEqual(memberNames(printed))
  })
})

/** The document's organization has seen devices of one vendor only, so the lab's answer is limited to that vendor. */
function restricted(body: Record<string, unknown>, { call, response }: Example): unknown {
  if (call === 'Facet USB Devices') {
    const [printed] = (response.body as { terms: { values: { name: string }[] }[] }).terms
    const names = printed?.values.map(value => value.name)
    const { terms } = body as { terms: { field: string; values: { name: string }[] }[] }
    return { terms: terms.map(({ field, values }) => ({ field, values: values.filter(({ name }) => names?.includes(name)) })) }
  }
  if (call !== 'Get USB Device Vendors and Products Seen') return body
  return { results: (body as { results: { vendor_name: string }[] }).results.filter(({ vendor_name }) => vendor_name === 'SanDisk') }
}

describe('the example device of the document', () => {
  it('was seen on its endpoints in the printed order and at the printed intervals', async () => {
    const test = new TestLab()
    labs.push(test)
    const printed = examples('devices')[1]?.response.body as { results: { first_seen: string; last_seen: string }[] }
    const { body } = await test.send('GET', `${CONTROL}/devices/774/endpoints`)
    const times = (results: { first_seen: string; last_seen: string }[]) =>
      results.flatMap(({ first_seen, last_seen }) => [Date.parse(first_seen), Date.parse(last_seen)])
    const [then, now] = [times(printed.results), times(body['results'] as typeof printed.results)]
    expect(now.map(time => time - (now[0] ?? 0))).toEqual(then.map(time => time - (then[0] ?? 0)))
  })

  it('has endpoints that device search lists as DEREGISTERED, and only when asked', async () => {
    const test = new TestLab()
    labs.push(test)
    const devices = '/appservices/v6/orgs/ABCD1234/devices'
    expect((await test.send('GET', `${devices}/7590378`)).body).toMatchObject({
      name: 'DESKTOP-IL2ON7C',
      policy_id: 6997287,
      status: 'DEREGISTERED',
    })
    const found = async (body: unknown) => (await test.send('POST', `${devices}/_search`, body)).body['num_found']
    expect(await found({ query: 'name:DESKTOP-IL2ON7C' })).toBe(0)
    expect(await found({ query: 'name:DESKTOP-IL2ON7C', criteria: { status: ['DEREGISTERED'] } })).toBe(2)
    expect(await found({ criteria: { id: [7579317] } })).toBe(1)
    expect((await test.send('POST', '/appservices/v6/orgs/ABCD1234/liveresponse/sessions', { device_id: 7590378 })).status).toBe(404)
  })
})
