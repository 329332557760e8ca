import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { interrupted } from '../../../../src/core/errors.ts'
import { until } from '../../../support/host.ts'
import { answer, bodyOf, csv, HEADER, openOrganization, type Organization } from './support.ts'

let org: Organization
beforeEach(() => {
  org = openOrganization()
})
afterEach(() => org.close())

const BULK = '**/approvals/_bulk'
const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `0x0781,0x5581,S${n},,`)
const actions = (rows: readonly { [field: string]: unknown }[]) =>
  rows.map(({ action, line, error }) => [action, line, ...(error === undefined ? [] : [(error as { code: string }).code])])

describe('approval import', () => {
  it('creates what is missing, and nothing the second time', async () => {
    const path = org.file('sticks.csv', csv('0781,5581,S1,One,"a\nb"', ',,S2,,', '0951,,,All of them,'))
    const first = await org.rows(['import', path])
    expect(first.code).toBe(0)
    expect(actions(first.rows)).toEqual([
      ['create', 2],
      ['create', 4],
      ['create', 5],
    ])
    expect(first.rows[0]).toMatchObject({
      id: '10373',
      vendor_id: '0x0781',
      product_id: '0x5581',
      serial_number: 'S1',
      approval_name: 'One',
      notes: 'a\nb',
    })
    const before = await org.approvals()
    expect(before).toHaveLength(3)
    const changes = await org.changes()
    expect(actions((await org.rows(['import', path])).rows)).toEqual([
      ['unchanged', 2],
      ['unchanged', 4],
      ['unchanged', 5],
    ])
    expect(await org.approvals()).toEqual(before)
    expect(await org.changes()).toEqual(changes)
  })

  it('does not change existing approvals, and says when the file names one differently', async () => {
    await org.cbc(['import', org.file('a.csv', csv('0781,5581,S1,One,note'))])
    const { code, err, out } = await org.cbc([
      'import',
      org.file('b.json', '[{"vendor_id": "781", "product_id": "0x5581", "serial_number": "S1", "approval_name": "Two"}]'),
    ])
    expect({ code, out: out.split('\n')[1]?.split('\t')[0] }).toEqual({ code: 0, out: 'unchanged' })
    expect(err).toMatch(/b\.json: nothing changed, 1 unchanged\ncbc: .*1 of them have another name or other notes than in the file/)
    expect(await org.approvals()).toMatchObject([{ approval_name: 'One', notes: 'note' }])
  })

  it('checks every row before anything is sent', async () => {
    const path = org.file(
      'wrong.csv',
      csv(
        '07G1,0x5581,S1,,',
        '0x0781,0x5581,S2,,',
        ',,,No ids,',
        `0x0781,,S3,${'n'.repeat(151)},${'t'.repeat(501)}`,
        '781,5581,S2,,',
        ',0x5581,,,',
        `0x0781,,S4,${'😀'.repeat(150)},`,
        '0x0781,,4.5E+21,,',
      ),
    )
    const { code, out, err } = await org.cbc(['import', path, '--json'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    const { error } = JSON.parse(err) as {
      error: { code: string; message: string; hint: string; errors: { line: number; message: string }[] }
    }
    expect(error).toMatchObject({ code: 'usage', message: `${path}: 7 errors`, hint: 'nothing was sent' })
    expect(error.errors.map(({ line, message }) => `${line} ${message.slice(0, 30)}`)).toEqual([
      '2 vendor_id "07G1" is not hexade',
      '4 has neither vendor_id nor prod',
      '5 approval_name has 151 characte',
      '5 notes has 501 characters; the ',
      '6 has the same vendor id, produc',
      '7 has a product_id without its v',
      '9 serial_number "4.5E+21" was tu',
    ])
    expect(error.errors[4]?.message).toContain('line 3')
    expect(await org.changes()).toEqual([])
  })

  it('shows the first twenty errors on a terminal, and a single one on one line', async () => {
    const { err } = await org.cbc(['import', org.file('x.csv', csv(...(Array(34).fill(',,,,x') as string[])))])
    const lines = err.trimEnd().split('\n')
    expect(lines[0]).toMatch(/x\.csv: 34 errors$/)
    expect(lines[1]).toMatch(/^ {2}line 2: has neither/)
    expect(lines.slice(21)).toEqual(['  and 14 more: --json shows all', 'hint: nothing was sent'])
    expect((await org.cbc(['import', org.file('y.csv', csv(',,,,x'))])).err).toMatch(
      /^cbc: \S*y\.csv: line 2: has neither [^\n]+\nhint: nothing was sent\n$/,
    )
    expect((await org.cbc(['import', org.file('z.csv', Buffer.from(csv('0781,,,Müller,'), 'latin1'))])).err).toMatch(
      /z\.csv: line 2: is not UTF-8 text\nhint: nothing was sent; save it as "CSV UTF-8"/,
    )
    expect(await org.changes()).toEqual([])
  })

  it.each([
    [
      'an empty cell',
      csv('0781,5581,,,'),
      'line 2: every USB device that is SanDisk (0x0781) Ultra (0x5581), whatever its serial number; 1 was seen',
    ],
    ['blanks', csv('0781,5581,   ,,'), 'line 2: every USB device that is SanDisk'],
    [
      'zeros',
      csv('0781,5581,S1,,', '0781,5581,00000000,,'),
      'line 3: every USB device that is SanDisk (0x0781) Ultra (0x5581) with the serial number 00000000, which many devices share',
    ],
    [
      'no such column',
      'vendor_id,product_id\n1b1c,1a03\n',
      'line 2: every USB device that is Corsair (0x1b1c) Voyager 3.0 (0x1a03), whatever its serial number; 2 were seen',
    ],
    [
      'null, as in a list of USB devices',
      '[{"id": "817", "vendor_id": "0x05dc", "product_id": "0xa209", "serial_number": null, "status": "UNAPPROVED"}]',
      'JumpDrive S70',
    ],
    ['a missing field', '[{"vendor_id": "0x05dc", "product_id": "0xa209"}]', 'JumpDrive S70'],
    [
      'a serial number that several devices share',
      csv('154b,007a,AC1200000000B32A,,', '0781,5581,S1,,'),
      'line 2: USB devices 710, 824, which all share the serial number AC1200000000B32A',
    ],
  ])('asks before a row that looks like one device approves its whole model: %s', async (_what, text, says) => {
    const path = org.file('sticks', text)
    for (const verb of ['import', 'apply']) {
      const refused = await org.cbc([verb, path])
      expect(refused).toMatchObject({ code: 8, out: '', err: expect.stringContaining(says) as string })
      expect(refused.err).toMatch(/(?:1 of its approvals|1 of these) would cover more than one USB device/)
    }
    expect(await org.changes()).toEqual([])
    expect((await org.rows(['import', path, '--yes'])).rows.at(-1)).toMatchObject({ action: 'create' })
    expect((await org.cbc(['import', path])).code).toBe(0)
  })

  it('a serial number that a spreadsheet may have rounded is accepted only if a USB device or an approval has it', async () => {
    const path = org.file('sticks.csv', csv('0781,5581,4531001331122110,,', '0781,5581,4531001331122120,,'))
    const wrong = await org.cbc(['import', path, '--dry-run'])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toMatch(
      /2 errors\n {2}line 2: serial_number 4531001331122110 looks as if a spreadsheet rounded it, .*write ="4531001331122110"\n {2}line 3:/,
    )
    expect((await org.cbc(['apply', path, '--yes'])).code).toBe(2)
    org.between(
      service => request =>
        request.url.pathname.endsWith('/devices/_search')
          ? Promise.resolve(answer(200, { results: [{ id: '1', serial_number: '4531001331122110' }], num_found: 1 }))
          : service(request),
    )
    expect((await org.cbc(['import', path])).err).toMatch(/sticks\.csv: line 3: serial_number 4531001331122120 looks/)
    expect((await org.rows(['import', org.file('text.csv', csv('0781,5581,"=""4531001331122120""",,'))])).rows).toMatchObject([
      { action: 'create', serial_number: '4531001331122120' },
    ])
    expect((await org.cbc(['import', path])).code).toBe(0)
  })

  it('accepts an answer of the API as a file of approvals', async () => {
    const path = org.file(
      'answer.json',
      '{"num_found":1,"num_available":1,\n"results":[{"id":"1","vendor_id":"0x0781","product_id":"0x5581","serial_number":"S"}]}\n',
    )
    expect((await org.rows(['import', path])).rows).toMatchObject([{ action: 'create', line: 2, serial_number: 'S' }])
  })

  it.each([
    ['nope.csv', undefined, 1, /no such file/],
    ['empty.csv', '', 2, /the file is empty/],
    ['cut.json', '[{"vendor_id": "0781"}', 2, /cut off/],
  ])('refuses %s', async (name, content, code, why) => {
    const path = content === undefined ? `${org.home}/${name}` : org.file(name, content)
    const failed = await org.cbc(['import', path])
    expect(failed).toMatchObject({ code, out: '', err: expect.stringMatching(why) as string })
  })

  it('reads standard input', async () => {
    const stream = new PassThrough()
    stream.end(csv('0781,5581,S1,One,'))
    expect(await org.cbc(['import', '-'], { stdin: { isTerminal: false, stream } })).toMatchObject({
      code: 0,
      err: 'cbc: standard input: 1 created\n',
    })
    expect(await org.approvals()).toHaveLength(1)
  })

  it('changes nothing for a file with only headings, or an empty list', async () => {
    for (const path of [org.file('a.csv', `${HEADER}\n`), org.file('a.json', '[]')])
      expect(await org.rows(['import', path])).toEqual({ code: 0, rows: [] })
  })

  it('sends nothing in a dry run, and says what it would do', async () => {
    await org.cbc(['import', org.file('a.csv', csv('0781,5581,S1,,'))])
    const changes = await org.changes()
    expect(actions((await org.rows(['import', org.file('b.csv', csv('0781,5581,S1,,', '0781,5581,S2,,')), '--dry-run'])).rows)).toEqual([
      ['unchanged', 2],
      ['create', 3],
    ])
    expect(await org.changes()).toEqual(changes)
    expect((await org.cbc(['import', org.file('c.csv', csv('0781,,,,')), '--read-only'])).code).toBe(8)
  })

  it.each([
    ['0', /at least 1/],
    ['1001', /more than 1000/],
    ['x', /whole number/],
  ])('--batch-size %s', async (size, why) => {
    expect(await org.cbc(['import', 'a.csv', '--batch-size', size])).toMatchObject({ code: 2, err: expect.stringMatching(why) as string })
  })
})

describe('import in batches', () => {
  it('has the requested batch size, and a hundred otherwise', async () => {
    const path = org.file('many.csv', csv(...many(250)))
    expect((await org.rows(['import', path])).rows.map(({ line }) => line)).toEqual(Array.from({ length: 250 }, (_, n) => n + 2))
    expect(await org.changes()).toEqual(Array(3).fill('POST /_bulk 200'))
    await org.rows(['import', org.file('more.csv', csv(...many(255))), '--batch-size', '2'])
    expect(await org.changes()).toHaveLength(6)
  })

  it('continues after a batch fails', async () => {
    await org.faults({ path: BULK, nth: 2, times: 2, do: { status: 500 } })
    const { code, rows } = await org.rows(['import', org.file('many.csv', csv(...many(6))), '--batch-size', '2'])
    expect(code).toBe(7)
    expect(actions(rows)).toEqual([
      ['create', 2],
      ['create', 3],
      ['create', 4, 'network'],
      ['create', 5, 'network'],
      ['create', 6],
      ['create', 7],
    ])
    expect((await org.approvals()).map(({ serial_number }) => serial_number)).toEqual(['S0', 'S1', 'S4', 'S5'])
  })

  it('narrows a refused batch down to the rows at fault', async () => {
    const atFault = new Set(['S3', 'S4', 'S9'])
    org.between(
      service => request =>
        isBulk(request) && serials(request).some(serial => atFault.has(serial))
          ? Promise.resolve(answer(400, { message: 'no such stick' }))
          : service(request),
    )
    const { code, rows } = await org.rows(['import', org.file('many.csv', csv(...many(12)))])
    expect(code).toBe(7)
    const failed = rows.filter(({ error }) => error !== undefined)
    expect(failed.map(({ line }) => line)).toEqual([5, 6, 11])
    expect(failed[0]).toEqual({
      action: 'create',
      line: 5,
      error: expect.objectContaining({
        code: 'remote',
        http_status: 400,
        message: expect.stringMatching(/many\.csv: line 5: create approvals: no such stick/) as string,
      }) as unknown,
    })
    expect((await org.approvals()).map(({ serial_number }) => serial_number)).toEqual(
      Array.from({ length: 12 }, (_, n) => `S${n}`).filter(serial => !atFault.has(serial)),
    )
  })

  it('says once that nothing may be created', async () => {
    await org.faults({ path: BULK, do: { status: 403 } })
    expect(await org.cbc(['import', org.file('many.csv', csv(...many(3))), '--batch-size', '1'])).toMatchObject({ code: 3, out: '' })
    expect(await org.changes()).toEqual(['POST /_bulk 403'])
  })
})

describe('import after a lost answer', () => {
  const path = () => org.file('many.csv', csv(...many(5)))

  it.each([
    ['dropped', { drop: 'after' }],
    ["a gateway's", { status: 504, after: true }],
    ["the service's own error", { status: 500, after: true }],
    ['no JSON', { garbage: 'html', after: true }],
    ['half', { garbage: 'json' }],
  ])('does not send again what was created: %s', async (_what, fault) => {
    await org.faults({ path: BULK, nth: 1, do: fault })
    const { code, rows } = await org.rows(['import', path(), '--batch-size', '3'])
    expect(code).toBe(0)
    expect(actions(rows)).toEqual([2, 3, 4, 5, 6].map(line => ['create', line]))
    expect((await org.approvals()).map(({ id }) => id)).toEqual(['10373', '10374', '10375', '10376', '10377'])
    // Two batches, with nothing twice.
    expect(await org.changes()).toHaveLength(2)
  })

  it('sends once more what was not created', async () => {
    await org.faults({ path: BULK, nth: 1, do: { drop: 'before' } })
    expect((await org.rows(['import', path()])).code).toBe(0)
    expect(await org.changes()).toEqual(['POST /_bulk null', 'POST /_bulk 200'])
    expect(await org.approvals()).toHaveLength(5)
  })

  it('does not send it a third time', async () => {
    await org.faults({ path: BULK, do: { drop: 'before' } })
    const { code, rows } = await org.rows(['import', path()])
    expect(code).toBe(7)
    expect(new Set(rows.map(({ error }) => (error as { code: string }).code))).toEqual(new Set(['unknown_outcome']))
    expect(await org.changes()).toHaveLength(2)
  })

  it('sends nothing when it cannot look up the approvals', async () => {
    let lost = false
    org.between(service => async request => {
      if (lost) return answer(403, {})
      if (isBulk(request)) lost = true
      const answered = await service(request)
      return isBulk(request) ? answer(504, {}) : answered
    })
    const { code, rows } = await org.rows(['import', path()])
    expect({ code, codes: [...new Set(rows.map(({ error }) => (error as { code: string }).code))] }).toEqual({
      code: 7,
      codes: ['unknown_outcome'],
    })
    expect(await org.changes()).toEqual(['POST /_bulk 200'])
  })

  it('looks up an approval that the answer omits', async () => {
    org.between(service => async request => {
      const answered = await service(request)
      if (!isBulk(request)) return answered
      let text = ''
      for await (const part of answered.body) text += Buffer.from(part).toString()
      return answer(200, { results: (JSON.parse(text) as { results: unknown[] }).results.slice(2) })
    })
    const { code, rows } = await org.rows(['import', path()])
    expect({ code, ids: rows.map(({ id }) => id) }).toEqual({ code: 0, ids: ['10373', '10374', '10375', '10376', '10377'] })
    expect(await org.changes()).toEqual(['POST /_bulk 200'])
  })
})

it('an incomplete list of approvals is not compared with a file', async () => {
  await org.cbc(['import', org.file('a.csv', csv(...many(3)))])
  org.between(
    service => async request =>
      request.url.pathname.endsWith('_search') ? answer(200, { num_found: 3, num_available: 3, results: [] }) : await service(request),
  )
  const changes = await org.changes()
  expect(await org.cbc(['import', org.file('b.csv', csv(...many(3)))])).toMatchObject({
    code: 9,
    err: expect.stringMatching(/returned only 0 of 3 approvals/) as string,
  })
  expect(await org.changes()).toEqual(changes)
})

it('Ctrl-C says what was done until then', async () => {
  const interruption = new AbortController()
  let batches = 0
  org.between(service => async request => {
    if (isBulk(request) && ++batches === 3) {
      interruption.abort(interrupted())
      throw interruption.signal.reason
    }
    return await service(request)
  })
  const { code, err } = await org.cbc(['import', org.file('many.csv', csv(...many(9))), '--batch-size', '2', '--json'], {
    interruption,
    interrupt: interruption.signal,
  })
  expect(code).toBe(130)
  expect((JSON.parse(err) as { error: unknown }).error).toEqual({
    code: 'interrupted',
    message: 'interrupted: 4 created so far; the outcome of 2 more is not known',
    hint: 'run it again: what is already done stays unchanged',
  })
  expect(await org.approvals()).toHaveLength(4)
  org.between(service => service)
  expect(actions((await org.rows(['import', `${org.home}/many.csv`])).rows).map(([action]) => action)).toEqual([
    ...(Array(4).fill('unchanged') as string[]),
    ...(Array(5).fill('create') as string[]),
  ])
})

it('Ctrl-C ends the wait for standard input', async () => {
  const interruption = new AbortController()
  const stream = new PassThrough()
  const ended = org.cbc(['import', '-'], { interruption, interrupt: interruption.signal, stdin: { isTerminal: false, stream } })
  stream.write(HEADER)
  await until(() => stream.readableFlowing !== null || stream.listenerCount('readable') > 0)
  interruption.abort(interrupted())
  expect(await ended).toMatchObject({ code: 130, err: 'cbc: interrupted\n' })
})

function isBulk({ url }: { url: URL }): boolean {
  return url.pathname.endsWith('/_bulk')
}

function serials(request: { body?: unknown }): string[] {
  return (bodyOf(request) as { serial_number: string }[]).map(({ serial_number }) => serial_number)
}
