import { readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { inHomeOf, openFleet, type Fleet } from '../../support/fleet.ts'
import { FakeLedger } from '../../support/ledger.ts'

const DEVICE = 'SRV-SQL-01'
const FILES = ['C:\\Windows\\AppCompat\\Programs\\Amcache.hve', 'C:\\Windows\\System32\\sru\\SRUDB.dat']

let fleet: Fleet

inHomeOf(() => (fleet = openFleet()))
beforeEach(() => define(FILES))

/** Writes the definition `InUse` of these files. */
const define = (files: readonly string[]) => {
  const paths = files.map(path => `'${path}'`).join(', ')
  writeFileSync('own.yaml', `name: InUse\nsources:\n- type: FILE\n  attributes: {paths: [${paths}], separator: '\\'}\n`)
}
const block = (...programs: string[]) => fleet.settings({ devices: { [DEVICE]: { blockedPrograms: programs } } })
const collect = async () => {
  const ledger = new FakeLedger()
  const words = ['lr', 'collect', 'InUse', DEVICE, '--artifacts', 'own.yaml', '--locked', '--json']
  const { code, out, err } = await fleet.cbc(words, { ledger: async () => ledger.of('collect') })
  return { code, err, row: (JSON.parse(out) as { fetched: number; why: string; files: { path: string }[] }[])[0], ledger }
}
/** The programs that ran, without the names of temporary files. */
const ran = async () =>
  (await fleet.executions('name=create+process')).map(({ object }) => object.replace(/cbc-[\w-]+/, 'cbc').replace(/\{[\w-]+\}/, '{ID}'))
const shadows = async () => (await fleet.cbc(['lr', 'exec', DEVICE, 'vssadmin.exe', 'list', 'shadows'])).out

describe('lr collect --locked where esentutl.exe does not copy', () => {
  it.each([
    ['wmic.exe makes one shadow copy for all files', [], 'wmic.exe shadowcopy call create Volume=C:\\'],
    ['vssadmin.exe makes it where wmic.exe does not', ['wmic.exe'], 'vssadmin.exe create shadow /for=C:'],
  ])('%s, and it is removed', async (_what, blocked, made) => {
    await block('esentutl.exe', ...blocked)
    const { code, row, ledger } = await collect()
    expect({ code, paths: row?.files.map(({ path }) => path) }).toEqual({ code: 0, paths: FILES })
    const lines = await ran()
    expect(lines.filter(line => line === made)).toHaveLength(1)
    expect(lines.filter(line => line === 'vssadmin.exe delete shadows /shadow={ID} /quiet')).toHaveLength(1)
    expect(lines).toContain(
      `cmd.exe /c copy /b /y \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\Windows\\System32\\sru\\SRUDB.dat C:\\Windows\\Temp\\cbc.copy`,
    )
    expect(await shadows()).toContain('No items found')
    expect(ledger.traces).toEqual([])
    const { out } = await fleet.cbc(['lr', 'ls', DEVICE, 'C:\\Windows\\Temp', '--json'])
    expect(out).not.toContain('cbc-')
  })

  it('where nothing makes a shadow copy, the file says what each way came to, and nothing is left', async () => {
    // A second file of the volume would not try esentutl.exe again, and which one comes first depends on the endpoint.
    define(FILES.slice(0, 1))
    await block('esentutl.exe', 'wmic.exe', 'vssadmin.exe')
    const { code, row, ledger } = await collect()
    expect([code, row?.fetched]).toEqual([7, 0])
    expect(row?.why).toMatch(/in use, and could not be copied: esentutl\.exe: .*; no shadow copy of C:: wmic\.exe: .*; vssadmin\.exe: /)
    expect(ledger.traces).toEqual([])
  })

  it('a shadow copy that can not be removed is named, and lr gc removes it', async () => {
    await block('esentutl.exe', 'vssadmin.exe')
    const { code, err, ledger } = await collect()
    expect(code).toBe(7)
    expect(err).toContain('left behind on')
    expect(ledger.traces).toEqual([expect.objectContaining({ kind: 'shadow', path: 'C:' })])
    await block()
    expect(await shadows()).toContain('HarddiskVolumeShadowCopy1')
    const gc = await fleet.cbc(['lr', 'gc', '--json', '--yes'], { ledger: async () => ledger.of('gc') })
    expect(JSON.parse(gc.out)).toEqual([expect.objectContaining({ action: 'delete', kind: 'shadow', path: 'C:' })])
    expect(await shadows()).toContain('No items found')
    expect(ledger.traces).toEqual([])
  })
})

describe('lr collect where event logs are in use', () => {
  const LOGS = ['Microsoft-Windows-TaskScheduler%4Operational', 'Security'].map(name => `C:\\Windows\\System32\\winevt\\Logs\\${name}.evtx`)
  const held = (...blockedPrograms: string[]) => fleet.settings({ devices: { [DEVICE]: { heldFiles: ['*.evtx'], blockedPrograms } } })
  const logs = async (...more: string[]) => {
    define(LOGS)
    const { code, out } = await fleet.cbc(['lr', 'collect', 'InUse', DEVICE, '--artifacts', 'own.yaml', '--json', ...more])
    const [row] = JSON.parse(out) as { failed: number; why: string; files?: { path: string; local_path: string }[] }[]
    return { code, why: row?.why, failed: row?.failed, files: row?.files ?? [] }
  }

  it('they say so, and --locked copies them from a shadow copy', async () => {
    await held()
    expect(await logs()).toMatchObject({ code: 7, failed: 2, why: expect.stringContaining('--locked fetches a copy') as unknown })
    const { code, files } = await logs('--locked')
    expect([code, files.map(({ path }) => path)]).toEqual([0, LOGS])
    expect((await ran()).every(line => line.startsWith('esentutl.exe /y'))).toBe(true)
  })

  it('where nothing makes a shadow copy, they are exported by their names', async () => {
    await held('esentutl.exe', 'wmic.exe', 'vssadmin.exe')
    const { code, files } = await logs('--locked')
    expect([code, files.map(({ path }) => path)]).toEqual([0, LOGS])
    for (const { local_path } of files) expect(readFileSync(local_path).subarray(0, 7).toString('latin1')).toBe('ElfFile')
    expect(await ran()).toEqual(
      expect.arrayContaining([
        'wevtutil.exe export-log Microsoft-Windows-TaskScheduler/Operational C:\\Windows\\Temp\\cbc.copy /overwrite:true',
        'wevtutil.exe export-log Security C:\\Windows\\Temp\\cbc.copy /overwrite:true',
      ]),
    )
  })
})
