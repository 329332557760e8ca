import { defineVerb } from '../define.ts'
import { content } from './content.ts'
import { checkPart, openPart, PRINTS_CONTENT } from './byte-range.ts'

const BYTES_PER_LINE = 16

export const hexdump = defineVerb({
  name: 'hexdump',
  summary: 'print a file, or a part of it, in hexadecimal and ASCII',
  details: 'Only the selected bytes are fetched. Offsets count from the start of the file.',
  examples: [
    { line: 'hexdump C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'the whole file' },
    { line: 'hexdump C:\\Windows\\System32\\drivers\\etc\\hosts --offset 16 --length 64', does: '64 bytes of it' },
  ],
  ...PRINTS_CONTENT,
  check: input => checkPart('hexdump', input),
  async run({ path: typed, ...part }, context) {
    const { path, from, bytes } = await openPart(typed, part, context)
    return {
      kind: 'bytes',
      bytes,
      text: all => dump(all, from),
      object: found => ({ path, offset: from, size: found.length, ...content(found) }),
    }
  },
})

/** Yields lines of 16 bytes each, then the offset of the end. */
export async function* dump(bytes: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<string> {
  let at = offset
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk])
    const whole = held.length - (held.length % BYTES_PER_LINE)
    yield lines(held.subarray(0, whole), at)
    at += whole
    held = held.subarray(whole)
  }
  yield lines(held, at)
  if (at + held.length > offset) yield `${position(at + held.length)}\n`
}

function lines(bytes: Buffer, offset: number): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE)
    text += `${position(offset + at)}  ${line(bytes.subarray(at, at + BYTES_PER_LINE))}\n`
  return text
}

function line(bytes: Buffer): string {
  const hex = Array.from({ length: BYTES_PER_LINE }, (_, at) => bytes[at]?.toString(16).padStart(2, '0') ?? '  ')
  const ascii = Array.from(bytes, byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}  |${ascii}|`
}

function position(offset: number): string {
  return offset.toString(16).padStart(8, '0')
}
