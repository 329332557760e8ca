import { describe, expect, it } from 'vitest'
import { answeringSome, Organization, type Row } from './organization.ts'

const shown = (out: string) => out.replace(/\u001b\[[\d;]+m/g, '')
const widest = (out: string) =>
  Math.max(
    ...shown(out)
      .split('\n')
      .map(line => [...line].length),
  )

describe('device list', () => {
  it('shows 50, and the total number', async () => {
    const organization = new Organization()
    const { code, err, json } = await organization.usb('device', 'list', '--json')
    expect({ code, rows: json().length }).toEqual({ code: 0, rows: 50 })
    expect(JSON.parse(err)).toEqual({
      totals: {
        shown: 50,
        num_found: 150,
        num_available: 150,
        start: 0,
        message: '50 of 150; --start 50 shows the next ones, --all shows all',
      },
    })
    expect(organization.requests('POST', /_search$/)).toMatchObject([
      { body: { start: 0, rows: 50, sort: [{ field: 'last_seen', order: 'desc' }] } },
    ])
    const times = json().map(row => String(row['last_seen']))
    expect(times).toEqual([...times].sort().reverse())
  })

  it.each([
    [['--limit', '7'], 7, 'cbc: 7 of 150; --start 7 shows the next ones, --all shows all\n'],
    [['--all'], 150, ''],
    [['--limit', '1000'], 150, ''],
    [['--start', '145'], 5, 'cbc: 5 of 150; the rows before were skipped\n'],
    [['--start', '120', '--all'], 30, 'cbc: 30 of 150; the rows before were skipped\n'],
    [['--start', '10', '--limit', '20'], 20, 'cbc: 20 of 150; --start 30 shows the next ones, --all shows all\n'],
    [['--limit', '7', '--quiet'], 7, ''],
  ])('says when the list is incomplete: %j', async (words, rows, said) => {
    const { err, out } = await new Organization().usb('device', 'list', ...words)
    expect([err, out.trimEnd().split('\n').length - 1]).toEqual([said, rows])
  })

  it('continues a list with --start, without duplicates or gaps', async () => {
    const organization = new Organization()
    const ids = async (...words: string[]) => (await organization.usb('device', 'list', ...words, '--json')).json().map(row => row['id'])
    expect([...(await ids('--limit', '70')), ...(await ids('--start', '70', '--limit', '80'))]).toEqual(await ids('--all'))
  })

  it('filters by everything that the service supports', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774')
    organization.sent.length = 0
    const words = [
      '--status',
      'Approved',
      '--vendor',
      'SanDisk',
      '--vendor',
      'Kingston',
      '--product',
      'Ultra',
      '--serial',
      '4C531001331122115172',
      '--endpoint',
      'DESKTOP-IL2ON7C',
      '--query',
      'ultra',
      '--sort',
      'vendor:desc',
      '--sort',
      'serial',
      '--limit',
      '3',
    ]
    expect((await organization.usb('device', 'list', ...words, '--json')).json()).toMatchObject([{ id: '774' }])
    expect(organization.requests('POST', /devices\/_search$/)[0]?.body).toEqual({
      criteria: {
        'endpoint.endpoint_name': ['DESKTOP-IL2ON7C'],
        product_name: ['Ultra'],
        serial_number: ['4C531001331122115172'],
        status: ['APPROVED'],
        vendor_name: ['SanDisk', 'Kingston'],
      },
      query: 'ultra',
      sort: [
        { field: 'vendor_name', order: 'desc' },
        { field: 'serial_number', order: 'asc' },
      ],
      start: 0,
      rows: 3,
    })
  })

  it.each([['list'], ['export'], ['facet']])('device %s: --status may repeat, and no value is lost', async verb => {
    const organization = new Organization()
    expect((await organization.usb('device', verb, '--status', 'approved', '--status', 'unapproved', '--json')).code).toBe(0)
    expect(organization.requests('POST', /devices\/_(search|facet)$/)[0]?.body).toMatchObject({
      criteria: { status: ['APPROVED', 'UNAPPROVED'] },
    })
  })

  it('refuses a second --query, because one search takes only one', async () => {
    const organization = new Organization()
    expect(await organization.usb('device', 'list', '--query', 'a', '--query', 'b')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--query can be given only once') as string,
    })
    expect(organization.sent).toEqual([])
  })

  it.each([
    ['sandisk', 'cbc: --vendor sandisk: did you mean "SanDisk"?\n'],
    ['Kingstn', 'cbc: --vendor Kingstn: did you mean "Kingston"?\n'],
    ['0781', 'cbc: --vendor 0781: did you mean "SanDisk"?\n'],
    ['Xyzzy', 'cbc: --vendor Xyzzy: no device with this name was seen\n'],
  ])('suggests a vendor for --vendor %s', async (name, err) => {
    expect(await new Organization().usb('device', 'list', '--vendor', name, '--json')).toMatchObject({ code: 0, out: '[]\n', err })
  })

  it('is just as empty when the suggestion fails', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/\/products$/, 403, {})
    expect(await organization.usb('approval', 'list', '--vendor', 'x', '--json')).toMatchObject({ code: 0, out: '[]\n', err: '' })
  })

  it('says when the service returns less than it found', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/devices\/_search$/, 200, { results: [{ id: '1' }], num_found: 20_000, num_available: 1 })
    expect(await organization.usb('device', 'list', '--all', '--json')).toMatchObject({
      code: 0,
      err: expect.stringContaining('1 of 20,000; the service returns no more than 1: narrow the search, or use export --job') as string,
    })
    expect(await organization.usb('device', 'export', '-', '-o', 'csv')).toMatchObject({
      code: 0,
      err: expect.stringContaining('cbc: 1 of 20,000; ') as string,
    })
  })

  it.each([
    [['--sort', 'id'], '--sort'],
    [['--sort', 'last_seen:up'], '--sort'],
    [['--sort', 'last_seen:asc:desc'], '--sort'],
    [['--status', 'maybe'], '--status'],
    [['--limit', '0'], '--limit'],
    [['--all', '--limit', '3'], '--all'],
  ])('%j is refused', async (words, names) => {
    const organization = new Organization()
    const ran = await organization.usb('device', 'list', ...words, '--json')
    expect({ code: ran.code, error: ran.error().message }).toEqual({ code: 2, error: expect.stringContaining(names) as string })
    expect(organization.sent).toEqual([])
  })

  it('names the missing permission', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/devices\/_search$/, 403, {})
    const ran = await organization.usb('device', 'list', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 3,
      error: { code: 'auth', hint: expect.stringContaining('external-device.manage READ') as string },
    })
  })
})

describe('on a terminal', () => {
  it('a status is a coloured mark in the first column', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774')
    const { out } = await organization.terminal(120, 'device', 'list', '--vendor', 'SanDisk')
    expect(shown(out).split('\n')[0]).toMatch(/^status /)
    expect(out).toMatch(/^\u001b\[38;5;28m✓ APPROVED\u001b\[39m +774 /m)
    expect(out.match(/^\u001b\[38;5;160m✗ UNAPPROVED\u001b\[39m /gm)).toHaveLength(4)
    expect((await organization.terminal(80, 'device', 'get', '774')).out).toMatch(/✓ APPROVED/)
    expect((await organization.usb('device', 'list', '--vendor', 'SanDisk')).out).toMatch(/^APPROVED\t774\t/m)
  })

  it.each([
    [80, ['device', 'list', '--vendor', 'SanDisk']],
    [120, ['device', 'list', '--all']],
    [80, ['approval', 'list']],
    [80, ['block', 'list']],
    [80, ['device', 'endpoints', '774']],
    [80, ['approve', '774', '700']],
    [80, ['unapprove', '774']],
    [80, ['approval', 'create', '--vendor-id', '0781', '--product-id', '5581', '--serial-number', '4C531001331122115172']],
  ])('at %i columns %j fits, and no id is cut', async (columns, words) => {
    const organization = new Organization()
    await organization.usb(
      'approve',
      '774',
      '--name',
      'A name that goes on and on',
      '--notes',
      'Notes that are longer than anybody wants to read in a table',
    )
    await organization.usb('block', 'create', 'Standard', '--yes')
    const piped = await organization.usb(...words, '--json', ...(words[0] === 'unapprove' ? ['--dry-run'] : []))
    const { out, code } = await organization.terminal(columns, ...words)
    expect(code).toBe(0)
    expect(widest(out)).toBeLessThanOrEqual(columns)
    for (const row of piped.json())
      for (const key of ['id', 'serial_number', 'policy_id', 'endpoint_id'])
        if (row[key] != null && !(key === 'id' && words[1] === 'endpoints')) expect(shown(out)).toContain(String(row[key]))
  })

  it('facets have bars if there is room', async () => {
    const organization = new Organization()
    for (const columns of [60, 80]) {
      const { out } = await organization.terminal(columns, 'device', 'facet', '--by', 'vendor')
      const lengths = shown(out)
        .split('\n')
        .slice(1, -1)
        .map(line => /█*[▏▎▍▌▋▊▉]?$/.exec(line)?.[0].length ?? 0)
      expect(widest(out)).toBeLessThanOrEqual(columns)
      expect(Math.min(...lengths)).toBeGreaterThan(0)
      expect(lengths).toEqual([...lengths].sort((a, b) => b - a))
    }
  })

  it('products are shown as a tree below their vendors', async () => {
    const { out } = await new Organization().terminal(80, 'product', 'list')
    expect(out).toContain(
      '0x0781  SanDisk  5 devices\n├── 0x5406  U3 Cruzer Micro  1 device\n├── 0x5575  Cruzer Glide  1 device\n├── 0x5581  Ultra  1 device\n├── 0x5595  Ultra USB 3.0  1 device\n└── 0x5599  Cruzer Dial  1 device\n',
    )
  })
})

describe('facets and products without a terminal', () => {
  it('prints facets as in the API for JSON, one value per line otherwise', async () => {
    const organization = new Organization()
    const facets = (await organization.usb('device', 'facet', '--json')).json<{ field: string; values: Row[] }[]>()
    expect(facets.map(({ field }) => field)).toEqual(['status', 'vendor_name'])
    expect(facets[0]).toEqual({ field: 'status', values: [{ id: 'UNAPPROVED', name: 'UNAPPROVED', total: 150 }] })
    const top = await organization.usb(
      'device',
      'facet',
      '--by',
      'endpoint',
      '--by',
      'endpoint.endpoint_name',
      '--status',
      'unapproved',
      '--limit',
      '2',
      '-o',
      'csv',
    )
    expect(top.out.split('\r\n')).toEqual([
      'field,name,total',
      expect.stringMatching(/^endpoint\.endpoint_name,/),
      expect.stringMatching(/^endpoint/),
      '',
    ])
    expect(organization.sent.at(-1)?.body).toEqual({
      criteria: { status: ['UNAPPROVED'] },
      terms: { fields: ['endpoint.endpoint_name'], rows: 3 },
    })
    expect(top.err).toBe('cbc: endpoint.endpoint_name: only the first 2 are shown; there are more\n')
    expect((await organization.usb('device', 'facet', '--by', 'status', '--limit', '2')).err).toBe('')
    expect((await organization.usb('device', 'facet', '--by', 'serial')).code).toBe(2)
  })

  it('prints products as rows in CSV, and vendors with their products in JSON', async () => {
    const organization = new Organization()
    const vendors = (await organization.usb('product', 'list', '--json')).json<{ vendor_name: string; products: Row[] }[]>()
    const [heading, ...rows] = (await organization.usb('product', 'list', '-o', 'csv')).out.trimEnd().split('\r\n')
    expect(heading).toBe('vendor_id,vendor_name,product_id,product_name,devices_count')
    expect(rows).toHaveLength(vendors.reduce((sum, { products }) => sum + products.length, 0))
    expect(rows).toContain('0x0781,SanDisk,0x5581,Ultra,1')
    expect((await organization.usb('product', 'list')).out.split('\n')).toHaveLength(rows.length + 2)
  })
})

describe('an approval that the service wrongly returns for a USB device', () => {
  it.each([
    ['names no device at all', {}],
    ['has another vendor', { vendor_id: '0x0951' }],
    ['has another serial number', { vendor_id: '0x0781', product_id: '0x5581', serial_number: '1' }],
  ])('does not keep the device from being approved: it %s', async (_, fields) => {
    const organization = new Organization()
    organization.between = answeringSome(/approvals\/_search$/, 200, {
      results: [{ id: '9', approval_name: 'Theirs', ...fields }],
      num_found: 1,
    })
    expect((await organization.usb('approve', '774', '--json')).json()).toMatchObject([{ usb_device_id: '774', action: 'create' }])
  })
})
