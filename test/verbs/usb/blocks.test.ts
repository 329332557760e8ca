import { describe, expect, it } from 'vitest'
import { answeringSome, losing, Organization } from './organization.ts'

const SUMMARY = /policies\/summary$/
const policies = (...named: [id: number, name: string][]) =>
  answeringSome(SUMMARY, 200, { policies: named.map(([id, name]) => ({ id, name, num_devices: 3 })) })

describe('block create', () => {
  it('asks first: without a terminal it is refused, and nothing is done', async () => {
    const organization = new Organization()
    const { code, err } = await organization.usb('block', 'create', 'Standard')
    expect({ code, err }).toEqual({
      code: 8,
      err: 'cbc: block create: refused, because nobody is there to confirm: block USB devices that are not approved on the endpoints of Standard (6997287): Standard (6997287): 8 endpoints, 150 of the USB devices that were seen are not approved\nhint: add --yes if that is what you want\n',
    })
    expect(organization.requests('POST', /blocks/)).toEqual([])
  })

  it('blocks by id and by name in any case, each policy once, in one request', async () => {
    const organization = new Organization()
    const ran = await organization.usb('block', 'create', 'STANDARD', '6997301', '6997287', '--yes', '--json')
    expect(ran.json()).toEqual([
      {
        action: 'create',
        id: 55,
        policy_id: '6997287',
        policy_name: 'Standard',
        created_at: expect.any(String) as string,
        updated_at: expect.any(String) as string,
      },
      expect.objectContaining({ action: 'create', id: 56, policy_id: '6997301', policy_name: 'Servers' }),
    ])
    expect(organization.requests('POST', /_bulk$/)).toMatchObject([{ body: [{ policy_id: '6997287' }, { policy_id: '6997301' }] }])
  })

  it('by id needs only the permission to create', async () => {
    const organization = new Organization()
    organization.between = service => request =>
      request.method === 'GET' ? answeringSome(/./, 403, {})(service)(request) : service(request)
    expect((await organization.usb('block', 'create', '6997287', '--yes', '--json')).json()).toMatchObject([
      { action: 'create', id: 55, policy_id: '6997287', policy_name: null },
    ])
    expect((await organization.usb('block', 'create', 'Standard', '--yes', '--json')).error()).toMatchObject({ code: 'auth' })
  })

  it('keeps unknown fields of a block', async () => {
    const organization = new Organization()
    const windows = { approved_devices: { allow_write: true } }
    organization.between = answeringSome(/\/blocks$/, 200, { results: [{ id: 7, policy_id: '6997287', windows }] })
    expect((await organization.usb('block', 'list', '--json')).json()).toEqual([
      { id: 7, policy_id: '6997287', windows, policy_name: 'Standard' },
    ])
  })

  it('needs no confirmation when there is nothing to do', async () => {
    const organization = new Organization()
    await organization.usb('block', 'create', 'Standard', '--yes')
    expect((await organization.usb('block', 'create', 'Standard', '--json')).json()).toMatchObject([{ action: 'unchanged', id: 55 }])
    const mixed = await organization.usb('block', 'create', 'Standard', 'Servers', '--yes', '--json')
    expect(mixed.json()).toMatchObject([{ action: 'unchanged' }, { action: 'create', id: 56 }])
  })

  it('is planned in a dry run, and refused by --read-only', async () => {
    const organization = new Organization()
    expect((await organization.usb('block', 'create', 'Standard', '--dry-run', '--json')).json()).toEqual([
      { name: 'create blocks', policy_id: ['6997287'] },
    ])
    expect((await organization.usb('block', 'create', 'Standard', '--yes', '--read-only', '--json')).error().code).toBe('refused')
    expect((await organization.usb('block', 'list', '--json')).json()).toEqual([])
  })

  it.each([
    ['standart', 4, 'not_found', /did you mean "Standard"/],
    ['999', 4, 'not_found', /the policies are "Standard"/],
    ['kiosks', 4, 'not_found', /did you mean "Kiosks - no Live Response"/],
  ])('%s is not a policy: similar ones are suggested', async (typed, code, kind, hint) => {
    const ran = await new Organization().usb('block', 'create', typed, '--yes', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code,
      error: { code: kind, hint: expect.stringMatching(hint) as string },
    })
  })

  it('a name that several policies share is an error that lists them, unless one matches in case too', async () => {
    const organization = new Organization()
    organization.between = policies([6997287, 'Standard'], [6997301, 'STANDARD'], [6997312, 'Other'])
    const ran = await organization.usb('block', 'create', 'standard', '--yes', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 2,
      error: { message: '"standard" matches 2 policies: Standard (6997287), STANDARD (6997301)', hint: 'give the id' },
    })
    expect((await organization.usb('block', 'create', 'STANDARD', '--yes', '--json')).json()).toMatchObject([{ policy_id: '6997301' }])
  })

  it('works by id when policies may not be read', async () => {
    const organization = new Organization()
    organization.between = answeringSome(SUMMARY, 403, { message: 'forbidden' })
    expect((await organization.usb('block', 'create', '6997287', '--yes', '--json')).json()).toMatchObject([
      { action: 'create', policy_id: '6997287', policy_name: null },
    ])
    const byName = await organization.usb('block', 'create', 'Standard', '--yes', '--json')
    expect({ code: byName.code, error: byName.error() }).toMatchObject({
      code: 3,
      error: { hint: expect.stringContaining('org.policies READ') as string },
    })
    expect(await organization.usb('block', 'list', '--json')).toMatchObject({
      code: 0,
      err: expect.stringContaining("names of policies can't be shown") as string,
    })
  })

  it('finds out what happened when the answer was lost', async () => {
    const organization = new Organization()
    organization.between = losing(({ method, url }) => method === 'POST' && url.pathname.endsWith('/blocks/_bulk'))
    expect((await organization.usb('block', 'create', 'Standard', '--yes', '--json')).json()).toMatchObject([{ action: 'create', id: 55 }])
    expect(organization.requests('POST', /_bulk$/)).toHaveLength(1)
  })
})

describe('block list, get and delete', () => {
  const prepared = async () => {
    const organization = new Organization()
    await organization.usb('block', 'create', 'Standard', 'Servers', '--yes')
    return organization
  }

  it('show the names of policies', async () => {
    const organization = await prepared()
    expect((await organization.usb('blocks', 'list', '--json')).json()).toMatchObject([
      { id: 55, policy_id: '6997287', policy_name: 'Standard' },
      { id: 56, policy_name: 'Servers' },
    ])
    for (const typed of ['55', '6997287', 'standard'])
      expect((await organization.usb('block', 'get', typed, '--json')).json()).toMatchObject({ id: 55, policy_name: 'Standard' })
    expect(await organization.usb('block', 'get', '55', 'Executives', '--json')).toMatchObject({ code: 7 })
  })

  it.each([
    ['9', /Block 9 not found/],
    ['Executives', /does not block USB devices/],
    ['Nobody', /no such policy/],
  ])('report a missing block of %s', async (typed, says) => {
    const organization = await prepared()
    for (const verb of ['get', 'delete']) {
      const ran = await organization.usb('block', verb, typed, '--json')
      expect({ code: ran.code, error: ran.error() }).toMatchObject({ code: 4, error: { message: expect.stringMatching(says) as string } })
    }
  })

  it('delete one by id or name, and several after confirmation', async () => {
    const organization = await prepared()
    expect(await organization.usb('block', 'delete', 'Standard', 'Servers')).toMatchObject({ code: 8 })
    expect((await organization.usb('block', 'delete', '55', 'Standard', '--yes', '--json')).json()).toEqual({ id: 55, deleted: true })
    expect((await organization.usb('block', 'delete', 'servers', '--dry-run', '--json')).json()).toEqual([
      { name: 'delete block', id: 56, policy_id: '6997301' },
    ])
    await organization.usb('block', 'create', 'Standard', '--yes')
    expect((await organization.usb('block', 'delete', 'Standard', 'Servers', '--yes', '--json')).json()).toEqual([
      { id: 57, deleted: true },
      { id: 56, deleted: true },
    ])
    expect((await organization.usb('block', 'list', '--json')).json()).toEqual([])
  })
})

describe('what approved devices may do', () => {
  const ID = '6997287'
  const approved = (allowed: object) => ({ windows: { approved_devices: allowed } })
  const blocked = async (...more: string[]) => {
    const organization = new Organization()
    await organization.usb('block', 'create', 'Standard', ...more, '--yes')
    return organization
  }

  it('is sent with a new block only where it was asked for', async () => {
    expect((await blocked()).requests('POST', /_bulk$/)).toMatchObject([{ body: [{ policy_id: ID }] }])
    const limited = await blocked('--allow-write', '--no-allow-execute')
    expect(limited.requests('POST', /_bulk$/).map(({ body }) => body)).toEqual([
      [{ policy_id: ID, ...approved({ allow_write: true, allow_execute: false }) }],
    ])
    expect((await limited.usb('block', 'get', 'Standard', '--json')).json()).toMatchObject(
      approved({ allow_write: true, allow_execute: false }),
    )
  })

  it('is changed by the policy or the block, what was not asked for stays and is not made up', async () => {
    const organization = await blocked()
    expect((await organization.usb('block', 'update', 'standard', '--no-allow-write', '--json')).json()).toMatchObject({
      id: 55,
      policy_name: 'Standard',
      ...approved({ allow_write: false }),
    })
    await organization.usb('block', 'update', '55', '--allow-execute')
    expect(organization.requests('PUT', /./)).toMatchObject([
      { path: expect.stringMatching(/blocks\/55$/) as string, body: { policy_id: ID, ...approved({ allow_write: false }) } },
      { body: { policy_id: ID, ...approved({ allow_write: false, allow_execute: true }) } },
    ])
    expect(Object.keys(organization.requests('PUT', /./)[0]?.body as object).sort()).toEqual(['policy_id', 'windows'])
  })

  it('fields that nobody knows are kept, shown, and sent back as they were', async () => {
    const organization = await blocked()
    const block = {
      id: 55,
      policy_id: ID,
      mac: { approved_devices: { allow_mount: true } },
      windows: { mode: 'x', approved_devices: { allow_write: true, allow_eject: 1 } },
    }
    let put: unknown
    organization.between = service => async request => {
      if (!request.url.pathname.includes('/blocks')) return await service(request)
      if (request.method === 'PUT') put = JSON.parse(Buffer.from(request.body as Uint8Array).toString())
      const now = put === undefined ? block : { ...block, ...(put as object) }
      const answer = request.url.pathname.endsWith('/blocks') ? { results: [now] } : now
      return await answeringSome(/./, 200, answer)(service)(request)
    }
    const { out } = await organization.terminal(140, 'block', 'get', '55')
    expect(out).toContain('allow_mount')
    expect(out).toContain('allow_eject')
    await organization.usb('block', 'update', '55', '--no-allow-write')
    expect(put).toEqual({
      policy_id: ID,
      mac: block.mac,
      windows: { mode: 'x', approved_devices: { allow_write: false, allow_eject: 1 } },
    })
  })

  it('a table says it in words', async () => {
    const organization = await blocked('--allow-write', '--no-allow-execute')
    expect((await organization.terminal(120, 'block', 'list')).out).toContain('write, not execute')
  })

  it('that is so already is not sent, and one that a block has stays when it is created again, which is said', async () => {
    const organization = await blocked('--no-allow-write')
    expect((await organization.usb('block', 'update', 'Standard', '--no-allow-write')).err).toContain('already has these permissions')
    const again = await organization.usb('block', 'create', 'Standard', '--allow-write', '--json')
    expect(again.json()).toMatchObject([{ action: 'unchanged', ...approved({ allow_write: false }) }])
    expect(again.err).toContain(`cbc usb block update ${ID} --allow-write`)
    expect(organization.requests('PUT', /./)).toEqual([])
  })

  it('a service that ignores it, but answers that all is well, is found out', async () => {
    const organization = new Organization()
    organization.between = service => async request => {
      const isBlock = /\/blocks(\/_bulk|\/\d+)$/.test(request.url.pathname) && request.method !== 'GET'
      const { windows: _, ...body } = isBlock
        ? (JSON.parse(Buffer.from(request.body as Uint8Array).toString()) as { windows?: unknown })
        : {}
      if (!isBlock) return await service(request)
      const plain = request.method === 'POST' ? [{ policy_id: ID }] : body
      return await service({ ...request, body: Buffer.from(JSON.stringify(plain)) })
    }
    const created = await organization.usb('block', 'create', 'Standard', '--no-allow-write', '--yes', '--json')
    expect({ code: created.code, rows: created.json() }).toMatchObject({ code: 7, rows: [{ error: { code: 'remote' } }] })
    const updated = await organization.usb('block', 'update', 'Standard', '--no-allow-write', '--json')
    expect({ code: updated.code, error: updated.error() }).toMatchObject({
      code: 5,
      error: { message: expect.stringContaining('did not take --no-allow-write') as string },
    })
  })

  it('of several policies asks first, is planned in a dry run, and refused by --read-only', async () => {
    const organization = await blocked('Servers')
    const words = ['block', 'update', 'Standard', 'Servers', '--no-allow-execute']
    expect(await organization.usb(...words)).toMatchObject({
      code: 8,
      err: expect.stringMatching(/2 policies.*Standard.*Servers/) as string,
    })
    expect((await organization.usb(...words, '--yes', '--read-only', '--json')).error().code).toBe('refused')
    expect((await organization.usb('block', 'update', 'Standard', '--no-allow-execute', '--dry-run', '--json')).json()).toEqual([
      { name: 'update block', id: 55, policy_id: ID, ...approved({ allow_execute: false }) },
    ])
    expect(organization.requests('PUT', /./)).toEqual([])
    expect((await organization.usb(...words, '--yes', '--json')).json()).toMatchObject([{ id: 55 }, { id: 56 }])
  })

  it('finds out what happened when the answer was lost', async () => {
    const organization = await blocked()
    organization.between = losing(({ method }) => method === 'PUT')
    expect((await organization.usb('block', 'update', 'Standard', '--no-allow-write', '--json')).json()).toMatchObject(
      approved({ allow_write: false }),
    )
    expect(organization.requests('PUT', /./)).toHaveLength(1)
  })

  it.each([
    [['update', 'Standard'], /nothing to change was given/],
    [['update', 'Standard', '--allow-write', '--no-allow-write'], /exclude each other/],
    [['create', 'Standard', '--allow-execute', '--no-allow-execute', '--yes'], /exclude each other/],
  ])('is refused before anything is sent: block %s', async (words, message) => {
    const organization = new Organization()
    expect(await organization.usb('block', ...words)).toMatchObject({ code: 2, err: expect.stringMatching(message) as string })
    expect(organization.sent).toEqual([])
  })
})
