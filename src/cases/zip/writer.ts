import { crc32 } from 'node:zlib'
import { blocks } from '../blocks.ts'
import { deflated } from './deflate.ts'
import { centralRecord, descriptor, endOfZip, localHeader, type ZipRecord } from './records.ts'

/** A file of a zip. */
export interface ZipEntry {
  /** With `/` between its parts. */
  name: string
  /** Milliseconds since 1970. */
  modified: number
  /** Read once, when it is its turn. */
  bytes: AsyncIterable<Uint8Array | string>
}

/**
 * Yields the bytes of a zip (APPNOTE 6.3.10) as its files come: deflated, with Zip64 sizes, since nobody knows before how large a file will be. In memory
 * are only the records of the directory at its end.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const directory: Uint8Array[] = []
  let at = 0
  for await (const entry of entries) {
    const record: ZipRecord = { name: entry.name, modified: entry.modified, offset: at, crc: 0, size: 0, packed: 0 }
    const header = localHeader(record)
    yield header
    for await (const chunk of deflated(measured(entry.bytes, record))) {
      record.packed += chunk.length
      yield chunk
    }
    const sizes = descriptor(record)
    yield sizes
    at += header.length + record.packed + sizes.length
    directory.push(centralRecord(record))
  }
  let bytes = 0
  for (const record of directory) {
    bytes += record.length
    yield record
  }
  yield endOfZip(directory.length, bytes, at)
}

async function* measured(pieces: ZipEntry['bytes'], record: ZipRecord): AsyncGenerator<Uint8Array> {
  for await (const chunk of blocks(pieces)) {
    record.crc = crc32(chunk, record.crc)
    record.size += chunk.length
    yield chunk
  }
}
