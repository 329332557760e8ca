import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFleet } from '../../support/fleet.ts'

const [A, B] = ['WIN-FIN-01', 'WIN-FIN-02']
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

describe('files of several devices', () => {
  it('lie below a folder a device, and their bytes are summed up', async () => {
    const fleet = openFleet()
    const evidence = join(fleet.home, 'evidence')
    const { code, lines, last, run } = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, evidence])
    expect(code).toBe(0)
    expect(readdirSync(evidence).sort()).toEqual([A, B])
    const size = [A, B].reduce((sum, name) => sum + statSync(join(evidence, name, 'hosts')).size, 0)
    expect(lines.map(({ result }) => (result as { size: number }).size).reduce((sum, one) => sum + one, 0)).toBe(size)
    expect(last).toContain(`; ${size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KiB`}; run ${run}`)
    const [, ...rows] = readFileSync(join(fleet.home, 'runs', run, 'joblog.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(rows.map(row => Number(row.split('\t')[5])).reduce((sum, one) => sum + one, 0)).toBe(size)
  })

  it('are no more than --max-bytes allows, and what was left says so', async () => {
    const fleet = openFleet()
    const evidence = join(fleet.home, 'evidence')
    const { code, lines, err } = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, evidence, '--parallel', '1', '--max-bytes', '10'])
    expect(code).toBe(7)
    expect(lines.map(({ error }) => error?.message)).toEqual([expect.stringContaining('--max-bytes 10 B is reached') as string])
    expect(err).toContain('cbc: stopped: --max-bytes is reached')
    expect(readdirSync(join(evidence, lines[0]?.device_name ?? ''))).toEqual([])
    const each = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, evidence, '--max-bytes-per-device', '10'])
    expect(each.lines.map(({ error }) => error?.code)).toEqual(['refused', 'refused'])
  })

  it.each([
    ['a registry export', ['reg', 'export', A, 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI', 'acpi.reg']],
    ['a memory dump', ['memdump', A, '--get', 'memory.dmp']],
  ])('%s that is larger than --max-bytes is left, and no part of it stays here', async (_what, [group = '', ...words]) => {
    const fleet = openFleet()
    const place = (words.at(-1) ?? '').replace(/^/, `${fleet.home}/`)
    const { code, lines } = await fleet.cbc(['lr', group, ...words.slice(0, -1), place, '--max-bytes', '1K'])
    expect({ code, error: lines[0]?.error }).toMatchObject({
      code: 7,
      error: { code: 'refused', message: expect.stringContaining('--max-bytes 1.0 KiB is reached') as string },
    })
    expect(readdirSync(join(fleet.home, A))).toEqual([])
  })

  it('that are home are not fetched again by run retry, and are no error', async () => {
    const fleet = openFleet()
    const evidence = join(fleet.home, 'evidence')
    await fleet.cbc(['lr', 'put', A, 'package.json', 'C:\\Windows\\AppCompat\\Programs\\other.txt'])
    const fetched = async () => (await fleet.executions('name=get+file')).map(({ object }) => object)
    // One of them is in use.
    const first = await fleet.cbc(['lr', 'get', `${A},`, '-r', 'C:\\Windows\\AppCompat\\Programs', evidence, '--parallel', '1'])
    expect(first.code).toBe(7)
    const before = await fetched()
    expect(before).toHaveLength(2)
    const again = await fleet.cbc(['run', 'retry', first.run])
    const failed = (lines: typeof again.lines) =>
      (lines[0]?.result as { path: string; error?: unknown }[]).filter(({ error }) => error !== undefined)
    expect(failed(again.lines)).toEqual(failed(first.lines))
    expect((await fetched()).slice(before.length)).toEqual(['C:\\Windows\\AppCompat\\Programs\\Amcache.hve'])
  })

  it('only verbs that bring files home take these limits', async () => {
    expect((await openFleet().cbc(['lr', 'ps', A, '--max-bytes', '10'])).code).toBe(2)
  })
})
