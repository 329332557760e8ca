import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answeringSome, losing, Organization } from './organization.ts'

const STICK = ['--vendor-id', '0x0781', '--product-id', '0x5581', '--serial-number', '4C531001331122115172']

describe('approval create', () => {
  it('says what it did, and does nothing the second time', async () => {
    const organization = new Organization()
    const create = () => organization.usb('approval', 'create', ...STICK, '--name', 'One', '--json')
    expect((await create()).json()).toEqual([
      expect.objectContaining({
        action: 'create',
        id: '10373',
        vendor_id: '0x0781',
        vendor_name: 'SanDisk',
        serial_number: '4C531001331122115172',
        approval_name: 'One',
      }),
    ])
    expect((await create()).json()).toMatchObject([{ action: 'unchanged', id: '10373' }])
    expect((await organization.usb('approval', 'create', ...STICK, '--json')).json()).toMatchObject([
      { action: 'unchanged', approval_name: 'One' },
    ])
    expect(organization.requests('POST', /_bulk$/)).toHaveLength(1)
  })

  it('does not change another name, and says which approval is in the way', async () => {
    const organization = new Organization()
    await organization.usb('approval', 'create', ...STICK, '--name', 'One')
    const { code, err } = await organization.usb('approval', 'create', ...STICK, '--name', 'Two')
    expect({ code, err }).toEqual({
      code: 5,
      err: 'cbc: create approval: another approval covers the same USB devices: 10373 "One": SanDisk (0x0781) Ultra (0x5581) 4C531001331122115172\nhint: change that one with `cbc usb approval update 10373`, or delete it\n',
    })
    expect(await organization.approvals()).toMatchObject([{ approval_name: 'One' }])
  })

  it('accepts hexadecimal ids in any notation, and sends the documented one', async () => {
    const organization = new Organization()
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 0xffff }),
        fc.constantFrom('', '0x', '0X'),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (id, prefix, upper, digits) => {
          const text = id.toString(16).padStart(digits, '0')
          const { code, out } = await organization.usb(
            'approval',
            'create',
            '--vendor-id',
            prefix + (upper ? text.toUpperCase() : text),
            '--dry-run',
            '--json',
          )
          expect({ code, plan: JSON.parse(out) as unknown }).toEqual({
            code: 0,
            plan: [{ name: 'create approval', vendor_id: `0x${id.toString(16).padStart(4, '0')}` }],
          })
        },
      ),
      { numRuns: 30 },
    )
    expect(await organization.approvals()).toEqual([])
  })

  it.each([
    ['no criterion', ['--name', 'x'], /would approve everything/],
    ['empty criteria', ['--vendor-id', '', '--serial-number', ''], /would approve everything/],
    ['a product without its vendor', ['--product-id', '5581'], /without its vendor_id/],
    ['a malformed id', ['--vendor-id', '0xGGGG'], /--vendor-id: "0xGGGG" is not a hexadecimal number/],
    ['an id of five digits', ['--vendor-id', '07811'], /is not a hexadecimal number/],
    ['a name that is too long', [...STICK, '--name', 'n'.repeat(151)], /approval_name has 151 characters; the maximum is 150/],
    ['long notes', [...STICK, '--notes', '😀'.repeat(501)], /notes has 501 characters; the maximum is 500/],
  ])('is refused before anything is sent: %s', async (_what, words, says) => {
    const organization = new Organization()
    const ran = await organization.usb('approval', 'create', ...words, '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 2,
      error: { code: 'usage', message: expect.stringMatching(says) as string },
    })
    expect(organization.sent).toEqual([])
  })

  it.each([
    [
      'a product without a serial number',
      ['--vendor-id', '154b', '--product-id', '007a'],
      'approve every USB device that is PNY (0x154b) Classic Attache (0x007a), whatever its serial number; 2 were seen',
    ],
    [
      'a serial number that many devices have',
      ['--vendor-id', '1b1c', '--product-id', '1a03', '--serial-number', '00000000'],
      'approve every USB device that is Corsair (0x1b1c) Voyager 3.0 (0x1a03) with the serial number 00000000, which many devices share',
    ],
    [
      'a serial number that several seen devices share',
      ['--vendor-id', '154b', '--product-id', '007a', '--serial-number', 'AC1200000000B32A'],
      'approve by a serial number that several USB devices share: 710 PNY Classic Attache USB Device, 824 ',
    ],
  ])('asks first if it would cover more than one device: %s', async (_what, words, what) => {
    const organization = new Organization()
    const { code, err } = await organization.usb('approval', 'create', ...words)
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining(what) as string })
    expect(await organization.approvals()).toEqual([])
    expect((await organization.usb('approval', 'create', ...words, '--yes', '--json')).json()).toMatchObject([{ action: 'create' }])
  })

  it.each([
    ['an empty one', ''],
    ['blanks', '   '],
    ['a text direction mark', '\u200e4C5310'],
    ['a zero-width space', '4C53\u200b10'],
    ['a soft hyphen', '4C\u00ad5310'],
    ['a trailing tab', '4C5310\t'],
  ])('refuses a serial number with invisible characters: %s', async (_what, serial) => {
    const organization = new Organization()
    expect(
      (await organization.usb('approval', 'create', '--vendor-id', '0781', '--product-id', '5581', '--serial-number', serial, '--yes'))
        .code,
    ).toBe(2)
    expect(organization.sent).toEqual([])
  })

  it('counts characters as a person does: 150 and 500 of two code units each are accepted', async () => {
    const organization = new Organization()
    const { code } = await organization.usb('approval', 'create', ...STICK, '--name', '😀'.repeat(150), '--notes', '😀'.repeat(500))
    expect(code).toBe(0)
    expect(await organization.approvals()).toMatchObject([{ notes: '😀'.repeat(500) }])
  })

  it('needs only the permission to create', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/_search$|\/products$/, 403, {})
    expect((await organization.usb('approval', 'create', ...STICK, '--name', 'One', '--json')).json()).toMatchObject([
      { action: 'create', id: '10373' },
    ])
    const broad = ['--vendor-id', '0781', '--product-id', '5581']
    expect(await organization.usb('approval', 'create', ...broad)).toMatchObject({
      code: 8,
      err: expect.stringContaining('approve every USB device that is 0x0781 0x5581, whatever its serial number\n') as string,
    })
    expect((await organization.usb('approval', 'create', ...broad, '--yes', '--json')).json()).toMatchObject([
      { action: 'create', id: '10374' },
    ])
  })

  it('finds out what happened when the answer was lost, and sends nothing twice', async () => {
    const organization = new Organization()
    organization.between = losing(({ url }) => url.pathname.endsWith('_bulk'))
    expect((await organization.usb('approval', 'create', ...STICK, '--json')).json()).toMatchObject([{ action: 'create', id: '10373' }])
    expect(organization.requests('POST', /_bulk$/)).toHaveLength(1)
    organization.between =
      () =>
      async ({ url }) => {
        throw new Error(`no way to ${url.pathname}`)
      }
    expect((await organization.usb('approval', 'create', '--vendor-id', '0951', '--json')).code).toBe(9)
  })

  it('says that the outcome is unknown when it cannot be found out', async () => {
    const organization = new Organization()
    organization.between = service => async request => {
      if (request.url.pathname.endsWith('_bulk')) throw new Error('socket hang up')
      return await service(request)
    }
    const ran = await organization.usb('approval', 'create', ...STICK, '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({ code: 9, error: { code: 'unknown_outcome' } })
  })
})

describe('approval update', () => {
  const prepared = async () => {
    const organization = new Organization()
    await organization.usb('approval', 'create', ...STICK, '--name', 'One', '--notes', 'first')
    return organization
  }

  it('changes what is given, and nothing else', async () => {
    const organization = await prepared()
    const [before] = await organization.approvals()
    const after = (await organization.usb('approval', 'update', '10373', '--notes', 'second', '--json')).json<Record<string, unknown>>()
    expect({ ...after, updated_at: before?.['updated_at'] }).toEqual({ ...before, updated_by: after['updated_by'], notes: 'second' })
    expect(
      (await organization.usb('approval', 'update', '10373', '--name', '', '--serial-number', '', '--yes', '--json')).json(),
    ).toMatchObject({ approval_name: '', serial_number: '', notes: 'second', vendor_id: '0x0781' })
  })

  it('asks first if the approval would then cover more than one device', async () => {
    const organization = await prepared()
    const { code, err } = await organization.usb('approval', 'update', '10373', '--serial-number', '')
    expect({ code, err }).toEqual({
      code: 8,
      err: expect.stringContaining(
        'change approval 10373 to approve every USB device that is SanDisk (0x0781) Ultra (0x5581), whatever its serial number; 1 was seen',
      ) as string,
    })
    expect(organization.requests('PUT', /./)).toEqual([])
  })

  it('needs only the permission to update when all fields are given, and otherwise writes nothing', async () => {
    const organization = await prepared()
    organization.between = service => request =>
      request.method === 'PUT' ? service(request) : answeringSome(/./, 403, {})(service)(request)
    const half = await organization.usb('approval', 'update', '10373', '--notes', 'second', '--json')
    expect({ code: half.code, error: half.error() }).toMatchObject({
      code: 3,
      error: { code: 'auth', hint: expect.stringMatching(/external-device\.manage READ.*; without it, give all of --vendor-id/) as string },
    })
    expect(organization.requests('PUT', /./)).toEqual([])
    const whole = ['--name', 'One', '--notes', 'second', ...STICK]
    expect((await organization.usb('approval', 'update', '10373', ...whole, '--json')).json()).toMatchObject({
      id: '10373',
      notes: 'second',
      approval_name: 'One',
    })
    expect(organization.requests('PUT', /./)).toMatchObject([{ body: { id: '10373', serial_number: '4C531001331122115172' } }])
  })

  it('sends back unknown fields of an approval unchanged', async () => {
    const organization = await prepared()
    const [before] = await organization.approvals()
    organization.between = service => request =>
      request.method === 'GET' ? answeringSome(/10373$/, 200, { ...before, scope: 'all' })(service)(request) : service(request)
    expect((await organization.usb('approval', 'get', '10373', '--json')).json()).toMatchObject({ id: '10373', scope: 'all' })
    await organization.usb('approval', 'update', '10373', '--notes', 'second')
    expect(organization.requests('PUT', /./)).toMatchObject([{ body: { scope: 'all', notes: 'second' } }])
  })

  it('writes nothing when nothing would change', async () => {
    const organization = await prepared()
    const { code, err, out } = await organization.usb('approval', 'update', '10373', '--name', 'One', '--json')
    expect({ code, err, name: (JSON.parse(out) as Record<string, unknown>)['approval_name'] }).toEqual({
      code: 0,
      err: 'cbc: approval 10373 already has these values\n',
      name: 'One',
    })
    expect(organization.requests('PUT', /./)).toEqual([])
  })

  it.each([
    ['nothing given', [], 0],
    ['notes that are too long', ['--notes', 'n'.repeat(501)], 0],
    ['no criterion left', ['--vendor-id', '', '--product-id', '', '--serial-number', ''], 1],
    ['a product without its vendor', ['--vendor-id', ''], 1],
  ])('is refused: %s', async (_what, words, reads) => {
    const organization = await prepared()
    organization.sent.length = 0
    const ran = await organization.usb('approval', 'update', '10373', ...words, '--json')
    expect({ code: ran.code, error: ran.error().code }).toEqual({ code: 2, error: 'usage' })
    expect(organization.sent).toHaveLength(reads)
  })

  it('says which approval is in the way', async () => {
    const organization = await prepared()
    await organization.usb('approval', 'create', '--vendor-id', '0x0951', '--name', 'All Kingston')
    await organization.usb('approval', 'create', '--vendor-id', '0x0781')
    const ran = await organization.usb('approval', 'update', '10375', '--vendor-id', '0951', '--json')
    expect({ code: ran.code, error: ran.error() }).toEqual({
      code: 5,
      error: {
        code: 'remote',
        http_status: 409,
        message: 'update approval 10375: another approval covers the same USB devices: 10374 "All Kingston": Kingston (0x0951)',
        hint: 'change that one with `cbc usb approval update 10374`, or delete it',
      },
    })
  })

  it('finds the approval in the way when a text search finds nothing', async () => {
    const organization = await prepared()
    await organization.usb('approval', 'create', '--vendor-id', '0x0951')
    organization.between = service => async request => {
      const { url, body } = request
      if (!url.pathname.endsWith('/_search') || !('query' in (JSON.parse(String(Buffer.from(body as Uint8Array))) as object)))
        return await service(request)
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from('{"results":[],"num_found":0}')
        })(),
      }
    }
    expect((await organization.usb('approval', 'update', '10374', ...STICK, '--json')).error().message).toContain('10373 "One"')
  })

  it('finds out what happened when the answer was lost', async () => {
    const organization = await prepared()
    organization.between = losing(({ method }) => method === 'PUT')
    expect((await organization.usb('approval', 'update', '10373', '--notes', 'second', '--json')).json()).toMatchObject({ notes: 'second' })
    expect(organization.requests('PUT', /./)).toHaveLength(1)
  })

  it('reports an unknown approval as "not found", and sends nothing for a malformed id', async () => {
    const organization = await prepared()
    expect((await organization.usb('approval', 'update', '1', '--name', 'x', '--json')).error()).toMatchObject({
      code: 'not_found',
      http_status: 404,
      hint: '`cbc usb approval list` shows what there is',
    })
    organization.sent.length = 0
    for (const words of [
      ['approval', 'update', '..', '--name', 'x'],
      ['approval', 'delete', '..'],
      ['approval', 'get', '10373/../x'],
      ['device', 'get', '%2e'],
      ['approve', ''],
      ['unapprove', '.'],
      ['device', 'endpoints', 'a b'],
    ]) {
      expect({ words, code: (await organization.usb(...words)).code }).toEqual({ words, code: 2 })
    }
    expect(organization.sent).toEqual([])
  })
})

describe('approval delete', () => {
  const prepared = async () => {
    const organization = new Organization()
    await organization.usb('approve', '774', '700', '701')
    return organization
  }

  it('does not ask about one approval', async () => {
    const organization = await prepared()
    expect((await organization.usb('approval', 'delete', '10373', '10373', '--json')).json()).toEqual({ id: '10373', deleted: true })
    expect((await organization.usb('approval', 'delete', '10373', '--json')).error()).toMatchObject({ code: 'not_found' })
    expect(await organization.approvals()).toHaveLength(2)
  })

  it('of several needs --yes, and shows a row for each', async () => {
    const organization = await prepared()
    const ids = ['10373', '1', '10375']
    expect(await organization.usb('approval', 'delete', ...ids)).toMatchObject({
      code: 8,
      err: expect.stringContaining('delete 3 approvals') as string,
    })
    expect(await organization.approvals()).toHaveLength(3)
    const planned = await organization.usb('approval', 'delete', ...ids, '--dry-run', '--json')
    expect([planned.code, planned.json()]).toEqual([0, ids.map(id => ({ name: 'delete approval', id }))])
    const done = await organization.usb('approval', 'delete', ...ids, '--yes', '--json')
    expect(done.code).toBe(7)
    expect(done.json()).toEqual([
      { id: '10373', deleted: true },
      { id: '1', error: expect.objectContaining({ code: 'not_found' }) as unknown },
      { id: '10375', deleted: true },
    ])
    expect(await organization.approvals()).toMatchObject([{ id: '10374' }])
  })
})

describe('approve', () => {
  it('approves seen devices individually, and skips those that are approved', async () => {
    const organization = new Organization()
    const { code, json } = await organization.usb('approve', '774', '700', '1', '--name', 'IT', '--notes', 'Ticket 4711', '--json')
    expect(code).toBe(7)
    expect(json()).toEqual([
      expect.objectContaining({
        usb_device_id: '774',
        action: 'create',
        id: '10373',
        serial_number: '4C531001331122115172',
        approval_name: 'IT',
        notes: 'Ticket 4711',
      }),
      expect.objectContaining({ usb_device_id: '700', action: 'create', id: '10374', approval_name: 'IT' }),
      { usb_device_id: '1', error: expect.objectContaining({ code: 'not_found' }) as unknown },
    ])
    expect((await organization.usb('device', 'get', '774', '--json')).json()).toMatchObject({ status: 'APPROVED' })
    organization.sent.length = 0
    expect((await organization.usb('approve', '774', '--name', 'another', '--json')).json()).toMatchObject([
      { action: 'unchanged', id: '10373', approval_name: 'IT' },
    ])
    expect(organization.requests('POST', /_bulk$/)).toEqual([])
  })

  it('skips a device that an approval of its vendor covers', async () => {
    const organization = new Organization()
    await organization.usb('approval', 'create', '--vendor-id', '0781', '--name', 'All SanDisk')
    expect((await organization.usb('approve', '774', '--json')).json()).toMatchObject([
      { action: 'unchanged', approval_name: 'All SanDisk' },
    ])
  })

  it.each([null, undefined, '', '   ', '\0\0\0\0', '\u200b\u00a0', '\t'])(
    'never approves a whole model: a device whose serial number is %j is refused',
    async serial_number => {
      const organization = new Organization()
      organization.between = answeringSome(/\/devices\/774$/, 200, { id: '774', vendor_id: '0x0781', product_id: '0x5581', serial_number })
      const ran = await organization.usb('approve', '774', '--yes', '--json')
      expect({ code: ran.code, error: ran.error() }).toMatchObject({
        code: 8,
        error: {
          code: 'refused',
          message:
            'approve 774: the service knows no serial number for it, so an approval would cover every USB device that is SanDisk (0x0781) Ultra (0x5581), whatever its serial number; 1 was seen',
          hint: 'if that is what you want: `cbc usb approval create --vendor-id 0x0781 --product-id 0x5581`',
        },
      })
      expect(organization.requests('POST', /_bulk$/)).toEqual([])
    },
  )

  it.each([
    ['vendor_id', 'vendor id', '*'],
    ['vendor_id', 'vendor id', null],
    ['product_id', 'product id', '$(touch x)'],
  ])('does not send an invalid %s', async (field, name, id) => {
    const organization = new Organization()
    organization.between = answeringSome(/\/devices\/774$/, 200, {
      id: '774',
      vendor_id: '0x0781',
      product_id: '0x5581',
      serial_number: 'S',
      [field]: id,
    })
    const { code, err } = await organization.usb('approve', '774', '--yes')
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining(`the service knows no ${name} for it`) as string })
    expect(err).not.toContain('touch')
    expect(organization.requests('POST', /_bulk$/)).toEqual([])
  })

  it.each(['00000000', '0', '0000-0000', 'FFFFFFFF', 'None', 'N/A', '0123456789ABCDEF', '6&2A9F1C04&0'])(
    'asks before it approves the serial number %j, which many devices have',
    async serial_number => {
      const organization = new Organization()
      organization.between = answeringSome(/\/devices\/774$/, 200, {
        id: '774',
        vendor_id: '0x0781',
        vendor_name: 'SanDisk',
        product_id: '0x5581',
        product_name: 'Ultra',
        serial_number,
      })
      const { code, err } = await organization.usb('approve', '774')
      expect({ code, err }).toEqual({
        code: 8,
        err: expect.stringContaining(
          `: 774 SanDisk (0x0781) Ultra (0x5581) ${serial_number} covers every other device with this serial number too`,
        ) as string,
      })
      expect(organization.requests('POST', /_bulk$/)).toEqual([])
      expect((await organization.usb('approve', '774', '--yes', '--json')).json()).toMatchObject([{ action: 'create', serial_number }])
    },
  )

  it('asks before it approves a serial number that several devices share, and names them', async () => {
    const organization = new Organization()
    const { code, err } = await organization.usb('approve', '774', '824')
    expect({ code, err }).toEqual({
      code: 8,
      err: expect.stringContaining('824 PNY (0x154b) Classic Attache (0x007a) AC1200000000B32A covers 710 too') as string,
    })
    expect(await organization.approvals()).toEqual([])
    expect((await organization.usb('approve', '774', '824', '--yes', '--json')).json()).toMatchObject([
      { action: 'create' },
      { action: 'create', serial_number: 'AC1200000000B32A' },
    ])
    expect((await organization.usb('device', 'get', '710', '--json')).json()).toMatchObject({ status: 'APPROVED' })
    expect(await organization.usb('unapprove', '710')).toMatchObject({
      code: 8,
      err: expect.stringContaining('it is still approved by approval 10374') as string,
    })
  })

  it('approves when the service has no search that could find others', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/devices\/_search$/, 404, {})
    expect((await organization.usb('approve', '774', '--json')).json()).toMatchObject([{ action: 'create' }])
  })

  it('does not accept an answer about the approval of another device', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/approvals\/_bulk$/, 200, {
      results: [{ id: '1', vendor_id: '0x1111', product_id: '0x2222', serial_number: 'STRANGER' }],
    })
    const ran = await organization.usb('approve', '774', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 9,
      error: { code: 'unknown_outcome', message: expect.stringContaining("the service's answer is about another approval") as string },
    })
  })

  it('plans all of them in a dry run', async () => {
    const organization = new Organization()
    const ran = await organization.usb('approve', '774', '700', '--dry-run', '--json')
    expect(ran.json()).toMatchObject([{ name: 'create approval', vendor_id: '0x0781', product_id: '0x5581' }, { name: 'create approval' }])
    expect(await organization.approvals()).toEqual([])
  })
})

describe('unapprove', () => {
  it('deletes the approval that covers only the device', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774', '700')
    expect((await organization.usb('unapprove', '774', '--json')).json()).toMatchObject([
      { usb_device_id: '774', action: 'delete', id: '10373' },
    ])
    expect((await organization.usb('unapprove', '774', '--json')).json()).toMatchObject([
      { usb_device_id: '774', action: 'unchanged', vendor_id: '0x0781' },
    ])
    expect(await organization.approvals()).toMatchObject([{ id: '10374' }])
  })

  it('says which of several approvals could not be deleted', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774')
    const body = (text: string) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        yield Buffer.from(text)
      })(),
    })
    organization.between = service => async request => {
      if (request.method === 'DELETE' && request.url.pathname.endsWith('/99')) return { ...body('{"message":"no"}'), status: 400 }
      const answer = await service(request)
      if (!request.url.pathname.endsWith('/approvals/_search')) return answer
      const parts: Uint8Array[] = []
      for await (const part of answer.body) parts.push(part)
      const found = JSON.parse(Buffer.concat(parts).toString()) as { results: object[] }
      return body(JSON.stringify({ ...found, num_found: 2, results: found.results.flatMap(one => [one, { ...one, id: '99' }]) }))
    }
    const { code, err } = await organization.usb('unapprove', '774')
    expect(code).not.toBe(0)
    expect(err).toContain('done before that: approval 10373 of USB device 774 was deleted')
  })

  it('leaves an approval of the whole vendor, and says so', async () => {
    const organization = new Organization()
    await organization.usb('approval', 'create', '--vendor-id', '0781', '--name', 'All')
    const refused = await organization.usb('unapprove', '774', '--yes', '--json')
    expect({ code: refused.code, error: refused.error() }).toEqual({
      code: 8,
      error: {
        code: 'refused',
        message:
          'unapprove 774: it is still approved by approval 10373 "All": SanDisk (0x0781), which covers every device that is SanDisk (0x0781)',
        hint: 'to remove it for all of them: `cbc usb approval delete 10373`',
      },
    })
    await organization.usb('approval', 'create', ...STICK)
    const half = await organization.usb('unapprove', '774', '--json')
    expect([half.code, half.json()]).toMatchObject([
      7,
      [
        { action: 'delete', id: '10374' },
        { usb_device_id: '774', error: { code: 'refused' } },
      ],
    ])
    expect(await organization.approvals()).toMatchObject([{ id: '10373' }])
  })

  it('never deletes an approval of another device, whatever a search returns', async () => {
    const organization = new Organization()
    await organization.usb('approve', '700')
    const all = { results: await organization.approvals(), num_found: 1 }
    organization.between = answeringSome(/\/approvals\/_search$/, 200, all)
    expect((await organization.usb('unapprove', '774', '--json')).json()).toMatchObject([{ action: 'unchanged' }])
  })

  it('of several devices asks first', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774', '700')
    expect(await organization.usb('unapprove', '774', '700')).toMatchObject({
      code: 8,
      err: expect.stringContaining('remove the approval of 2 USB devices') as string,
    })
    expect((await organization.usb('unapprove', '774', '700', '--dry-run', '--json')).json()).toMatchObject([
      { name: 'delete approval', id: '10373' },
      { id: '10374' },
    ])
    expect(await organization.approvals()).toHaveLength(2)
    expect((await organization.usb('unapprove', '774', '700', '--yes')).code).toBe(0)
    expect(await organization.approvals()).toEqual([])
  })
})
