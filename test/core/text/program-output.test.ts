import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codePageDecoder, codePageNamed } from '../../../src/core/text/code-pages.ts'
import { decodeOutput, encodeOutput, type OutputReading } from '../../../src/core/text/program-output.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
async function shown(bytes: Uint8Array, reading: OutputReading = {}, size = 7): Promise<string> {
  let text = ''
  for await (const piece of decodeOutput(pieces(bytes, size), reading)) text += piece
  return text
}

const TEXT = 'Caption  Gr\u00f6\u00dfe\r\nMicrosoft Windows 10\r\n'
const cp850 = Buffer.from('Gr\u0094\u00e1e: 65\r\n', 'latin1')
const ask = async () => 850

describe("a program's output as text", () => {
  it('is recognized as UTF-8 or UTF-16, in pieces of any size', async () => {
    const any = fc.string({ unit: fc.constantFrom('a', '\r\n', '\u00fc', '\u20ac', '\u{1f600}') }).map(text => `id${text}`)
    const encodings = [
      (text: string) => Buffer.from(text),
      (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
      (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
      (text: string) => Buffer.from(`id${text}`, 'utf16le'),
    ]
    await fc.assert(
      fc.asyncProperty(any, fc.integer({ min: 1, max: 9 }), fc.nat(3), async (text, size, at) => {
        expect(await shown(encodings[at]?.(text) ?? Buffer.alloc(0), {}, size)).toBe(at === 3 ? `id${text}` : text)
      }),
    )
  })

  it.each([1, 2, 3, 100])("is otherwise in the endpoint's code page, which is asked for once (pieces of %i)", async size => {
    let asked = 0
    expect(
      await shown(
        cp850,
        {
          ask: async () => {
            asked += 1
            return 850
          },
        },
        size,
      ),
    ).toBe('Gr\u00f6\u00dfe: 65\r\n')
    expect(asked).toBe(1)
  })

  it('needs no code page if it is UTF-8', async () => {
    expect(
      await shown(
        Buffer.from(TEXT),
        {
          ask: async () => {
            throw new Error('asked')
          },
        },
        1,
      ),
    ).toBe(TEXT)
  })

  it('is read in the encoding that the user names, and an unknown one never fails', async () => {
    expect(await shown(Buffer.from([0xfc]), { ask, page: async () => 1252 })).toBe('\u00fc')
    expect(await shown(cp850)).toContain('\ufffd')
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
        await shown(bytes, { ask }, size)
      }),
    )
  })
})

describe("a program's output in JSON", () => {
  it.each([
    [Buffer.from(TEXT), {}, TEXT, 'utf8'],
    [Buffer.from(`\ufeff${TEXT}`, 'utf16le'), {}, TEXT, 'utf16le'],
    [Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), {}, TEXT, 'utf16be'],
    [cp850, { ask }, 'Gr\u00f6\u00dfe: 65\r\n', 'cp850'],
    [Buffer.from([0xfc]), { ask, page: async () => 1252 }, '\u00fc', 'cp1252'],
    [cp850, {}, cp850.toString('base64'), 'base64'],
    [Buffer.from([0xff, 0, 1, 0xfe]), { ask }, '/wAB/g==', 'base64'],
    [Buffer.from([0xff, 0xfe, 0x41]), { ask: async () => undefined }, '//5B', 'base64'],
    [Buffer.alloc(0), { ask }, '', 'utf8'],
  ] as [Buffer, OutputReading, string, string][])('is text or base64, and names its encoding %#', async (bytes, reading, text, source) => {
    const isText = source !== 'base64'
    expect(await encodeOutput(bytes, reading)).toEqual({ text, encoding: isText ? 'utf8' : 'base64', source: isText ? source : null })
  })
})

describe('a code page', () => {
  it.each([
    ['cp850', 850],
    ['850', 850],
    ['IBM437', 437],
    ['windows-1252', 1252],
    ['win1251', 1251],
    ['latin1', 28591],
    ['UTF-8', 65001],
    ['utf-16', 1200],
    ['shift_jis', 932],
    ['cp99999', undefined],
    ['nosuch', undefined],
    ['', undefined],
  ])('%j is read as %j', (name, page) => expect(codePageNamed(name)).toBe(page))

  it.each([
    [437, 0x81, '\u00fc'],
    [437, 0xe1, '\u00df'],
    [850, 0x9b, '\u00f8'],
    [852, 0xa5, '\u0105'],
    [858, 0xd5, '\u20ac'],
    [866, 0x80, '\u0410'],
    [1251, 0xc0, '\u0410'],
    [737, 0x80, '\u0391'],
  ])('%i has at byte %i the right character', (page, byte, character) => {
    expect(codePageDecoder(page)?.push(Buffer.from([0x41, byte]))).toBe(`A${character}`)
  })
})
