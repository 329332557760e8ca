import Table from 'cli-table3'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it, vi } from 'vitest'
import type { Column, Row } from '../../src/core/result.ts'
import { layOutColumns } from '../../src/ui/column-layout.ts'
import { drawObject, drawTable } from '../../src/ui/table.ts'
import { theme } from '../../src/ui/theme.ts'

const plain = theme(false)
const COLUMNS: Column[] = [{ key: 'pid', align: 'right' }, { key: 'name' }, { key: 'line', title: 'command line', flexible: true }]
const draw = (rows: Row[], width = 80, columns = COLUMNS, colors = plain) =>
  [...drawTable(rows, layOutColumns(rows, columns, width, {}), { width, theme: colors })].join('')

describe('a table', () => {
  it('is as wide as necessary, with numbers on the right and no trailing spaces', () => {
    expect(
      draw([
        { pid: 4, name: 'System', line: '' },
        { pid: 1204, name: 'cmd.exe', line: 'cmd.exe /c dir' },
      ]),
    ).toBe([' pid  name     command line', '   4  System', '1204  cmd.exe  cmd.exe /c dir', ''].join('\n'))
  })

  it('cuts only flexible columns to the width', () => {
    const line = 'x'.repeat(100)
    const drawn = draw([{ pid: 1, name: 'a-name-that-is-never-cut', line }], 60).split('\n')
    expect(drawn[1]).toMatch(/^ {2}1 {2}a-name-that-is-never-cut {2}x+…$/)
    expect(drawn[1]).toHaveLength(60)
    const narrow = draw([{ pid: 1, name: 'a-name-that-is-never-cut', line }], 10).split('\n')
    expect(narrow[1]).toMatch(/^ {2}1 {2}a-name-that-is-never-cut {2}x{11}…$/)
  })

  it('always fits if the columns that may not be cut leave room', () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ minLength: 20, maxLength: 150 }),
      fc.string({ unit: fc.constantFrom('漢', '字', 'a', ' ', '👍'), maxLength: 120 }),
    )
    const row = fc.record({ pid: fc.nat(), one: word, two: word })
    const columns: Column[] = [
      { key: 'pid', align: 'right' },
      { key: 'one', title: 'a heading, long', flexible: true },
      { key: 'two', flexible: true },
    ]
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), fc.integer({ min: 41, max: 150 }), (rows, width) => {
        for (const line of draw(rows, width, columns).trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
      }),
      { numRuns: 200 },
    )
  })

  it('never cuts a wide character in half', () => {
    const [, line = ''] = draw([{ pid: 1, name: 'x', line: '漢'.repeat(50) }], 40).split('\n')
    expect(line).toMatch(/漢…$/)
    expect(stringWidth(line)).toBeLessThanOrEqual(40)
  })

  it('shows hostile text escaped', () => {
    expect(draw([{ pid: 1, name: '\u001b[31mred\n', line: '\u202e' }])).toContain('\\x1b[31mred\\n  \\u202e')
  })

  it('draws a long list like a short one', () => {
    const columns: Column[] = [
      { key: 'pid', align: 'right', mark: row => (Number(row['pid']) % 2 === 0 ? 'good' : undefined) },
      { key: 'name' },
      { key: 'line', flexible: true },
      { key: 'empty' },
    ]
    const rows = Array.from({ length: 501 }, (_, pid) => ({
      pid,
      name: pid % 3 === 0 ? '' : `名前 ${pid}`,
      line: 'x'.repeat(pid === 7 ? 200 : pid % 90),
      empty: '',
    }))
    const lines = (of: Row[]) => draw(of, 60, columns, theme(true)).split('\n')
    expect(lines(rows).slice(0, 501)).toEqual(lines(rows.slice(0, 500)).slice(0, 501))
  })

  it('takes linear time for a long list, unlike cli-table3', () => {
    const laidOut = vi.spyOn(Table.prototype, 'toString')
    try {
      draw([{ pid: 1 }])
      expect(laidOut).toHaveBeenCalledTimes(1)
      draw(Array.from({ length: 10_000 }, (_, pid) => ({ pid })))
      expect(laidOut).toHaveBeenCalledTimes(1)
    } finally {
      laidOut.mockRestore()
    }
  })

  it('shows only the beginning of a cell of megabytes', () => {
    const lines = draw(
      [
        { pid: 1, name: 'x'.repeat(10_000_000), line: '' },
        { pid: 2, name: 'y', line: '\u0001'.repeat(1_000_000) },
      ],
      100,
    ).split('\n')
    for (const line of lines) expect(line.length).toBeLessThan(1100)
    expect(lines[1]).toMatch(/x…$/)
  })

  it('has bold headings in colour', () => {
    expect(draw([{ pid: 1 }], 80, [{ key: 'pid' }], theme(true))).toBe('\u001b[1mpid\u001b[22m\n1\n')
  })
})

it('an object is shown with one field per line, omitting empty ones', () => {
  const columns: Column[] = [
    { key: 'path' },
    { key: 'size', title: 'size in bytes' },
    { key: 'gone' },
    { key: 'times', text: row => `${String(row['size'])}x\u0007` },
  ]
  expect(drawObject({ path: 'C:\\x', size: 0, gone: null }, columns, { width: 80, theme: plain })).toBe(
    'path           C:\\x\nsize in bytes  0\ntimes          0x\\x07\n',
  )
})
