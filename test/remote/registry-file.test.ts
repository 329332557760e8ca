import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longPath } from '../../src/remote/registry.ts'
import { HEADER, keyLine, valueLines } from '../../src/remote/registry-file.ts'
import { readRegFile } from './reg-file-reader.ts'

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Demo'
const value = (registry_type: string, registry_data: unknown, registry_name = 'x') => ({ registry_name, registry_type, registry_data })
const file = (...lines: (string | undefined)[]) => Buffer.from([HEADER, ...lines, '\r\n'].join(''), 'utf16le')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')

/** Any text that Windows allows there: lone surrogates, control characters, quotes, backslashes. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ', 'é', '\t', '😀'), maxLength: 120 }),
  )
  .filter(one => !one.includes('\0'))
const name = text.filter(one => !/[\r\n]/.test(one))
const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))
const number = (size: number, big = false) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(size * 8)) - 1n }).map(one => {
    const buffer = Buffer.from(one.toString(16).padStart(size * 2, '0'), 'hex')
    return { data: one.toString(), is: big ? buffer : buffer.reverse() }
  })

/** Each type: its number, data as the service sends it, and the bytes that Windows stores. */
const TYPES: Record<string, [number, fc.Arbitrary<{ data: unknown; is: Buffer }>]> = {
  REG_NONE: [0, bytes.map(is => ({ data: is.toString('hex'), is }))],
  REG_SZ: [1, text.map(data => ({ data, is: utf16(`${data}\0`) }))],
  REG_EXPAND_SZ: [2, text.map(data => ({ data, is: utf16(`${data}\0`) }))],
  REG_BINARY: [3, bytes.map(is => ({ data: is.toString('hex'), is }))],
  REG_DWORD: [4, number(4)],
  REG_DWORD_BIG_ENDIAN: [5, number(4, true)],
  REG_LINK: [6, text.map(data => ({ data, is: utf16(data) }))],
  REG_MULTI_SZ: [
    7,
    fc
      .array(
        text.filter(one => one !== ''),
        { maxLength: 6 },
      )
      .map(data => ({ data, is: utf16(`${data.map(one => `${one}\0`).join('')}\0`) })),
  ],
  REG_RESOURCE_LIST: [8, bytes.map(is => ({ data: is.toString('hex'), is }))],
  REG_FULL_RESOURCE_DESCRIPTOR: [9, bytes.map(is => ({ data: is.toString('hex'), is }))],
  REG_RESOURCE_REQUIREMENTS_LIST: [10, bytes.map(is => ({ data: is.toString('hex'), is }))],
  REG_QWORD: [11, number(8)],
}

describe('a .reg file', () => {
  it.each(Object.entries(TYPES))('survives a round trip with any %s', (type, [numbered, data]) => {
    fc.assert(
      fc.property(name, data, (registry_name, { data: sent, is }) => {
        const written = file(keyLine(KEY), valueLines(value(type, sent, registry_name)))
        expect(readRegFile(written)).toEqual(new Map([[KEY, [{ name: registry_name, type: numbered, data: is }]]]))
      }),
    )
  })

  it('wraps lines of hexadecimal digits at 80 columns unless the name alone is longer', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30, unit: fc.constantFrom('n') }), bytes, (registry_name, data) => {
        const lines = (valueLines(value('REG_BINARY', data.toString('hex'), registry_name)) ?? '').split('\r\n')
        expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
        // No line is shorter than necessary.
        for (const line of lines.slice(0, -2)) expect(line.length).toBeGreaterThan(80 - 4)
      }),
    )
  })

  it('looks as regedit writes it', () => {
    expect(
      [
        keyLine(KEY),
        valueLines(value('REG_SZ', 'C:\\a "b"', '')),
        valueLines(value('REG_DWORD', '10', 'n\\"')),
        valueLines(value('REG_DWORD', '-1')),
        valueLines(value('REG_EXPAND_SZ', '%A')),
        valueLines(value('REG_MULTI_SZ', ['a', 'b'])),
        valueLines(value('REG_QWORD', '0x10')),
        valueLines(value('REG_BINARY', '0x01 02,FF')),
        valueLines(value('REG_NONE', '')),
        valueLines(value('REG_SZ', 'a\nb')),
      ].join(''),
    ).toBe(
      [
        '',
        `[${KEY}]`,
        '@="C:\\\\a \\"b\\""',
        '"n\\\\\\""=dword:0000000a',
        '"x"=dword:ffffffff',
        '"x"=hex(2):25,00,41,00,00,00',
        '"x"=hex(7):61,00,00,00,62,00,00,00,00,00',
        '"x"=hex(b):10,00,00,00,00,00,00,00',
        '"x"=hex:01,02,ff',
        '"x"=hex(0):',
        '"x"=hex(1):61,00,0a,00,62,00,00,00',
        '',
      ].join('\r\n'),
    )
  })

  it('accepts data in the forms that other servers send', () => {
    expect(valueLines(value('REG_DWORD', 5))).toBe('"x"=dword:00000005\r\n')
    expect(valueLines(value('reg_binary', [1, 255]))).toBe('"x"=hex:01,ff\r\n')
    expect(valueLines(value('REG_MULTI_SZ', 'a\0b\0\0'))).toBe(valueLines(value('REG_MULTI_SZ', ['a', 'b'])))
    expect(valueLines(value('REG_SZ', null))).toBe('"x"=""\r\n')
    expect(valueLines(value('REG_NONE', 'hi!'))).toBe('"x"=hex(0):68,00,69,00,21,00\r\n')
  })

  it.each([
    ['data that does not match its type', value('REG_DWORD', 'much')],
    ['a number that is too large', value('REG_DWORD', '4294967296')],
    ['binary data that is not hexadecimal', value('REG_BINARY', 'abc')],
    ['an unknown type', value('REG_STRANGE', 'x')],
    ['a name with two lines', value('REG_SZ', 'x', 'a\r\nb')],
    ['text that is an object', value('REG_SZ', { a: 1 })],
  ])('cannot hold %s', (_, one) => {
    expect(valueLines(one)).toBeUndefined()
  })

  it('cannot hold a key with two lines in its name', () => expect(keyLine('HKEY_USERS\\a\nb')).toBeUndefined())

  it.each([
    ['HKLM\\a\\b', 'HKEY_LOCAL_MACHINE\\a\\b'],
    ['hkcu', 'HKEY_CURRENT_USER'],
    ['HKEY_USERS\\S-1', 'HKEY_USERS\\S-1'],
    ['HKCR\\.x', 'HKEY_CLASSES_ROOT\\.x'],
  ])('spells the hive of %s in full', (short, long) => {
    expect(longPath(short)).toBe(long)
  })
})
