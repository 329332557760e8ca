import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, TextReader } from '../../../src/core/text/decode.ts'
import { Malformed } from '../../../src/core/text/malformed.ts'

/** Bytes in pieces of `size`. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function decode(bytes: Uint8Array, size = 7): Promise<string> {
  let text = ''
  for await (const piece of decodeText(pieces(bytes, size))) text += piece
  return text
}

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const SIZES = fc.integer({ min: 1, max: 20 })
/** Text with all kinds of line ends, and characters of one to four bytes. */
const TEXT = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('a', ',', '\r', '\n', '\r\n', 'ü', '€', '😀', '\ufffd'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .map(text => `id${text}`)

it('text is decoded correctly in each encoding and in pieces of any size, with LF line ends', async () => {
  const encodings: ((text: string) => Buffer)[] = [
    text => Buffer.from(text),
    text => Buffer.from(`\ufeff${text}`),
    text => Buffer.from(`\ufeff${text}`, 'utf16le'),
    text => swapped(`\ufeff${text}`),
    text => Buffer.from(`id${text}`, 'utf16le'),
    text => swapped(`id${text}`),
  ]
  await fc.assert(
    fc.asyncProperty(TEXT, SIZES, fc.constantFrom(...encodings.keys()), async (text, size, at) => {
      const bytes = encodings[at]?.(text) ?? Buffer.alloc(0)
      expect(await decode(bytes, size)).toBe((at > 3 ? 'id' : '') + text.replaceAll(/\r\n?/g, '\n'))
    }),
  )
})

it('any bytes are decoded or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), SIZES, async (bytes, size) => {
      await decode(bytes, size).catch((error: unknown) => expect(error).toBeInstanceOf(Malformed))
    }),
  )
})

it('a line is available as soon as it has arrived, however short', () => {
  for (const lines of [
    ['ls\n', 'ps\n'],
    ['\ufeffls\n', 'ü\n'],
    ['x', '\n'],
    ['a\r\n', 'b\r\n'],
  ]) {
    const reader = new TextReader()
    expect(lines.map(line => reader.push(Buffer.from(line))).join('')).toBe(lines.join('').replace('\ufeff', '').replaceAll('\r\n', '\n'))
  }
})

describe('text in a Windows code page', () => {
  it.each([
    [['headings\r\nMünchen\r\n'], 2],
    [['id\rx\rMünchen'], 3],
    [['id\nMünchen'], 2],
    [['München'], 1],
    [['id\n', 'x\n'.repeat(20_000), 'é\n'], 20_002],
  ])('is refused, with its line %#', async (parts, line) => {
    const bytes = Buffer.from(parts.join(''), 'latin1')
    for (const size of [1, 2, 7, 65_536]) await expect(decode(bytes, size)).rejects.toMatchObject({ line, message: 'is not UTF-8 text' })
  })
})

it('half a character at the end is refused', async () => {
  await expect(decode(Buffer.from([...Buffer.from('a\nb'), 0xe2, 0x82]))).rejects.toMatchObject({ line: 2 })
  await expect(decode(Buffer.from('\ufeffa\nb', 'utf16le').subarray(0, -1))).rejects.toMatchObject({
    line: 2,
    message: 'is not UTF-16 text',
  })
})
