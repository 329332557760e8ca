/** The few tags of ASN.1 that time stamps need (X.690). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]` and `[1]`, with elements in them. */
  context0: 0xa0,
  context1: 0xa1,
} as const

/** An element of DER. */
export interface Element {
  tag: number
  /** What is in it. */
  content: Buffer
  /** All of it, with tag and length. */
  whole: Buffer
}

/** Bytes are not DER, or not of the structure that was expected. */
export class NotDer extends Error {
  override name = 'NotDer'
}

/** Writes an element. */
export function encode(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

/** Writes a number that isn't negative, most significant byte first. */
export function encodeInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0)
  const least = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first))
  return encode(TAG.integer, ...((least[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), least)
}

/** Writes an object identifier: `2.16.840.1.101.3.4.2.1`. */
export function encodeOid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(base128)
  return encode(TAG.oid, Buffer.from(bytes))
}

/** Reads the one element that `bytes` are. @throws NotDer */
export function decode(bytes: Uint8Array): Element {
  const [only, ...more] = elementsIn(bytes)
  if (only === undefined || more.length > 0)
    throw new NotDer(only === undefined ? 'there is nothing in it' : 'there is something after its end')
  return only
}

/** Reads the elements in another one. @throws NotDer */
export function children({ content }: Element): Element[] {
  return elementsIn(content)
}

/** Reads an object identifier as text. @throws NotDer */
export function oidOf(element: Element | undefined): string {
  const { content } = expect(element, TAG.oid)
  const parts: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    parts.push(value)
    value = 0
  }
  const [head = 0, ...rest] = parts
  const first = Math.min(2, Math.floor(head / 40))
  return [first, head - first * 40, ...rest].join('.')
}

/** @returns the element, if it has that tag @throws NotDer */
export function expect(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new NotDer(`it has not the structure that it should have`)
  return element
}

function elementsIn(bytes: Uint8Array): Element[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const elements: Element[] = []
  for (let at = 0; at < all.length;) {
    const { begin, end } = boundsAt(all, at)
    elements.push({ tag: all[at] ?? 0, content: all.subarray(begin, end), whole: all.subarray(at, end) })
    at = end
  }
  return elements
}

function boundsAt(all: Buffer, at: number): { begin: number; end: number } {
  const short = all[at + 1] ?? 0
  const count = short < 0x80 ? 0 : short & 0x7f
  const begin = at + 2 + count
  // Longer than a byte says by itself; indefinite lengths are not DER.
  if (begin > all.length || short === 0x80 || count > 4) throw new NotDer('it is not DER')
  const end = begin + (count === 0 ? short : all.readUIntBE(at + 2, count))
  if (end > all.length) throw new NotDer('it is cut off')
  return { begin, end }
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

function base128(value: number): number[] {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80)
  return bytes
}
