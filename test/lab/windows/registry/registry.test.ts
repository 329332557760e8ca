import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HRESULT } from '../../../../src/lab/endpoint.ts'
import { REGISTRY_TYPES } from '../../../../src/lab/windows/registry/node.ts'
import { failure, openLab } from '../support.ts'

const ACPI = 'HKLM\\SYSTEM\\CurrentControlSet\\services\\ACPI'
const USER = 'S-1-5-21-1085031214-1563985344-725345543-1604'
const RUN = 'Software\\Microsoft\\Windows\\CurrentVersion\\Run'

describe('registry keys', () => {
  test('match the document: Example below ACPI is created and deleted', async () => {
    const lab = openLab()
    expect((await lab.run('reg enum key', { path: ACPI })).sub_keys).toEqual([])
    expect(await lab.run('reg create key', { path: `${ACPI}\\Example` })).toEqual({})
    expect(await lab.run('reg enum key', { path: `${ACPI}\\Example` })).toEqual({ sub_keys: [], values: [] })
    expect((await lab.run('reg enum key', { path: ACPI })).sub_keys).toEqual(['Example'])
    expect(await lab.run('reg delete key', { path: `${ACPI}\\Example` })).toEqual({})
    expect(await failure(lab.run('reg enum key', { path: `${ACPI}\\Example` }))).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test('can be created again without an error, with missing parents', async () => {
    const lab = openLab()
    await lab.run('reg create key', { path: 'HKLM\\SOFTWARE\\One\\Two\\Three' })
    await lab.run('reg create key', { path: 'hklm\\software\\one\\two' })
    expect((await lab.run('reg enum key', { path: 'HKEY_LOCAL_MACHINE\\Software\\ONE' })).sub_keys).toEqual(['Two'])
  })

  test('with sub keys cannot be deleted', async () => {
    const lab = openLab()
    expect(await failure(lab.run('reg delete key', { path: 'HKLM\\SOFTWARE\\Microsoft' }))).toBe(HRESULT.ACCESS_DENIED)
    expect(await failure(lab.run('reg delete key', { path: 'HKLM\\SOFTWARE' }))).toBe(HRESULT.ACCESS_DENIED)
    expect(await failure(lab.run('reg delete key', { path: 'HKLM\\SOFTWARE\\None' }))).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await failure(lab.run('reg enum key', { path: 'HKXX\\SOFTWARE' }))).toBe(HRESULT.INVALID_PARAMETER)
    expect(await failure(lab.run('reg create key', { path: 'HKLM\\NewHive' }))).toBe(HRESULT.INVALID_PARAMETER)
  })

  test.each([
    ['HKCU', `HKU\\${USER}`],
    ['HKEY_CURRENT_USER\\Software', `hkey_users\\${USER}\\SOFTWARE`],
    ['HKCR\\.txt', 'HKLM\\SOFTWARE\\Classes\\.txt'],
    ['HKLM\\SYSTEM\\CurrentControlSet\\Control', 'HKLM\\SYSTEM\\ControlSet001\\Control'],
    ['HKCC\\Software', 'HKLM\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\0001\\Software'],
  ])('may be abbreviated: %s stands for %s', async (alias, real) => {
    const lab = openLab()
    const both = await Promise.all([alias, real].map(path => lab.run('reg enum key', { path })))
    expect(both[0]).toEqual(both[1])
    expect((both[0]?.sub_keys?.length ?? 0) + (both[0]?.values?.length ?? 0)).toBeGreaterThan(0)
  })

  test('have roots', async () => {
    const lab = openLab()
    expect((await lab.run('reg enum key', { path: 'HKLM' })).sub_keys).toEqual([
      'BCD00000000',
      'HARDWARE',
      'SAM',
      'SECURITY',
      'SOFTWARE',
      'SYSTEM',
    ])
    expect((await lab.run('reg enum key', { path: 'HKLM\\SYSTEM\\' })).sub_keys).toEqual(
      expect.arrayContaining(['ControlSet001', 'CurrentControlSet', 'Select']),
    )
    expect((await lab.run('reg enum key', { path: 'HKLM\\SOFTWARE' })).sub_keys).toContain('WOW6432Node')
    expect((await lab.run('reg enum key', { path: 'HKU' })).sub_keys).toContain(USER)
  })
})

describe('registry values', () => {
  test('are queried by key and name, the default value by a trailing separator', async () => {
    const lab = openLab()
    expect((await lab.run('reg query value', { path: `${ACPI}\\imagepath` })).value).toEqual({
      registry_name: 'ImagePath',
      registry_type: 'pbREG_EXPAND_SZ',
      registry_data: '\\SystemRoot\\System32\\drivers\\acpi.sys',
    })
    expect((await lab.run('reg query value', { path: 'HKCR\\.txt\\' })).value).toEqual({
      registry_name: '',
      registry_type: 'pbREG_SZ',
      registry_data: 'txtfile',
    })
    expect(await failure(lab.run('reg query value', { path: `${ACPI}\\None` }))).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await failure(lab.run('reg query value', { path: 'HKLM\\SOFTWARE\\None\\x' }))).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test('with backslashes in their names are listed, but cannot be named, because a path is split at its last one', async () => {
    const lab = openLab()
    for (const [key, name] of [
      ['HKLM\\SYSTEM\\MountedDevices', '\\DosDevices\\C:'],
      ['HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths', 'C:\\Users\\Public\\Libraries'],
    ] as const) {
      expect((await lab.run('reg enum key', { path: key })).values?.map(({ registry_name }) => registry_name)).toContain(name)
      for (const command of ['reg query value', 'reg delete value'] as const)
        expect(await failure(lab.run(command, { path: `${key}\\${name}` }))).toBe(HRESULT.FILE_NOT_FOUND)
      expect(await failure(lab.run('reg set value', { path: `${key}\\${name}`, value_type: 'REG_SZ', value_data: 'x' }))).toBe(
        HRESULT.FILE_NOT_FOUND,
      )
    }
  })

  test('are overwritten if overwrite is true or missing, and refused if false', async () => {
    const lab = openLab()
    const path = `HKCU\\${RUN}\\Test`
    const set = (value_data: string, overwrite?: boolean) =>
      lab.run('reg set value', { path, value_type: 'pbREG_SZ', value_data, ...(overwrite === undefined ? {} : { overwrite }) })
    expect(await set('one', false)).toEqual({ value: { registry_name: 'Test', registry_type: 'pbREG_SZ', registry_data: 'one' } })
    expect(await failure(set('two', false))).toBe(HRESULT.ALREADY_EXISTS)
    await set('three')
    await set('four', true)
    expect((await lab.run('reg query value', { path })).value?.registry_data).toBe('four')
    expect((await lab.run('reg delete value', { path })).value).toMatchObject({ registry_name: 'Test', registry_data: 'four' })
    expect(await failure(lab.run('reg delete value', { path }))).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test.each([
    ['REG_NONE', 'check_val', '63006800650063006b005f00760061006c00'],
    ['REG_SZ', 'text', 'text'],
    ['REG_EXPAND_SZ', '%windir%', '%windir%'],
    ['REG_BINARY', '0A ff,10', '0aff10'],
    ['REG_DWORD', 4294967295, '4294967295'],
    ['REG_DWORD', '0x10', '16'],
    ['REG_DWORD', '-1', '4294967295'],
    ['REG_DWORD_BIG_ENDIAN', '7', '7'],
    ['REG_MULTI_SZ', ['a', '', 'b'], ['a', 'b']],
    ['REG_QWORD', '18446744073709551615', '18446744073709551615'],
  ])('of type %s accept %j', async (value_type, value_data, kept) => {
    const lab = openLab()
    await lab.run('reg set value', { path: `${ACPI}\\V`, value_type, value_data })
    expect((await lab.again().run('reg query value', { path: `${ACPI}\\V` })).value).toEqual({
      registry_name: 'V',
      registry_type: `pb${value_type}`,
      registry_data: kept,
    })
  })

  test.each([
    ['REG_DWORD', '4294967296'],
    ['REG_DWORD', 'abc'],
    ['REG_DWORD', ''],
    ['REG_DWORD', '1.5'],
    ['REG_QWORD', '18446744073709551616'],
    ['REG_BINARY', 'xyz'],
    ['REG_BINARY', 'abc'],
    ['REG_SZ', ['list']],
    ['REG_SZ', { an: 'object' }],
    ['REG_LINK', 'x'],
    ['nonsense', 'x'],
  ])('of type %s refuse %j', async (value_type, value_data) => {
    expect(await failure(openLab().run('reg set value', { path: `${ACPI}\\V`, value_type, value_data }))).toBe(HRESULT.INVALID_PARAMETER)
  })

  test('are read back as set, whatever their name', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'B', '/', ' ', '_', 'ß', '.'), minLength: 1, maxLength: 10 })
    const data = fc.oneof(
      fc.record({ type: fc.constantFrom('REG_SZ', 'REG_EXPAND_SZ'), data: fc.string() }),
      fc.record({ type: fc.constantFrom('REG_DWORD', 'REG_DWORD_BIG_ENDIAN'), data: fc.nat(0xffffffff).map(String) }),
      fc.record({ type: fc.constant('REG_QWORD'), data: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) }),
      fc.record({
        type: fc.constantFrom('REG_BINARY', 'REG_NONE'),
        data: fc.uint8Array().map(bytes => Buffer.from(bytes).toString('hex')),
      }),
      fc.record({ type: fc.constant('REG_MULTI_SZ'), data: fc.array(fc.string({ minLength: 1 })) }),
    )
    await fc.assert(
      fc.asyncProperty(name, data, async (text, { type, data: value }) => {
        const lab = openLab()
        await lab.run('reg set value', { path: `HKCU\\Environment\\${text}`, value_type: type, value_data: value })
        expect((await lab.run('reg query value', { path: `hkcu\\environment\\${text}` })).value).toEqual({
          registry_name: text,
          registry_type: `pb${type}`,
          registry_data: value,
        })
        expect((await lab.run('reg enum key', { path: 'HKCU\\Environment' })).values).toHaveLength(3)
      }),
      { numRuns: 100 },
    )
    expect(Object.keys(REGISTRY_TYPES)).toHaveLength(8)
  })
})
