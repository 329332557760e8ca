import { expect, it } from 'vitest'
import { differenceColumns } from '../../../src/core/difference.ts'
import { layOutColumns } from '../../../src/ui/column-layout.ts'
import { drawTable } from '../../../src/ui/table.ts'
import { theme } from '../../../src/ui/theme.ts'
import { regQuery } from '../../../src/verbs/registry/query.ts'

it('differences of registry values fit a terminal of 80 columns, with the whole key and data', () => {
  const key = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run'
  const data = '"C:\\Users\\Public\\svchost.exe" -k netsvcs'
  const row = { change: 'gone', path: key, registry_name: 'SecurityHealthUpdate', registry_type: 'REG_SZ', registry_data: data }
  const layout = layOutColumns([row], differenceColumns(regQuery.identity?.columns ?? []), 80, {})
  const lines = [...drawTable([row], layout, { width: 80, theme: theme(false) })].join('').trimEnd().split('\n')
  expect(lines.filter(line => line.length > 80)).toEqual([])
  // What wraps is whole: its parts stand in the same columns.
  const [from, to] = [lines[0]?.indexOf('path') ?? 0, lines[0]?.indexOf('name') ?? 0]
  const cells = lines.slice(1).map(line => line.slice(from, to).trim())
  expect(cells.join('')).toBe(key)
  expect(
    lines
      .slice(1)
      .map(line => line.slice(lines[0]?.indexOf('data')).trim())
      .join(''),
  ).toContain('svchost.e')
})
