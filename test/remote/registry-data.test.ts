import { describe, expect, it } from 'vitest'
import { dataBytes, typeName, type TypeName } from '../../src/remote/registry-data.ts'

const hex = (type: TypeName, data: unknown) => dataBytes(type, data)?.toString('hex')

describe("a value's data as Windows stores it", () => {
  it.each<[TypeName, unknown, string]>([
    ['REG_SZ', 'A', '41000000'],
    ['REG_SZ', null, '0000'],
    ['REG_SZ', undefined, '0000'],
    ['REG_EXPAND_SZ', '%A%', '2500410025000000'],
    ['REG_LINK', 'A', '4100'],
    ['REG_MULTI_SZ', ['A', '', 'B'], '41000000420000000000'],
    ['REG_MULTI_SZ', 'A\0B\0', '41000000420000000000'],
    ['REG_MULTI_SZ', [], '0000'],
    ['REG_DWORD', 258, '02010000'],
    ['REG_DWORD', ' 0xff ', 'ff000000'],
    ['REG_DWORD', -1, 'ffffffff'],
    ['REG_DWORD', 4294967295, 'ffffffff'],
    ['REG_DWORD', -2147483648, '00000080'],
    ['REG_DWORD_BIG_ENDIAN', 258, '00000102'],
    ['REG_QWORD', '18446744073709551615', 'ffffffffffffffff'],
    ['REG_BINARY', [0, 255], '00ff'],
    ['REG_BINARY', '0x00 FF', '00ff'],
    ['REG_BINARY', '00,ff-01:02', '00ff0102'],
    ['REG_BINARY', null, ''],
    ['REG_NONE', 'ab', 'ab'],
    ['REG_NONE', 'xy', '78007900'],
  ])('%s %j', (type, data, stored) => expect(hex(type, data)).toBe(stored))

  it.each<[TypeName, unknown]>([
    ['REG_SZ', ['A']],
    ['REG_EXPAND_SZ', {}],
    ['REG_LINK', ['A']],
    ['REG_DWORD', 'x12'],
    ['REG_DWORD', '12x'],
    ['REG_DWORD', '0xfg'],
    ['REG_DWORD', null],
    ['REG_DWORD', 4294967296],
    ['REG_DWORD', -2147483649],
    ['REG_QWORD', '18446744073709551616'],
    ['REG_BINARY', 'abc'],
    ['REG_BINARY', 'abxy'],
    ['REG_BINARY', 'xyab'],
    ['REG_BINARY', [256]],
    ['REG_BINARY', [-1]],
    ['REG_BINARY', [1.5]],
    ['REG_BINARY', ['1']],
  ])('is unknown where it does not fit the type: %s %j', (type, data) => expect(hex(type, data)).toBeUndefined())

  it('has a type in any case, and none of any other name', () => {
    expect([typeName('reg_dword'), typeName('REG_FLOAT'), typeName('toString')]).toEqual(['REG_DWORD', undefined, undefined])
  })
})
