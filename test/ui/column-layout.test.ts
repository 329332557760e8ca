import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { Column, Row } from '../../src/core/result.ts'
import { layOutColumns } from '../../src/ui/column-layout.ts'
import type { Look } from '../../src/ui/forms.ts'
import { drawTable } from '../../src/ui/table.ts'
import { theme } from '../../src/ui/theme.ts'

const NOW = Date.UTC(2026, 0, 2, 12)
const COLUMNS: Column[] = [
  { key: 'pid', align: 'right' },
  { key: 'user', priority: 2 },
  { key: 'at', kind: 'time', brief: 'when', priority: 1 },
  { key: 'path', flexible: 'middle', shorter: row => String(row['path']).split('\\').pop() ?? '' },
  { key: 'line', title: 'command line', evidence: true },
]
const LINE = 'powershell.exe -NoProfile -Command "Get-Process | Where-Object Name -eq svchost"'
const ROWS: Row[] = [
  {
    pid: 4711,
    user: 'SYSTEM',
    at: '2026-01-02T09:00:00Z',
    path: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    line: LINE,
  },
]

function draw(
  width: number,
  { rows = ROWS, columns = COLUMNS, look = { now: NOW } }: { rows?: Row[]; columns?: Column[]; look?: Look } = {},
): { lines: string[]; leftOut: string[] } {
  const layout = layOutColumns(rows, columns, width, look)
  return {
    lines: [...drawTable(rows, layout, { width, theme: theme(false) })].join('').trimEnd().split('\n'),
    leftOut: layout.leftOut.map(({ key }) => key),
  }
}

describe('a table that is too wide', () => {
  it('shows all columns in full if there is room', () => {
    expect(draw(200)).toEqual({
      leftOut: [],
      lines: [
        ' pid  user    at                    path                                                       command line',
        `4711  SYSTEM  2026-01-02T09:00:00Z  ${String(ROWS[0]?.['path'])}  ${LINE}`,
      ],
    })
  })

  it('uses shorter forms first, as few as necessary', () => {
    const { lines, leftOut } = draw(100)
    expect(leftOut).toEqual([])
    expect(lines[1]).toMatch(/^4711 {2}SYSTEM {2}2026-01-02T09:00:00Z {2}powershell\.exe {2}powershell\.exe -NoProfile/)
  })

  it('then omits columns, the least important first', () => {
    expect(draw(60).leftOut).toEqual(['at'])
    expect(draw(50).leftOut).toEqual(['at', 'user'])
    expect(draw(20).leftOut).toEqual(['at', 'user'])
  })

  it('never cuts evidence, which wraps below itself', () => {
    for (const width of [50, 60, 80, 100, 120]) {
      const {
        lines: [heading = '', ...lines],
      } = draw(width)
      const from = heading.indexOf('command line')
      expect(lines.length).toBeGreaterThan(1)
      expect(
        lines
          .map(line => line.slice(from).trim())
          .join('')
          .replaceAll(' ', ''),
      ).toBe(LINE.replaceAll(' ', ''))
      for (const line of lines.slice(1)) expect(line.slice(0, from).trim()).toBe('')
    }
  })

  it('fits any width from 60, whatever the cells contain', () => {
    const word = fc.oneof(fc.string({ maxLength: 150 }), fc.string({ unit: fc.constantFrom('漢', 'a', ' ', '👍', '\\'), maxLength: 120 }))
    const row = fc.record({
      pid: fc.nat(99_999),
      user: word,
      at: fc.constantFrom('2026-01-02T09:00:00.123Z', '', 'never'),
      path: fc.constantFrom('C:\\x\\y.exe', `C:\\${'long\\'.repeat(20)}z.exe`),
      line: word,
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), fc.integer({ min: 60, max: 220 }), (rows, width) => {
        const { lines } = draw(width, { rows, columns: COLUMNS })
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
      }),
      { numRuns: 100 },
    )
  })

  it('keeps the requested form of times, however narrow it is', () => {
    expect(draw(200, { look: { now: NOW, times: 'relative' } }).lines[1]).toContain('SYSTEM  3 h ago  C:')
    expect(draw(70, { look: { now: NOW, times: 'utc' } })).toMatchObject({ leftOut: ['at'] })
  })
})

it('draws a text below its column, with the sign of its mark', () => {
  const columns: Column[] = [
    { key: 'pid' },
    { key: 'line', evidence: true, title: 'command line' },
    { key: 'script', beneath: 'line', evidence: true },
    { key: 'odd', beneath: 'line', mark: () => 'odd' },
  ]
  const rows: Row[] = [
    { pid: 1, line: 'a.exe -enc AAAA', script: 'Get-It', odd: 'a.exe elsewhere' },
    { pid: 2, line: 'b.exe' },
  ]
  expect(draw(80, { rows, columns }).lines).toEqual([
    'pid  command line',
    '1    a.exe -enc AAAA',
    '     ↳ Get-It',
    '     ! a.exe elsewhere',
    '2    b.exe',
  ])
  expect(draw(80, { rows, columns: columns.filter(({ key }) => key !== 'line') }).lines[0]).toBe('pid  script  odd')
})

it('keeps the branches of a tree before a text that is cut', () => {
  const columns: Column[] = [{ key: 'path', flexible: 'middle', lead: () => '│  └─ ', mark: () => 'odd' }, { key: 'other' }]
  expect(draw(30, { rows: [{ path: 'C:\\Windows\\System32\\svchost.exe', other: 'x' }], columns }).lines[1]).toBe(
    '│  └─ ! C:…\\svchost.exe  x',
  )
})
