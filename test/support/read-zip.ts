import { crc32, inflateRawSync } from 'node:zlib'

/**
 * Reads a zip as APPNOTE 6.3.10 describes it, from its end.
 * @returns its files by name
 * @throws Error: it is not one, or bytes are not those that it tells of
 */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - 22
  expectSignature(zip, end, 0x06054b50)
  const locator = end - 20
  expectSignature(zip, locator, 0x07064b50)
  const record = number64(zip, locator + 8)
  expectSignature(zip, record, 0x06064b50)
  const [count, bytes, first] = [24, 40, 48].map(offset => number64(zip, record + offset)) as [number, number, number]
  const files = new Map<string, Buffer>()
  let at = first
  for (let n = 0; n < count; n++) {
    expectSignature(zip, at, 0x02014b50)
    const name = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28))
    if (files.has(name)) throw new Error(`${name} is there twice`)
    files.set(name, contentOf(zip, at, name))
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  if (at !== first + bytes || at !== record) throw new Error('the directory has another length')
  return files
}

/** @param at of the central record */
function contentOf(zip: Buffer, at: number, name: string): Buffer {
  const extra = at + 46 + zip.readUInt16LE(at + 28)
  if (zip.readUInt16LE(extra) !== 1) throw new Error(`${name}: has no Zip64 sizes`)
  const [size, packed, local] = [4, 12, 20].map(offset => number64(zip, extra + offset)) as [number, number, number]
  expectSignature(zip, local, 0x04034b50)
  const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  if (zip.toString('utf8', local + 30, local + 30 + zip.readUInt16LE(local + 26)) !== name) throw new Error(`${name}: has two names`)
  const content = inflateRawSync(zip.subarray(begin, begin + packed))
  const after = begin + packed
  expectSignature(zip, after, 0x08074b50)
  const told = [zip.readUInt32LE(at + 16), zip.readUInt32LE(after + 4), number64(zip, after + 8), number64(zip, after + 16)]
  const found = [crc32(content), crc32(content), packed, size]
  if (content.length !== size || told.some((value, n) => value !== found[n])) throw new Error(`${name}: is damaged`)
  return content
}

function number64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}

function expectSignature(bytes: Buffer, at: number, signature: number): void {
  if (bytes.readUInt32LE(at) !== signature) throw new Error(`at ${at} is no ${signature.toString(16)}`)
}
