import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HRESULT } from '../../../../src/lab/endpoint.ts'
import { formatPath, parsePath } from '../../../../src/lab/windows/fs/path.ts'
import { failure } from '../support.ts'

const HERE = 'C:\\Windows\\system32'
const INVALID_NAME = 0x8007007b
const TOO_LONG = 0x800700ce

describe('paths', () => {
  test.each([
    ['C:\\Users\\x', 'C:\\Users\\x'],
    ['c:/users/x', 'C:\\users\\x'],
    ['C:\\a\\.\\b\\..\\c', 'C:\\a\\c'],
    ['C:\\..\\..\\a', 'C:\\a'],
    ['C:\\a\\\\b', 'C:\\a\\b'],
    ['C:\\a. .\\b. ', 'C:\\a\\b'],
    ['x.txt', `${HERE}\\x.txt`],
    ['\\Temp', 'C:\\Temp'],
    ['C:x', `${HERE}\\x`],
    ['D:x', 'D:\\x'],
    ['C:', 'C:\\'],
    ['\\\\?\\C:\\a', 'C:\\a'],
    ['..\\Temp', 'C:\\Windows\\Temp'],
  ])('%s is normalized to %s', (text, full) => {
    expect(formatPath(parsePath(text, HERE))).toBe(full)
  })

  test.each(['C:\\a\\', 'C:\\', 'D:\\x\\.\\'])('%s ends in a separator', text => {
    expect(parsePath(text).trailing).toBe(true)
  })

  test.each(['C:', 'C:\\a', 'D:a'])('%s does not', text => {
    expect(parsePath(text).trailing).toBe(false)
  })

  test.each([
    'C:\\a<b',
    'C:\\a|b',
    'C:\\a"b',
    'C:\\a*',
    'C:\\a?',
    'C:\\a\u0007',
    'C:\\con',
    'C:\\x\\NUL.txt',
    'C:\\lpt1',
    `C:\\${'n'.repeat(256)}`,
    'C:\\...\\a',
    'C:\\a:b\\c',
    'C:\\a:b:c:d',
  ])('%j is refused', async text => {
    expect(await failure((async () => parsePath(text))())).toBe(INVALID_NAME)
  })

  test('have a maximum length, except in their long form', async () => {
    const long = `C:\\${'abcdefgh\\'.repeat(40)}`
    expect(await failure((async () => parsePath(long))())).toBe(TOO_LONG)
    expect(parsePath(`\\\\?\\${long}`).parts).toHaveLength(40)
  })

  test('of the network or empty are refused', async () => {
    expect(await failure((async () => parsePath('\\\\server\\share'))())).toBe(0x80070035)
    expect(await failure((async () => parsePath(''))())).toBe(HRESULT.PATH_NOT_FOUND)
  })

  test('may name streams', () => {
    expect(parsePath('C:\\a.iso:Zone.Identifier')).toMatchObject({ parts: ['a.iso'], stream: 'Zone.Identifier' })
    expect(parsePath('C:\\a.iso:Zone.Identifier:$DATA').stream).toBe('Zone.Identifier')
    expect(parsePath('C:\\a.iso::$DATA').stream).toBeUndefined()
  })

  test('are unchanged when they are read again', () => {
    const part = fc
      .string({ unit: fc.constantFrom('a', 'B', '.', ' ', '1', '_', 'ä'), minLength: 1, maxLength: 6 })
      .filter(text => /[^. ]/.test(text))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), parts => {
        const once = parsePath(`c:/${parts.join('/')}`)
        expect(parsePath(formatPath(once)).parts).toEqual(once.parts)
      }),
    )
  })
})
