import { afterEach, describe, expect, it } from 'vitest'
import { TestLab } from './support.ts'
import { ask, CONTROL, expectError, type Found, type Thing } from './usb-support.ts'

let test = new TestLab()
afterEach(async () => {
  await test.lab.close()
  test = new TestLab()
})

const block = async (...ids: unknown[]) =>
  (
    await ask<Found>(
      test,
      'POST',
      '/blocks/_bulk',
      ids.map(policy_id => ({ policy_id })),
    )
  ).results
const blocks = async () => (await ask<Found>(test, 'GET', '/blocks')).results

describe('blocks', () => {
  it('do not exist in a new lab', async () => {
    expect(await ask(test, 'GET', '/blocks')).toEqual({ results: [] })
  })

  it('are created for policies, one for each', async () => {
    const made = await block('6997287', 6997301)
    expect(made).toEqual([
      { created_at: '2021-10-29T08:55:03.535Z', id: 55, policy_id: '6997287', updated_at: '2021-10-29T08:55:03.535Z' },
      { created_at: '2021-10-29T08:55:03.535Z', id: 56, policy_id: '6997301', updated_at: '2021-10-29T08:55:03.535Z' },
    ])
    test.clock.advance(1000)
    expect(await block('6997301', '6997312', '6997312')).toMatchObject([
      { id: 56, created_at: made[1]?.['created_at'] },
      { id: 57 },
      { id: 57 },
    ])
    expect(await blocks()).toHaveLength(3)
    expect(await ask(test, 'GET', '/blocks/56')).toEqual(made[1])
  })

  it('are deleted once', async () => {
    await block('6997287', '6997301')
    expect((await test.send('DELETE', `${CONTROL}/blocks/55`)).status).toBe(204)
    expectError(await test.send('DELETE', `${CONTROL}/blocks/55`), 404, 'NotFound')
    expectError(await test.send('GET', `${CONTROL}/blocks/55`), 404, 'NotFound')
    expect((await blocks()).map(({ id }) => id)).toEqual([56])
    expect(await block('6997287')).toMatchObject([{ id: 57 }])
  })

  it.each<unknown>([
    [],
    {},
    'x',
    '',
    [{}],
    [null],
    ['6997287'],
    [{ policy_id: null }],
    [{ policy_id: [6997287] }],
    [{ policy_id: '1' }],
    [{ policy_id: 'Standard' }],
    [{ policy_id: '06997287' }],
    [{ policy_id: '6997301' }, { policy_id: '' }],
    [{ policy_id: 1.5 }],
  ])('are not created for %j', async body => {
    expectError(await test.send('POST', `${CONTROL}/blocks/_bulk`, body), 400, 'BadRequest')
    expect(await blocks()).toEqual([])
  })

  it.each(['1', 'x', '055', '55.0', '__proto__'])('do not exist under the id %s', async id => {
    await block('6997287')
    expectError(await test.send('GET', `${CONTROL}/blocks/${id}`), 404, 'NotFound')
  })
})

describe('what approved devices may do', () => {
  const approved = (allowed: unknown) => ({ windows: { approved_devices: allowed } })
  const put = (id: string, body: unknown) => test.send('PUT', `${CONTROL}/blocks/${id}`, body)

  it('comes with a new block, and is replaced as a whole by an update', async () => {
    const [made] = (await ask<Found>(test, 'POST', '/blocks/_bulk', [{ policy_id: '6997287', ...approved({ allow_write: true }) }])).results
    expect(made).toMatchObject(approved({ allow_write: true }))
    test.clock.advance(1000)
    const { body } = await put('55', { ...made, ...approved({ allow_execute: false }) })
    expect(body).toEqual({ ...made, ...approved({ allow_execute: false }), updated_at: '2021-10-29T08:55:04.535Z' })
    expect((await put('55', { policy_id: 6997287 })).body).not.toHaveProperty('windows')
  })

  it.each([
    [{}, 400],
    [{ policy_id: '6997301' }, 400],
    [{ policy_id: '6997287', policy_name: 'Standard' }, 400],
    [{ policy_id: '6997287', ...approved({}) }, 400],
    [{ policy_id: '6997287', ...approved({ allow_write: 'true' }) }, 400],
    [{ policy_id: '6997287', ...approved({ allow_write: true, allow_read: true }) }, 400],
    [{ policy_id: '6997287', windows: { approved_devices: { allow_write: true }, more: 1 } }, 400],
    [{ policy_id: '6997287', windows: null }, 400],
  ])('is not changed by %j', async (body, status) => {
    await block('6997287')
    expectError(await put('55', body), status, 'BadRequest')
    expect(await blocks()).toMatchObject([{ id: 55, created_at: '2021-10-29T08:55:03.535Z' }])
    expect((await blocks())[0]).not.toHaveProperty('windows')
  })

  it('of a block that does not exist is not changed', async () => {
    expectError(await put('55', { policy_id: '6997287' }), 404, 'NotFound')
  })
})

describe('the summary of policies', () => {
  it('names every policy that a device has, with the number of devices', async () => {
    const { body } = await test.send('GET', '/policyservice/v1/orgs/ABCD1234/policies/summary')
    const policies = body['policies'] as Thing[]
    expect(policies[0]).toEqual({
      id: 6997287,
      name: 'Standard',
      is_system: true,
      description: expect.any(String),
      priority_level: 'MEDIUM',
      num_devices: 8,
    })
    const { results } = (await test.send('POST', '/appservices/v6/orgs/ABCD1234/devices/_search', { rows: 100 })).body as unknown as Found
    for (const { id, name, num_devices } of policies) {
      const having = results.filter(device => device['policy_id'] === id)
      expect([having.length, ...new Set(having.map(device => device['policy_name']))]).toEqual(
        having.length === 0 ? [num_devices] : [num_devices, name],
      )
      expect(await block(id)).toHaveLength(1)
    }
    expect(policies.reduce((sum, policy) => sum + Number(policy['num_devices']), 0)).toBe(results.length)
  })
})
