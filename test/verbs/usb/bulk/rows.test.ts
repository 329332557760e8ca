import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../../../src/core/result.ts'
import { decodeText } from '../../../../src/core/text/decode.ts'
import { Malformed } from '../../../../src/core/text/malformed.ts'
import { csvCells, csvLine } from '../../../../src/ui/csv.ts'
import { APPROVAL_FIELDS } from '../../../../src/verbs/usb/approval-rules.ts'
import { sameText } from '../../../../src/verbs/usb/bulk/cells.ts'
import { readRows, type FileRow } from '../../../../src/verbs/usb/bulk/rows.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(content: string | Uint8Array, size = 11): Promise<{ rows: FileRow[]; warnings: string[] }> {
  const [rows, warnings]: [FileRow[], string[]] = [[], []]
  for await (const row of readRows(decodeText(pieces(Buffer.from(content as string), size)), line => {
    warnings.push(line)
  }))
    rows.push(row)
  return { rows, warnings }
}

const FULL = { vendor_id: '0x0781', product_id: '0x5581', serial_number: '4C53', approval_name: 'Größe', notes: 'a "b"\nc' }
const CRLF = 'vendor_id,product_id,serial_number,approval_name,notes\r\n0x0781,0x5581,4C53,Größe,"a ""b""\nc"\r\n'

describe('rows from a spreadsheet', () => {
  const semicolons = CRLF.replaceAll(',', ';')
  const tabs = CRLF.replaceAll(',', '\t')
  it.each([
    ['the documented form', Buffer.from(CRLF)],
    ['CSV UTF-8, with a byte order mark', Buffer.from(`\ufeff${CRLF}`)],
    ['CSV with semicolons', Buffer.from(`\ufeff${semicolons}`)],
    ['Unicode text: UTF-16LE with tabs', Buffer.from(`\ufeff${tabs}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\ufeff${tabs}`, 'utf16le').swap16()],
    ['with LF', Buffer.from(CRLF.replaceAll('\r\n', '\n'))],
    ['old Macintosh files: CR', Buffer.from(CRLF.replaceAll('\r\n', '\r'))],
    ['a file without a final line end', Buffer.from(CRLF.slice(0, -2))],
    ['a file that declares its delimiter', Buffer.from(`sep=;\r\n${semicolons}`)],
    ['with empty rows', Buffer.from(`${CRLF},,,,\r\n\r\n`)],
    [
      'with everything in quotes',
      Buffer.from('"vendor_id","product_id","serial_number","approval_name","notes"\r\n"0x0781","0x5581","4C53","Größe","a ""b""\nc"\r\n'),
    ],
  ])('are read from %s', async (what, bytes) => {
    for (const size of [1, 2, 3, 4096]) {
      const { rows, warnings } = await read(bytes, size)
      expect(rows).toEqual([{ line: what.includes('declares') ? 3 : 2, approval: FULL, problems: [] }])
      expect(warnings).toEqual([])
    }
  })

  it('may have columns in another order, extra columns, headings as people write them, and missing cells', async () => {
    const { rows } = await read('Status,Serial Number,id,Vendor-ID,vendor_name,NOTES,created_at\nAPPROVED, 4C53 ,774,0781,SanDisk\n')
    expect(rows).toEqual([{ line: 2, approval: { serial_number: '4C53', vendor_id: '0781', notes: '' }, problems: [] }])
  })

  it('with unknown columns are reported', async () => {
    expect((await read('vendor_id,ticket,owner\n0781,1,me\n')).warnings).toEqual(['unknown columns are ignored: "ticket", "owner"'])
  })

  it('with a text that became a number are refused, because digits are lost', async () => {
    const { rows } = await read('vendor_id;serial_number;notes\n0781;4,53E+21;1,5E+3\n0781;4.53E+21;\n5E81;12E45;\n')
    expect(rows.map(({ problems }) => problems.length)).toEqual([1, 1, 0])
    expect(rows[0]?.problems[0]).toMatch(/^serial_number "4,53E\+21" was turned into a number by a spreadsheet/)
  })

  it('with a serial number that may be rounded are in doubt, unless it is marked as text', async () => {
    const { rows } = await read(
      'vendor_id,serial_number\n0781,453100133112211000000\n0781,45310013311221001\n0781,1234567890123450\n0781,"=""1234567890123450"""\n',
    )
    expect(rows.map(({ problems, doubt }) => [problems.length, doubt?.slice(0, 50)])).toEqual([
      [0, 'serial_number 453100133112211000000 looks as if a '],
      [0, undefined],
      [0, 'serial_number 1234567890123450 looks as if a sprea'],
      [0, undefined],
    ])
    expect(rows[3]?.approval.serial_number).toBe('1234567890123450')
  })

  it.each([
    ['vendor_id,product_id,serial_number,approval_name,notes', '0781,5581', ['serial_number']],
    ['vendor_id,product_id,serial_number', '0781', ['product_id and serial_number']],
    ['approval_name,serial_number,vendor_id,product_id', 'A', ['serial_number and vendor_id and product_id']],
    ['vendor_id,product_id,serial_number,approval_name,notes', '0781,5581,S', []],
    ['vendor_id,product_id,serial_number,approval_name,notes', '0781,5581,', []],
  ])('that are cut off are refused when an identifying field is missing: %s: %s', async (heading, row, missing) => {
    const { rows } = await read(`${heading}\n${row}\n`)
    expect(rows[0]?.problems).toEqual(
      missing.map(names => expect.stringContaining(`and none for ${names}: an empty cell needs its delimiter too`) as string),
    )
  })
})

describe('rows from JSON', () => {
  it.each([
    ['an array', JSON.stringify([FULL], null, 2), 2],
    ['one object per line', `${JSON.stringify(FULL)}\n`, 1],
    ['JSON with a byte order mark', `\ufeff[${JSON.stringify(FULL)}]`, 1],
  ])('are read from %s', async (_what, text, line) => {
    expect((await read(text)).rows).toEqual([{ line, approval: FULL, problems: [] }])
  })

  it('treat null as empty, a missing field as not given, and ignore unknown fields', async () => {
    expect((await read('[{"vendor_id": "0781", "notes": null, "id": "1", "updated_at": 5}]')).rows).toEqual([
      { line: 1, approval: { vendor_id: '0781', notes: '' }, problems: [] },
    ])
  })

  it('are read from the results of a saved API answer', async () => {
    const { rows } = await read(JSON.stringify({ num_found: 1, num_available: 1, results: [{ ...FULL, id: '1' }] }))
    expect(rows).toEqual([{ line: 1, approval: FULL, problems: [] }])
  })

  it('that were damaged before they became JSON are refused too', async () => {
    const { rows } = await read(
      '[{"vendor_id": "0781", "serial_number": "4.53E+21"}, {"vendor_id": "#N/A"}, {"serial_number": "4C\u200b53"}]',
    )
    expect(rows.map(({ problems, approval }) => [problems.length, approval.serial_number])).toEqual([
      [1, '4.53E+21'],
      [1, undefined],
      [0, '4C53'],
    ])
  })

  it('with numbers, wrong types and typing errors are refused', async () => {
    const { rows } = await read('[{"serial_number": 4531001331122115172},\n{"notes": ["a"]},\n{"vendor_id": "0781", "serial": "x"},\n{x}]')
    expect(rows.map(({ line, problems }) => [line, problems])).toEqual([
      [1, ['serial_number is not text: numbers lose their digits, write it in quotes']],
      [2, ['notes is not text']],
      [3, [expect.stringMatching(/^the field "serial" is not part of an approval/)]],
      [4, ['is not valid JSON']],
    ])
  })
})

describe('a file that cannot be read', () => {
  it.each([
    ['nothing', '', 1, /the file is empty/],
    ['blank lines', '\n \n', 1, /the file is empty/],
    ['no headings', '0x0781,0x5581,x\n', 1, /has to name the columns/],
    ['headings without an identifying field', 'approval_name,notes\n', 1, /has approval_name and notes/],
    ['a misspelt heading', 'vendor_id,product_id,serial\n', 1, /"serial" is not part of an approval/],
    ['a duplicate column', 'vendor_id,Vendor ID\n', 1, /column vendor_id occurs twice/],
    ['an unclosed quote', 'vendor_id,notes\n0781,a\n0782,"b\n', 3, /not closed/],
  ])('is refused: %s', async (_what, text, line, why) => {
    await expect(read(text)).rejects.toMatchObject({ line, message: expect.stringMatching(why) as string })
  })

  it('is refused for a row with more cells than headings, which is named', async () => {
    const { rows } = await read('vendor_id,notes\n0781,a, b\n0782,c,\n')
    expect(rows.map(({ problems }) => problems.length)).toEqual([1, 0])
  })

  it('never throws another error, whatever its bytes', async () => {
    const unit = fc.constantFrom(
      'vendor_id',
      'serial_number',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r',
      '[',
      '{',
      '}',
      ']',
      ':',
      '\\',
      '\u0000',
      'é',
      '=',
      "'",
    )
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit }).map(text => Buffer.from(text)),
      fc.string({ unit }).map(text => Buffer.from(`\ufeff${text}`, 'utf16le')),
    )
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (content, size) => {
        await read(content, size).catch((error: unknown) => expect(error).toBeInstanceOf(Malformed))
      }),
      { numRuns: 300 },
    )
  })
})

describe('CSV that cbc writes', () => {
  const NASTY = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        "'",
        '"',
        ',',
        ';',
        '\t',
        '\n',
        '\r',
        ' ',
        '\\x1b',
        '\\u200d',
        '\u001b',
        '\u200d',
        '\u202e',
        '＝',
        '😀',
        'ü',
        '1',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  })
  const columns = APPROVAL_FIELDS.map(key => ({ key }))
  const write = (rows: Row[]) => csvLine(APPROVAL_FIELDS) + rows.map(row => csvLine(csvCells(row, columns, false))).join('')
  const approval = (approval_name: string, notes: string): Row => ({
    vendor_id: '0x0781',
    product_id: '0x5581',
    serial_number: '-S',
    approval_name,
    notes,
  })

  it('is read back unchanged, whatever names and notes contain', async () => {
    await fc.assert(
      fc.asyncProperty(NASTY, NASTY, async (name, notes) => {
        const {
          rows: [row],
        } = await read(write([approval(name, notes)]))
        expect(row).toMatchObject({ line: 2, problems: [], approval: { vendor_id: '0x0781', product_id: '0x5581', serial_number: '-S' } })
        expect(sameText(row?.approval.approval_name ?? '', name)).toBe(true)
        expect(sameText(row?.approval.notes ?? '', notes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is read back byte for byte when nothing in it is escaped', async () => {
    const plain = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', ';', '\t', '\n', ' ', '＝', '😀', 'ü', '1') })
    await fc.assert(
      fc.asyncProperty(plain, plain, async (name, notes) => {
        expect((await read(write([approval(name, notes)]))).rows[0]?.approval).toEqual(approval(name, notes))
      }),
    )
  })

  it('differs from any other content', () => {
    for (const [a, b] of [
      ['a', 'b'],
      ['', 'a'],
      ['=1', '=2'],
      ['a', "'a"],
      ['a\nb', 'a b'],
      ['\\x1b', '\\x1c'],
    ] as const)
      expect(sameText(a, b)).toBe(false)
  })
})
