import { isUtf8 } from 'node:buffer'
import { encodeBytes } from '../result.ts'
import { codePageDecoder, encodingName, type StreamDecoder } from './code-pages.ts'

/** How a program's output is decoded. */
export interface OutputReading {
  /** The code page that the user chose. */
  page?: () => Promise<number | undefined>
  /** The endpoint's own code page, for output that is neither UTF-8 nor UTF-16; undefined where it is unknown. */
  ask?: () => Promise<number | undefined>
}

/** How many bytes are needed to recognize UTF-16. */
const SIGNATURE_BYTES = 4
const UTF_8_CODE_PAGE = 65001

/**
 * Decodes a program's output for people, as it comes: as UTF-8 as long as it is valid, as UTF-16, or in the endpoint's code page. Bytes
 * that can't be decoded become U+FFFD.
 */
export async function* decodeOutput(bytes: AsyncIterable<Uint8Array>, { page, ask }: OutputReading = {}): AsyncGenerator<string> {
  let decoder = decoderFor(await page?.())
  let begun = false
  let held: Uint8Array = new Uint8Array()
  async function* read(chunk: Uint8Array, last: boolean): AsyncGenerator<string> {
    if (decoder !== undefined) return yield decoder.push(chunk)
    const all = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    held = Buffer.from(all)
    if (!begun && all.length < SIGNATURE_BYTES && !last) return
    if (!begun) decoder = decoderFor(utf16Of(all))
    begun = true
    held = new Uint8Array()
    if (decoder !== undefined) return yield decoder.push(all)
    const good = utf8End(all)
    const rest = all.subarray(good)
    if (good > 0) yield new TextDecoder('utf-8').decode(all.subarray(0, good))
    if (rest.length === 0) return
    if (!last && isCut(rest)) {
      held = Buffer.from(rest)
      return
    }
    decoder = decoderFor(await ask?.()) ?? decoderFor(UTF_8_CODE_PAGE)
    yield decoder?.push(rest) ?? ''
  }
  for await (const chunk of bytes) yield* read(chunk, false)
  yield* read(new Uint8Array(), true)
  yield decoder?.end() ?? ''
}

/** A program's output as a field of JSON. */
export interface EncodedOutput {
  text: string
  /** How the field is to be read. */
  encoding: 'utf8' | 'base64'
  /** The encoding of the bytes: `utf8`, `utf16le`, `cp850`; null where they are not text, or it is unknown. */
  source: string | null
}

/** Encodes a program's output for JSON: as text, or as base64 where it is not text. */
export async function encodeOutput(bytes: Uint8Array, { page, ask }: OutputReading = {}): Promise<EncodedOutput> {
  const named = await page?.()
  const known = named ?? (utf16Of(bytes) !== undefined && isWholeUtf16(bytes) ? utf16Of(bytes) : undefined)
  if (known !== undefined) return textIn(bytes, known)
  if (isUtf8(bytes) || !isText(bytes)) return asItIs(bytes)
  const own = await ask?.()
  return own === undefined || own === UTF_8_CODE_PAGE ? asItIs(bytes) : textIn(bytes, own)
}

function textIn(bytes: Uint8Array, page: number): EncodedOutput {
  const decoder = decoderFor(page)
  return decoder === undefined ? asItIs(bytes) : { text: decoder.push(bytes) + decoder.end(), encoding: 'utf8', source: encodingName(page) }
}

function asItIs(bytes: Uint8Array): EncodedOutput {
  const { text, encoding } = encodeBytes(bytes)
  return { text, encoding, source: encoding === 'utf8' ? 'utf8' : null }
}

function decoderFor(page: number | undefined): StreamDecoder | undefined {
  return page === undefined ? undefined : codePageDecoder(page)
}

/** Detects UTF-16 by the byte order mark; without one, by the zero bytes in every other place of mostly English text. */
function utf16Of([a, b, c, d]: Uint8Array): number | undefined {
  if (a === 0xff && b === 0xfe) return 1200
  if (a === 0xfe && b === 0xff) return 1201
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 1200
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? 1201 : undefined
}

function isWholeUtf16(bytes: Uint8Array): boolean {
  const decoder = decoderFor(utf16Of(bytes))
  const text = decoder === undefined ? '' : decoder.push(bytes) + decoder.end()
  return bytes.length % 2 === 0 && !/[\0\ufffd]/.test(text)
}

/** Whether bytes may be text: binary data has control characters. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every(byte => (byte >= 0x20 ? byte !== 0x7f : [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)))
}

/** The length of the valid UTF-8 at the beginning: everything, or up to the last ASCII character before an invalid byte. */
function utf8End(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return bytes.length
  const again = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const differs = bytes.findIndex((byte, at) => byte !== again[at])
  return bytes.subarray(0, differs).findLastIndex(byte => byte < 0x80) + 1
}

/** Whether the bytes may end in the middle of a UTF-8 character. */
function isCut(bytes: Uint8Array): boolean {
  return [1, 2, 3].some(
    missing => isUtf8(bytes.subarray(0, Math.max(0, bytes.length - missing))) && isBeginning(bytes.subarray(bytes.length - missing)),
  )
}

function isBeginning([lead = 0, ...more]: Uint8Array): boolean {
  const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0
  return lead < 0xf5 && more.length + 1 < length && more.every(byte => byte >= 0x80 && byte < 0xc0)
}
