import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCells, csvLine } from '../../src/ui/csv.ts'

/** A strict reader of RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/y
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const match = cell.exec(text)
    if (match === null) throw new Error(`no CSV from ${at}: ${JSON.stringify(text.slice(at))}`)
    row.push(match[1]?.replaceAll('""', '"') ?? match[3] ?? '')
    if ((match[2] ?? match[4]) === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

const one = (value: unknown, onTerminal = false): string => csvCells({ value }, [{ key: 'value' }], onTerminal)[0] ?? ''

describe('CSV lines', () => {
  it('are read back unchanged', () => {
    const cells = fc.array(fc.oneof(fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', "'") }), fc.string()), {
      minLength: 1,
    })
    fc.assert(
      fc.property(fc.array(cells), rows => {
        expect(parse(rows.map(csvLine).join(''))).toEqual(rows)
      }),
    )
  })

  it('quote only what needs it', () => {
    expect(csvLine(['a b', 'c,d', 'e"f', 'g\nh', ''])).toBe('a b,"c,d","e""f","g\nh",\r\n')
  })
})

describe('CSV cells', () => {
  it.each(['=1+1', "=cmd|' /c calc'!A0", '+1+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '-C:\\x', '+', '-'])(
    '%j is made harmless',
    text => {
      expect(one(text)).toBe(`'${text}`)
    },
  )

  it('never start as a formula, whatever the text', () => {
    const start = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '')
    fc.assert(
      fc.property(
        start,
        fc.string(),
        (sign, rest) => !/^[=+\-@\t\r\n]/.test(one(sign + rest)) || /^[+-]?\d+(\.\d+)?$/.test(one(sign + rest)),
      ),
    )
  })

  it.each([
    [-5, '-5'],
    [0, '0'],
    ['-5', '-5'],
    ['+3.5', '+3.5'],
    [null, ''],
    [undefined, ''],
    [true, 'true'],
    [['a', 'b'], 'a b'],
    [{ a: 1 }, '{"a":1}'],
    ['plain', 'plain'],
    ['a=b', 'a=b'],
  ])('%j becomes %j', (value, text) => {
    expect(one(value)).toBe(text)
  })

  it('are harmless on a terminal, and keep their line ends in a file', () => {
    expect(one('a\u001b[2J\r\nb')).toBe('a\\x1b[2J\r\nb')
    expect(one('a\u001b[2J\r\nb', true)).toBe('a\\x1b[2J\\r\\nb')
  })

  it('use the text form of a column', () => {
    expect(csvCells({ size: 5 }, [{ key: 'size', text: row => `=${String(row['size'])}` }], false)).toEqual(["'=5"])
  })
})
