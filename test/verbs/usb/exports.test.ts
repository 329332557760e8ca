import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { answeringSome, Organization, type Row } from './organization.ts'

const folder = testFolder
const JOB = /\/jobs\/\d+$/

describe('a USB export', () => {
  it('is CSV with all fields, importable ones first', async () => {
    const organization = new Organization()
    await organization.usb('approve', '774', '--name', '=cmd()', '--notes', 'two\nlines, "quoted"')
    const { out } = await organization.usb('approval', 'export')
    expect(out).toMatch(
      /^vendor_id,product_id,serial_number,approval_name,notes,id,vendor_name,product_name,created_at,updated_at,updated_by\r\n0x0781,0x5581,4C531001331122115172,'=cmd\(\),"two\nlines, ""quoted""",10373,SanDisk,Ultra,/,
    )
    expect((await organization.usb('approval', 'export', '-')).out).toBe(out)
    expect((await organization.terminal(80, 'approval', 'export')).out).toContain('vendor_id,product_id')
  })

  it('that is incomplete says so, in the output format rather than in that of the file', async () => {
    const organization = new Organization()
    organization.between = answeringSome(/devices\/_search$/, 200, { results: [{ id: '1' }], num_found: 20_000, num_available: 1 })
    const home = folder()
    expect(await organization.usb('device', 'export', join(home, 'a.json'))).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^cbc: 1 of 20,000; the service returns no more than 1/) as string,
    })
    expect(JSON.parse((await organization.usb('device', 'export', join(home, 'a.csv'), '--json')).err)).toMatchObject({
      totals: { shown: 1, num_found: 20_000, num_available: 1 },
    })
  })

  it('contains all pages, in the format that is asked for', async () => {
    const organization = new Organization()
    const { results } = { results: (await organization.usb('device', 'list', '--all', '--json')).json() }
    expect((await organization.usb('device', 'export', '--json')).json()).toEqual(results)
    expect(
      (await organization.usb('device', 'export', '-o', 'ndjson')).out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as Row),
    ).toEqual(results)
    const [heading, ...rows] = (await organization.usb('device', 'export', '--status', 'unapproved', '--vendor', 'SanDisk')).out
      .trimEnd()
      .split('\r\n')
    expect([heading, rows.length]).toEqual([
      'id,first_seen,last_seen,vendor_name,vendor_id,product_name,product_id,serial_number,last_endpoint_name,last_endpoint_id,last_policy_id,endpoint_count,device_friendly_name,device_name,created_at,updated_at,status',
      5,
    ])
  })

  it.each([
    ['a.csv', []],
    ['a.json', []],
    ['a.ndjson', []],
    ['a', ['-o', 'csv']],
    ['a.csv', ['--json']],
    ['a.txt', []],
  ])('to %s %j writes a file, and stdout says what was written', async (name, words) => {
    const organization = new Organization()
    const path = join(folder(), name)
    const { code, out } = await organization.usb('device', 'export', path, ...words)
    const bytes = readFileSync(path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(code).toBe(0)
    for (const part of [path, '150', String(bytes.length), sha256]) expect(out).toContain(part)
    if (words.includes('--json')) expect(JSON.parse(out)).toEqual({ local_path: path, rows: 150, size: bytes.length, sha256 })
    const rows = (await organization.usb('device', 'list', '--all', '--json')).json()
    if (name.endsWith('.json')) expect(JSON.parse(bytes.toString())).toEqual(rows)
    else if (name.endsWith('.ndjson'))
      expect(
        bytes
          .toString()
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line) as Row),
      ).toEqual(rows)
    else expect(bytes.toString().split('\r\n')).toHaveLength(152)
  })

  it('of nothing is still a complete file', async () => {
    const organization = new Organization()
    const place = folder()
    for (const [name, text] of [
      ['a.json', '[]\n'],
      ['a.csv', /^vendor_id,[^\n]*\r\n$/],
      ['a.ndjson', ''],
    ] as const) {
      expect((await organization.usb('approval', 'export', join(place, name))).code).toBe(0)
      expect(readFileSync(join(place, name), 'utf8')).toEqual(typeof text === 'string' ? text : expect.stringMatching(text))
    }
  })

  it('into a directory chooses the file name, and overwrites only with --force', async () => {
    const organization = new Organization()
    const place = folder()
    expect((await organization.usb('approval', 'export', place)).code).toBe(0)
    expect(readdirSync(place)).toEqual(['usb-approvals.csv'])
    const file = join(place, 'kept.csv')
    writeFileSync(file, 'mine')
    expect((await organization.usb('device', 'export', file, '--json')).error()).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('kept.csv') as string,
    })
    expect((await organization.usb('device', 'export', file, '--job', '--json')).error().code).toBe('refused')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(organization.requests('POST', /_export$/)).toEqual([])
    expect((await organization.usb('device', 'export', file, '--force', '--columns', 'id,serial_number')).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(/^id,serial_number\r\n718,/)
  })

  it('that breaks off leaves nothing', async () => {
    const organization = new Organization()
    const place = folder()
    let pages = 0
    organization.between = service => async request => {
      if (!request.url.pathname.endsWith('_search')) return await service(request)
      if (++pages > 1)
        return {
          status: 400,
          headers: {},
          body: (async function* () {
            yield Buffer.from('{"message":"no more"}')
          })(),
        }
      const results = Array.from({ length: 1000 }, (_, id) => ({ id: String(id), status: 'APPROVED' }))
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from(JSON.stringify({ results, num_found: 2000 }))
        })(),
      }
    }
    expect((await organization.usb('device', 'export', join(place, 'a.json'), '--json')).error()).toMatchObject({ code: 'remote' })
    expect(readdirSync(place)).toEqual([])
  })

  it('is only planned in a dry run', async () => {
    const organization = new Organization()
    const path = join(folder(), 'a.csv')
    expect((await organization.usb('device', 'export', path, '--job', '--vendor', 'SanDisk', '--dry-run', '--json')).json()).toMatchObject([
      { name: 'export devices', criteria: { vendor_name: ['SanDisk'] }, format: 'csv', path },
    ])
    expect([existsSync(path), organization.sent]).toEqual([false, []])
  })
})

describe('an export job of the service', () => {
  it.each([
    ['csv', 'CSV'],
    ['json', 'JSON'],
  ])('is waited for, and %s arrives unchanged', async (extension, format) => {
    const organization = new Organization()
    const path = join(folder(), `a.${extension}`)
    const { code, json } = await organization.usb('device', 'export', path, '--job', '--vendor', 'Kingston', '--json')
    expect(code).toBe(0)
    const bytes = readFileSync(path)
    expect(json<Row>()).toEqual({ local_path: path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    expect(organization.requests('POST', /_export$/)).toMatchObject([
      { path: expect.stringContaining('/devices/_export') as string, body: { criteria: { vendor_name: ['Kingston'] }, format } },
    ])
    expect(organization.requests('GET', JOB).length).toBeGreaterThan(1)
    const piped = await organization.usb('device', 'export', '--job', '--vendor', 'Kingston', '-o', extension)
    expect(piped.out).toBe(bytes.toString())
    const listed = (await organization.usb('device', 'list', '--vendor', 'Kingston', '--all', '--json')).json()
    if (format === 'JSON') expect(JSON.parse(piped.out)).toEqual(listed)
    else expect(bytes.toString().trimEnd().split('\r\n')).toHaveLength(listed.length + 1)
  })

  it('says why it failed, and leaves no file', async () => {
    const organization = new Organization()
    const place = folder()
    organization.between = service =>
      answeringSome(/\/progress$/, 200, { message: 'the moon is full' })(answeringSome(JOB, 200, { status: 'failed' })(service))
    const ran = await organization.usb('approval', 'export', join(place, 'a.csv'), '--job', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 5,
      error: { code: 'remote', message: expect.stringMatching(/^export approvals: job \d+ failed: the moon is full$/) as string },
    })
    expect(readdirSync(place)).toEqual([])
  })

  it('with an endless answer stops at the announced length, and leaves no file', async () => {
    const organization = new Organization()
    const place = folder()
    organization.between = service => async request => {
      if (!request.url.pathname.endsWith('/download')) return await service(request)
      return {
        status: 200,
        headers: { 'content-type': 'text/csv', 'content-length': '100000' },
        body: (async function* () {
          for (let at = 0; at < 1000; at++) yield Buffer.alloc(100_000)
        })(),
      }
    }
    const ran = await organization.usb('device', 'export', join(place, 'a.csv'), '--job', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 9,
      error: { code: 'network', message: expect.stringMatching(/longer than the 100000 bytes that were announced$/) as string },
    })
    expect(readdirSync(place)).toEqual([])
  })

  it('that does not end is given up at --timeout', async () => {
    const organization = new Organization()
    organization.between = answeringSome(JOB, 200, { status: 'created' })
    const ran = await organization.usb('device', 'export', '--job', '--timeout', '10s', '--json')
    expect({ code: ran.code, error: ran.error() }).toMatchObject({
      code: 6,
      error: { code: 'timeout', message: expect.stringContaining('continues in the service') as string },
    })
  })

  it('cannot produce NDJSON', async () => {
    const organization = new Organization()
    expect((await organization.usb('device', 'export', '--job', '-o', 'ndjson')).code).toBe(2)
    expect(organization.sent).toEqual([])
  })
})
