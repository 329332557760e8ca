import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../../src/remote/normalize.ts'
import { glob } from '../../../src/core/glob.ts'
import { criterion, parseEntryType, parseSince, parseSizeTest } from '../../../src/verbs/file/criteria.ts'
import { dump } from '../../../src/verbs/file/hexdump.ts'

const NOW = Date.UTC(2024, 0, 10)
const file = (filename: string, size: number, last_write_time = '2024-01-09T00:00:00Z'): Entry => ({
  filename,
  path: `C:\\${filename}`,
  size,
  attributes: ['ARCHIVE'],
  last_write_time,
})
const folder: Entry = { ...file('dir', 0), attributes: ['DIRECTORY', 'READONLY'] }

describe('the criteria of find', () => {
  it.each([
    ['+1M', 1024 ** 2 + 1, true],
    ['+1M', 1024 ** 2, false],
    ['-10k', 10_239, true],
    ['-10k', 10_240, false],
    ['100', 100, true],
    ['100', 99, false],
    ['+1.5KiB', 1537, true],
  ])('size %s: %i matches %s', (text, size, fits) => {
    expect(criterion({ size: parseSizeTest(text) }, true, NOW)(file('x', size))).toBe(fits)
  })

  it.each(['', '+', '1X', 'M', '--1', '1e9'])('"%s" is not a size', text => {
    expect(() => parseSizeTest(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it.each([
    ['2d', true],
    ['12h', false],
    ['2024-01-08', true],
    ['2024-01-09T00:00:01Z', false],
    ['2024-01-08T23:59:59.5Z', true],
  ])('newer than %s: %s', (text, fits) => {
    expect(criterion({ newer: parseSince(text) }, true, NOW)(file('x', 1))).toBe(fits)
  })

  it.each(['', 'yesterday', '2024-13-01', '2x'])('"%s" is not a time', text => {
    expect(() => parseSince(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('match a type, and directories have no size', () => {
    expect([file('x', 1), folder].map(criterion({ type: parseEntryType('d') }, true, NOW))).toEqual([false, true])
    expect([file('x', 1), folder].map(criterion({ size: parseSizeTest('-5') }, true, NOW))).toEqual([true, false])
    expect(() => parseEntryType('x')).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('match a name, ignoring case on Windows', () => {
    expect(glob('*.EXE', true)('a.exe')).toBe(true)
    expect(glob('*.EXE', false)('a.exe')).toBe(false)
    expect(glob('a?c[1].txt', true)('abc[1].txt')).toBe(true)
    expect(glob('a.c', true)('abc')).toBe(false)
  })

  it('match a name exactly, and any part of it with stars', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '[', '(', '\\', '^', 'é', '$', '+') }), fc.nat(9), (name, cut) => {
        expect(glob(name, true)(name)).toBe(true)
        expect(glob(`${name.slice(0, cut)}*`, false)(name)).toBe(true)
        expect(glob(`${name}?`, false)(name)).toBe(false)
      }),
    )
  })
})

describe('a hexdump', () => {
  const dumped = async (chunks: Uint8Array[], offset = 0) => {
    let text = ''
    for await (const part of dump(
      (async function* () {
        yield* chunks
      })(),
      offset,
    ))
      text += part
    return text
  }
  it('has 16 bytes per line, their offsets in the file, and the end offset', async () => {
    expect(await dumped([Buffer.from('0123456789abcdef\x00\xff~', 'latin1')], 16)).toBe(
      '00000010  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n' +
        `00000020  00 ff 7e${' '.repeat(41)} |..~|\n00000023\n`,
    )
    expect(await dumped([])).toBe('')
  })
  it('is the same however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), async chunks => {
        const whole = Buffer.concat(chunks)
        const text = await dumped(chunks)
        expect(text).toBe(await dumped([whole]))
        const bytes = text
          .split('\n')
          .slice(0, -2)
          .map(line => line.slice(10, 59).replaceAll(' ', ''))
          .join('')
        expect(bytes).toBe(whole.toString('hex'))
      }),
    )
  })
})
