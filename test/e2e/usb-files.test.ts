import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openCbc } from '../support/terminal.ts'
import { analyst } from './lab.ts'

const FIRST =
  'vendor_id,product_id,serial_number,approval_name,notes\r\n0x0781,0x5581,4C531001331122115172,Example,"=1+1, ""quoted""\r\nand more"\r\n0951,,,Issued by IT,\r\n'
/** The file as a spreadsheet saves it with semicolons: the second row is deleted, a third is added. */
const SECOND = '\ufeffvendor_id;product_id;serial_number;approval_name\r\n0781;5581;4C531001331122115172;Renamed\r\n0781;5595;;New\r\n'

it('a list of USB devices is imported, exported, changed in a spreadsheet, applied, and rolled back', async () => {
  const { home, cbc, with: run } = analyst()
  writeFileSync(join(home, 'sticks.csv'), FIRST)
  const imported = await cbc('usb', 'approval', 'import', 'sticks.csv', '--json')
  expect({ code: imported.code, stderr: imported.stderr }).toEqual({ code: 0, stderr: '' })
  expect(imported.json()).toMatchObject([
    { action: 'create', line: 2, id: '10373', vendor_name: 'SanDisk' },
    { action: 'create', line: 4, id: '10374' },
  ])

  const exported = await cbc(
    'usb',
    'approval',
    'list',
    '--all',
    '-o',
    'csv',
    '--columns',
    'vendor_id,product_id,serial_number,approval_name,notes',
  )
  const piped = await run({ stdin: exported.bytes }, 'usb', 'approval', 'import', '-', '-o', 'ndjson')
  expect({
    code: piped.code,
    actions: piped.stdout
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as { action: string }).action),
  }).toEqual({ code: 0, actions: ['unchanged', 'unchanged'] })

  writeFileSync(join(home, 'sticks.csv'), Buffer.from(SECOND, 'utf16le'))
  const refused = await cbc('usb', 'approval', 'apply', 'sticks.csv', '--prune')
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 8, stdout: '' })
  const applied = await cbc('usb', 'approval', 'apply', 'sticks.csv', '--prune', '--yes', '--json')
  expect({ code: applied.code, actions: applied.json<{ action: string }[]>().map(({ action }) => action) }).toEqual({
    code: 0,
    actions: ['update', 'create', 'delete'],
  })

  const [rollback = ''] = readdirSync(home).filter(name => name.includes('rollback'))
  expect(statSync(join(home, rollback)).mode & 0o777).toBe(0o600)
  expect((await cbc('usb', 'approval', 'apply', rollback, '--prune', '--yes')).code).toBe(0)
  const back = await cbc('usb', 'approval', 'import', 'sticks.csv', '--dry-run', '--json')
  expect(back.json()).toMatchObject([
    { action: 'unchanged', approval_name: 'Example', notes: '=1+1, "quoted"\nand more' },
    { action: 'create', line: 3 },
  ])
})

it('a person at a terminal sees the plan, and is asked', async () => {
  const { home, env, cbc } = analyst()
  writeFileSync(join(home, 'sticks.csv'), FIRST)
  for (const [key, code, count] of [
    ['n', 8, 0],
    ['y', 0, 2],
  ] as const) {
    const terminal = openCbc(['usb', 'approval', 'apply', 'sticks.csv'], { cols: 120, env, home, cwd: home })
    const screen = await terminal.waitFor(/Apply sticks\.csv: create 2\?/)
    expect(screen.join('\n')).toMatch(/create +2 +0x0781 +0x5581 +4C531001331122115172 +Example/)
    await terminal.type(`${key}\r`)
    expect((await terminal.exit).code).toBe(code)
    expect((await cbc('usb', 'approval', 'list', '--json')).json()).toHaveLength(count)
  }
  expect(readdirSync(home).filter(name => name.includes('rollback'))).toHaveLength(1)
})
