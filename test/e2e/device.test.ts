import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { analyst } from './lab.ts'

it('commands take devices from a list, or from stdin', async () => {
  const { home, cbc, with: withOptions } = analyst()
  writeFileSync(join(home, 'list.txt'), '# the one with the odd process\nwin-fin-01\n')
  expect((await cbc('device', 'get', '@list.txt', '--json')).json()).toMatchObject({ id: 11412673, name: 'WIN-FIN-01' })
  expect(await withOptions({ stdin: 'KIOSK-0[\nLNX-*\n' }, 'lr', 'drives', '@-', '--json')).toMatchObject({ code: 4, stdout: '' })
  expect((await withOptions({ stdin: 'LNX-*\n' }, 'lr', 'drives', '@-', '--json')).json()).toEqual(['/'])
  const several = await withOptions({ stdin: 'LNX-*\nWIN-FIN-01\n' }, 'lr', 'drives', '@-', '--json')
  expect({
    exit: several.code,
    names: several
      .json<{ device_name: string }[]>()
      .map(({ device_name }) => device_name)
      .sort(),
  }).toEqual({
    exit: 0,
    names: ['LNX-LAB-01', 'WIN-FIN-01'],
  })
})

it('cbc doctor prints its checks', async () => {
  const { cbc } = analyst()
  const { code, stdout, stderr } = await cbc('doctor')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^✓ versions: cbc \d+\.\d+\.\d+ \(commit \S+, Node \d+\.\d+\.\d+( built in)?, \S+\)\n✓ configuration: profile lab, built in\n/,
  )
  const { code: missing, json } = await cbc('doctor', '--profile', 'nope', '--json')
  expect(missing).toBe(3)
  expect(json()).toContainEqual({
    check: 'configuration',
    ok: false,
    detail: 'there is no profile "nope"',
    hint: expect.stringContaining('cbc config init') as string,
  })
})
