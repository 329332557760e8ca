import { afterEach, describe, expect, it } from 'vitest'
import { ALL_PERMISSIONS, parsePermissions } from '../../../src/lab/cloud/access/permissions.ts'
import { COMMANDS, type CommandName } from '../../../src/lab/endpoint.ts'
import { ORG, TestLab } from './support.ts'
import { expectError } from './usb-support.ts'

const TOKEN = 'LIMITED/KEY'
const SESSION = `${ORG}/liveresponse/sessions/1234567:11412673`
const CONTROL = '/device_control/v3/orgs/ABCD1234'
const JOBS = '/jobs/v1/orgs/ABCD1234/jobs'
const READ_ALL = ['session', 'process', 'registry', 'file', 'memdump'].map(part => `org.liveresponse.${part} READ`)

/** Every call, and the permissions in its table. */
const CALLS: [call: string, needs: string[], body?: unknown][] = [
  [`POST ${ORG}/liveresponse/sessions`, ['org.liveresponse.session CREATE'], { device_id: 11412674 }],
  [`GET ${ORG}/liveresponse/sessions`, ['org.liveresponse.session READ']],
  [`GET ${SESSION}`, ['org.liveresponse.session READ']],
  [`GET ${SESSION}/keepalive`, ['org.liveresponse.session READ']],
  [`DELETE ${SESSION}`, ['org.liveresponse.session DELETE']],
  [`POST ${ORG}/liveresponse/kill`, ['org.liveresponse DELETE'], [11412674]],
  [`GET ${SESSION}/files`, ['org.liveresponse.file READ']],
  [`GET ${SESSION}/files/x`, ['org.liveresponse.file READ']],
  [`GET ${SESSION}/files/x/content`, ['org.liveresponse.file READ']],
  [`POST ${SESSION}/files`, ['org.liveresponse.file CREATE'], {}],
  [`DELETE ${SESSION}/files/x`, ['org.liveresponse.file DELETE']],
  [`GET ${SESSION}/commands`, READ_ALL],
  [`GET ${SESSION}/commands/0`, ['org.liveresponse.session READ']],
  [`POST ${ORG}/devices/_search`, ['device READ'], {}],
  [`GET ${ORG}/devices/11412673`, ['device READ']],
  [`POST ${ORG}/devices/_facet`, ['device READ'], { terms: { fields: ['os'] } }],
  [`GET ${ORG}/devices/_search/download?status=ALL`, ['device READ']],
  [
    `POST ${ORG}/device_actions`,
    ['device.quarantine EXECUTE'],
    { action_type: 'QUARANTINE', device_id: [11412673], options: { toggle: 'ON' } },
  ],
  ['GET /policyservice/v1/orgs/ABCD1234/policies/summary', ['org.policies READ']],
  [`POST ${CONTROL}/approvals/_bulk`, ['external-device.manage CREATE'], [{ vendor_id: '0x0781' }]],
  [`GET ${CONTROL}/approvals/10373`, ['external-device.manage READ']],
  [`POST ${CONTROL}/approvals/_search`, ['external-device.manage READ'], {}],
  [`POST ${CONTROL}/approvals/_export`, ['external-device.manage READ'], { format: 'CSV' }],
  [`PUT ${CONTROL}/approvals/10373`, ['external-device.manage UPDATE'], {}],
  [`DELETE ${CONTROL}/approvals/10373`, ['external-device.manage DELETE']],
  [`POST ${CONTROL}/blocks/_bulk`, ['org.policies UPDATE', 'external-device.enforce UPDATE'], [{ policy_id: '6997287' }]],
  [`GET ${CONTROL}/blocks`, ['org.policies READ']],
  [`GET ${CONTROL}/blocks/55`, ['org.policies READ']],
  [`DELETE ${CONTROL}/blocks/55`, ['org.policies DELETE', 'external-device.enforce UPDATE']],
  [`GET ${CONTROL}/devices/774`, ['external-device.manage READ']],
  [`GET ${CONTROL}/devices/774/endpoints`, ['external-device.manage READ']],
  [`POST ${CONTROL}/devices/_search`, ['external-device.manage READ'], {}],
  [`POST ${CONTROL}/devices/_facet`, ['external-device.manage READ'], { terms: { fields: ['status'] } }],
  [`POST ${CONTROL}/devices/_export`, ['external-device.manage READ'], { format: 'JSON' }],
  [`GET ${CONTROL}/products`, ['external-device.manage READ']],
  [`GET ${JOBS}`, ['jobs.status READ']],
  [`GET ${JOBS}/1`, ['jobs.status READ']],
  [`GET ${JOBS}/1/progress`, ['jobs.status READ']],
  [`GET ${JOBS}/1/download`, ['jobs.status READ']],
]

/** Every command, with a valid body and its "RBAC Permissions Required". */
const ISSUED: Record<CommandName, [body: object, needs: string]> = {
  'directory list': [{ path: 'C:\\' }, 'org.liveresponse.file READ'],
  'create directory': [{ path: 'C:\\x' }, 'org.liveresponse.file CREATE'],
  'delete file': [{ path: 'C:\\x' }, 'org.liveresponse.file DELETE'],
  'put file': [{ path: 'C:\\x', file_id: 'x' }, 'org.liveresponse.file CREATE'],
  'get file': [{ path: 'C:\\x' }, 'org.liveresponse.file READ'],
  memdump: [{ path: 'C:\\x' }, 'org.liveresponse.memdump READ'],
  'process list': [{}, 'org.liveresponse.process READ'],
  kill: [{ pid: 4 }, 'org.liveresponse.process DELETE'],
  'create process': [{ path: 'cmd.exe' }, 'org.liveresponse.process EXECUTE'],
  'reg enum key': [{ path: 'HKLM\\SOFTWARE' }, 'org.liveresponse.registry READ'],
  'reg query value': [{ path: 'HKLM\\SOFTWARE\\x' }, 'org.liveresponse.registry READ'],
  'reg create key': [{ path: 'HKLM\\SOFTWARE\\x' }, 'org.liveresponse.registry CREATE'],
  'reg delete key': [{ path: 'HKLM\\SOFTWARE\\x' }, 'org.liveresponse.registry DELETE'],
  'reg delete value': [{ path: 'HKLM\\SOFTWARE\\x' }, 'org.liveresponse.registry DELETE'],
  'reg set value': [{ path: 'HKLM\\SOFTWARE\\x', value_type: 'REG_SZ', value_data: 'x' }, 'org.liveresponse.registry UPDATE'],
}

const labs: TestLab[] = []
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

/** A lab with one object of each kind, and a key with these permissions. */
async function limited(
  permissions: readonly string[],
): Promise<{ test: TestLab; send: (call: string, body?: unknown) => ReturnType<TestLab['send']> }> {
  const test = new TestLab({ keys: [{ token: TOKEN, permissions }] })
  labs.push(test)
  await test.session()
  await test.send('POST', `${CONTROL}/approvals/_bulk`, [{ vendor_id: '0x0951' }])
  await test.send('POST', `${CONTROL}/blocks/_bulk`, [{ policy_id: '6997301' }])
  return {
    test,
    send: (call, body) => {
      const [method = '', path = ''] = call.split(' ')
      return test.send(method, path, body, { 'X-Auth-Token': TOKEN })
    },
  }
}

describe.each(CALLS)('%s', (call, needs, body) => {
  it(`is open to a key with ${needs.join(', ')} alone`, async () => {
    const { send } = await limited(needs)
    const { status, text } = await send(call, body)
    expect([200, 201, 204, 400, 404], text).toContain(status)
  })

  it.each(needs)('is closed to a key with all permissions but %s', async missing => {
    const { test, send } = await limited(ALL_PERMISSIONS.filter(permission => permission !== missing))
    const answer = await send(call, body)
    expectError(answer, 403, 'Forbidden')
    expect(answer.body['message']).toContain(missing)
    // Nothing was changed.
    expect((await test.send('GET', SESSION)).status).toBe(200)
    expect((await test.send('GET', `${CONTROL}/approvals/10373`)).status).toBe(200)
    expect((await test.send('GET', `${CONTROL}/blocks/55`)).status).toBe(200)
  })
})

describe.each(COMMANDS)('a command %s', name => {
  const [body] = ISSUED[name]
  const area = name.startsWith('reg ')
    ? 'registry'
    : name === 'memdump'
      ? 'memdump'
      : ['process list', 'kill', 'create process'].includes(name)
        ? 'process'
        : 'file'
  const cancelling = name === 'memdump' ? 'org.liveresponse.memdump READ' : `org.liveresponse.${area} DELETE`

  /** Reads and cancels the command with a key that has these permissions. */
  async function ask(permissions: readonly string[]) {
    const { test, send } = await limited(permissions)
    const { id: file_id } = await test.upload(SESSION, 'a.txt', 'x')
    await test.issue(SESSION, { name, ...body, ...(name === 'put file' ? { file_id } : {}) })
    return { status: await send(`GET ${SESSION}/commands/0`), cancelled: await send(`DELETE ${SESSION}/commands/0`) }
  }

  it('can be read with the read permission for its target, without those of other commands', async () => {
    expect((await ask(['org.liveresponse.session READ', `org.liveresponse.${area} READ`])).status).toMatchObject({
      status: 200,
      body: { name },
    })
    for (const missing of ['org.liveresponse.session READ', `org.liveresponse.${area} READ`]) {
      const { status } = await ask(ALL_PERMISSIONS.filter(permission => permission !== missing))
      expectError(status, 403, 'Forbidden')
      expect(status.body['message']).toContain(missing)
    }
  })

  it('can be cancelled with the delete permission for its target, without those of other commands', async () => {
    // The command has ended or is ending, so 400 means that the key has the permission.
    expect([200, 400]).toContain((await ask([cancelling])).cancelled.status)
    expectError((await ask(ALL_PERMISSIONS.filter(permission => permission !== cancelling))).cancelled, 403, 'Forbidden')
  })
})

describe('Issue Command', () => {
  it.each(COMMANDS)('%s needs its own permission and that of the session', async name => {
    const [body, needs] = ISSUED[name]
    const issue = async (permissions: readonly string[]) =>
      (await (await limited(permissions)).send(`POST ${SESSION}/commands`, { name, ...body })).status
    expect(await issue(['org.liveresponse.session READ', needs])).toBe(name === 'put file' ? 400 : 201)
    expect(await issue(ALL_PERMISSIONS.filter(permission => permission !== needs))).toBe(403)
    expect(await issue([needs])).toBe(403)
  })

  it('that is refused does not run the command', async () => {
    const { test, send } = await limited(['org.liveresponse.session READ'])
    expectError(await send(`POST ${SESSION}/commands`, { name: 'process list' }), 403, 'Forbidden')
    expect((await test.send('GET', SESSION)).body).toMatchObject({ current_command_index: 0 })
    expect(test.endpoints.ran).toEqual([])
  })
})

describe('permissions', () => {
  it('are read in every notation of the documents', () => {
    const wanted = ['org.liveresponse.file READ', 'org.liveresponse.file DELETE']
    for (const texts of [
      wanted,
      ['org.liveresponse.file READ, DELETE'],
      ['org.liveresponse.file - READ,DELETE'],
      ['_API.Live.Response:org.Liveresponse.File:read', 'org.liveresponse.file:delete'],
    ]) {
      expect(parsePermissions(texts)).toEqual(wanted)
    }
    expect(parsePermissions(ALL_PERMISSIONS)).toEqual(ALL_PERMISSIONS)
    expect(parsePermissions(['external-device.manage CREATE, READ'])).toEqual([
      'external-device.manage CREATE',
      'external-device.manage READ',
    ])
  })

  it.each([
    '',
    'READ',
    'org.liveresponse.file',
    'org.liveresponse.file EXECUTE',
    'org.liveresponse.files READ',
    'device READ WRITE',
    'device READ,',
  ])('that do not exist are refused: %j', text => {
    expect(() => parsePermissions([text])).toThrow(/unknown permission/)
    expect(() => new TestLab({ keys: [{ token: TOKEN, permissions: [text] }] })).toThrow(/unknown permission/)
  })

  it('are checked after the key and the organization', async () => {
    const { test, send } = await limited([])
    expectError(await send('GET /device_control/v3/orgs/OTHER/products'), 404, 'NotFound')
    expectError(await test.send('GET', `${CONTROL}/products`, undefined, { 'X-Auth-Token': 'wrong' }), 401, 'Unauthorized')
    expectError(await send(`GET ${CONTROL}/products`), 403, 'Forbidden')
  })
})
