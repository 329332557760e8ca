import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { endpointError, resultCode, unsigned } from '../../src/remote/hresult.ts'
import { entry, isDirectory, process, registryValue } from '../../src/remote/normalize.ts'
import { programName } from '../../src/remote/process-names.ts'
import { keyPath } from '../../src/remote/registry.ts'

describe('an HRESULT', () => {
  /** "Errors of the endpoint": HRESULT, decimal, and message. */
  const TABLE: [number, number, RegExp, 'not_found' | 'remote'][] = [
    [0x80070002, 2147942402, /no such file/, 'not_found'],
    [0x80070003, 2147942403, /no such directory/, 'not_found'],
    [0x80070005, 2147942405, /access denied/, 'remote'],
    [0x80070020, 2147942432, /in use by another process/, 'remote'],
    [0x80070050, 2147942480, /file exists/, 'remote'],
    [0x80070057, 2147942487, /invalid parameter/, 'remote'],
    [0x80070070, 2147942512, /disk is full/, 'remote'],
    [0x80070091, 2147942545, /directory not empty/, 'remote'],
    [0x800700b7, 2147942583, /already exists/, 'remote'],
    [0x80070032, 2147942450, /not supported on this endpoint/, 'remote'],
  ]

  it.each(TABLE)('%i', (hresult, decimal, says, code) => {
    expect(hresult).toBe(decimal)
    for (const sent of [decimal, decimal - 2 ** 32]) {
      const error = endpointError('ls C:\\x', 'directory list', sent, 'whatever')
      expect(error).toMatchObject({ code, facts: { result_code: decimal }, message: expect.stringMatching(says) })
      expect(error.message).toMatch(/^ls C:\\x: .* \(0x8007[0-9a-f]{4}\)$/)
      expect(EXIT_CODES[error.code]).toBe(code === 'not_found' ? 4 : 5)
      expect(resultCode(error)).toBe(decimal)
    }
  })

  it.each([
    ['directory list', 'no such file or directory', 'no such directory'],
    ['reg query value', 'no such key or value', 'no such key or value'],
    ['reg delete key', 'no such key or value', 'no such key or value'],
    ['create process', 'no such program', 'no such directory'],
  ])('ERROR_FILE_NOT_FOUND from %s reads %s, ERROR_PATH_NOT_FOUND %s', (command, file, path) => {
    expect(endpointError('x', command, 2147942402).message).toBe(`x: ${file} (0x80070002)`)
    expect(endpointError('x', command, 2147942403).message).toBe(`x: ${path} (0x80070003)`)
  })

  it.each([
    [0x80004005, 'Unspecified error', 'x: Unspecified error (0x80004005)'],
    [0x80004005, ' ', 'x: the endpoint answered 0x80004005'],
    [0x80004005, null, 'x: the endpoint answered 0x80004005'],
    [5, '', 'x: the endpoint answered 0x00000005'],
    [0, 'It is closed', 'x: It is closed'],
    [0, '', 'x: it failed on the endpoint'],
  ])('%i, which is unknown, with the description %j keeps its number', (code, described, message) => {
    expect(endpointError('x', 'kill', code, described)).toMatchObject({ code: 'remote', message })
  })

  it('with an endless description shows only the beginning of it', () => {
    const { message } = endpointError('x', 'kill', 0x80004005, `${'a'.repeat(1000)}${'b'.repeat(1_000_000)}`)
    expect(message).toBe(`x: ${'a'.repeat(1000)}… (0x80004005)`)
  })

  it.each([
    [0x800700e1, /virus/],
    [0x800700e2, /virus.*deleted/],
    [0x800700c1, /bad image/],
    [0xc000007b, /bad image/],
    [0xd000007b, /bad image/],
    [0x8007016a, /cloud file/],
    [0x80070184, /cloud file.*network/],
    [0x80070187, /cloud file.*use/],
    [0x80070178, /cloud file/],
    [0xc000cf02, /cloud file/],
    [0x80070035, /network path/],
    [0xc00000be, /network path/],
    [0x80070043, /network share/],
    [0x800704ec, /policy/],
    [0x80070005 - 2 ** 32, /access denied/],
    [0xc0000022, /access denied/],
    [0xd0000043, /in use/],
    [0x8007012f, /being deleted/],
    [0x80071772, /encrypted/],
    [0x800711c7, /code integrity/],
    [0x80070241, /signature/],
    [0x8007000e, /no memory/],
    [0x80070780, /reparse point/],
  ])('%i is explained in words, with the number beside them', (code, says) => {
    const { message } = endpointError('x', 'get file', code)
    expect(message).toMatch(says)
    expect(message).toContain(` (0x${(code >>> 0).toString(16).padStart(8, '0')})`)
  })

  it.each([0x8007000f, 0xc0000034, 0xd000003a])('%i means "not found"', code =>
    expect(endpointError('x', 'get file', code).code).toBe('not_found'),
  )

  it('is the same number, signed or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), number => unsigned(number) === number && unsigned(number | 0) === number),
    )
  })

  it('is not read from other failures', () => {
    expect([resultCode(new Error('x')), resultCode(undefined)]).toEqual([undefined, undefined])
  })
})

describe('a directory entry', () => {
  const TIME = '2021-10-07T21:13:06Z'

  it.each([
    ['2021-10-07T21:13:06Z', TIME],
    ['2021-10-07T21:13:06.000Z', TIME],
    ['2021-10-07T21:13:06', TIME],
    ['2021-10-07T23:13:06+02:00', TIME],
    [1633641186, TIME],
    [1633641186000, TIME],
    ['1633641186', TIME],
    ['2021-10-07T21:13:06.5Z', '2021-10-07T21:13:06.500Z'],
    [null, null],
    [undefined, null],
    ['', ''],
    ['soon', 'soon'],
  ])('reads the time %j as %j', (sent, time) => {
    expect(entry({ filename: 'a', size: 1, create_time: sent, last_write_time: sent, last_access_time: sent }, 'C:\\a')).toMatchObject({
      create_time: time,
      last_write_time: time,
      last_access_time: time,
    })
  })

  it('has the documented form, with its path', () => {
    expect(
      entry(
        {
          size: 42,
          attributes: ['Archive', 'hidden'],
          filename: 'hello_world.txt',
          alternate_name: 'HELLO_~1.TXT',
          create_time: TIME,
          last_access_time: TIME,
          last_write_time: TIME,
        },
        'C:\\demo\\hello_world.txt',
      ),
    ).toEqual({
      filename: 'hello_world.txt',
      path: 'C:\\demo\\hello_world.txt',
      size: 42,
      attributes: ['ARCHIVE', 'HIDDEN'],
      alternate_name: 'HELLO_~1.TXT',
      create_time: TIME,
      last_access_time: TIME,
      last_write_time: TIME,
    })
    expect(entry({ filename: 'a', size: 0, attributes: null, alternate_name: null }, 'C:\\a')).toMatchObject({
      attributes: [],
      alternate_name: '',
    })
  })

  it('is a directory when its attribute says so', () => {
    expect(
      [['DIRECTORY', 'HIDDEN'], ['directory'], ['ARCHIVE'], []].map(attributes =>
        isDirectory(entry({ filename: 'a', size: 0, attributes }, 'C:\\a')),
      ),
    ).toEqual([true, true, false, false])
  })
})

describe('a process', () => {
  it('has all fields, null when the endpoint does not know them', () => {
    const all = [
      'process_pid',
      'parent_pid',
      'process_username',
      'process_create_time',
      'process_path',
      'process_cmdline',
      'parent_create_time',
      'sid',
    ]
    expect(process({})).toEqual(Object.fromEntries(all.map(name => [name, null])))
    expect(process({ process_pid: null, sid: null })).toEqual(process({}))
    expect(
      process({
        parent_create_time: 1634920906,
        parent_pid: 2712,
        process_cmdline: '"x" --y',
        process_create_time: 1634920000.0,
        process_path: 'c:\\x.exe',
        process_pid: 5604,
        process_username: 'NT AUTHORITY\\SYSTEM',
        sid: 'S-1-5-18',
      }),
    ).toEqual({
      parent_create_time: '2021-10-22T16:41:46Z',
      parent_pid: 2712,
      process_cmdline: '"x" --y',
      process_create_time: '2021-10-22T16:26:40Z',
      process_path: 'c:\\x.exe',
      process_pid: 5604,
      process_username: 'NT AUTHORITY\\SYSTEM',
      sid: 'S-1-5-18',
    })
  })

  it.each([
    ['c:\\windows\\system32\\svchost.exe', 'svchost.exe'],
    ['/usr/bin/sh', 'sh'],
    ['System', 'System'],
    [null, ''],
    ['', ''],
  ])('at %j is named %j', (path, name) => {
    expect(programName({ process_path: path }, !path?.startsWith('/'))).toBe(name)
  })
})

describe('a registry value', () => {
  it.each([
    [{ registry_name: 'a', registry_type: 'REG_SZ', registry_data: 'x' }, ['a', 'REG_SZ', 'x']],
    [{ registry_name: 'a', registry_type: 'pbREG_DWORD', registry_data: '5' }, ['a', 'REG_DWORD', '5']],
    [{ value_name: 'a', value_type: 'pbREG_MULTI_SZ', value_data: ['x', 'y'] }, ['a', 'REG_MULTI_SZ', ['x', 'y']]],
    [
      { registry_name: null, registry_type: null, registry_data: null, value_name: 'a', value_type: 'REG_QWORD', value_data: 0 },
      ['a', 'REG_QWORD', 0],
    ],
    [{ registry_name: '', registry_type: 'REG_SZ', registry_data: '' }, ['', 'REG_SZ', '']],
    [{}, ['', null, null]],
  ])('%j', (sent, [registry_name, registry_type, registry_data]) => {
    expect(registryValue(sent)).toEqual({ registry_name, registry_type, registry_data })
  })
})

describe('a registry path', () => {
  it.each([
    ['HKLM\\Software\\x y', 'HKLM\\Software\\x y'],
    ['hklm\\Software', 'HKLM\\Software'],
    ['HKEY_LOCAL_MACHINE\\Software', 'HKEY_LOCAL_MACHINE\\Software'],
    ['hkey_current_user', 'HKEY_CURRENT_USER'],
    ['HKLM', 'HKLM'],
    ['HKLM\\', 'HKLM'],
    ['HKU\\S-1-5-18\\\\Environment\\', 'HKU\\S-1-5-18\\Environment'],
    ['HKLM:\\Software', 'HKLM\\Software'],
    ['HKLM:Software', 'HKLM\\Software'],
    ['HKCR:', 'HKCR'],
    ['Computer\\HKEY_CURRENT_CONFIG\\x', 'HKEY_CURRENT_CONFIG\\x'],
    ['HKLM\\Software\\a/b', 'HKLM\\Software\\a/b'],
  ])('%j is normalized to %j', (typed, path) => {
    expect(keyPath(typed)).toBe(path)
  })

  it.each(['', 'Software', 'HKXX\\a', 'C:\\x', 'HKLM/Software', '\\HKLM', 'constructor', '__proto__\\x'])(
    '%j does not start with a hive',
    typed => {
      expect(() => keyPath(typed)).toThrow(expect.objectContaining({ code: 'usage', facts: { hint: expect.stringContaining('HKLM') } }))
    },
  )

  it('that is normalized already stays the same', () => {
    const part = fc.string({ minLength: 1, maxLength: 6 }).filter(text => !/[\\]/.test(text))
    fc.assert(
      fc.property(
        fc.constantFrom('HKLM', 'hkcu:', 'HKEY_USERS', 'Computer\\HKCR'),
        fc.array(part),
        fc.constantFrom('', '\\', '\\\\'),
        (hive, parts, end) => {
          const path = keyPath([hive, ...parts].join('\\') + end)
          expect(keyPath(path)).toBe(path)
          expect(path.split('\\').slice(1)).toEqual(parts)
        },
      ),
    )
  })
})
