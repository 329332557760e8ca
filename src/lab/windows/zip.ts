/** The single file in an archive. @property size in bytes, @property written in epoch milliseconds */
export interface ZipEntry {
  name: string
  size: number
  crc: number
  written: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const UTF8 = 0x800

/** Makes a zip archive of one file, uncompressed, of less than 4 GiB. */
export async function* storedZip(entry: ZipEntry, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const name = Buffer.from(entry.name)
  const local = Buffer.concat([uint32(LOCAL), common(entry, name), name])
  yield local
  yield* bytes
  const central = Buffer.concat([uint32(CENTRAL), uint16(20), common(entry, name), Buffer.alloc(14), name])
  const end = Buffer.concat([
    uint32(END),
    uint16(0),
    uint16(0),
    uint16(1),
    uint16(1),
    uint32(central.length),
    uint32(local.length + entry.size),
    uint16(0),
  ])
  yield Buffer.concat([central, end])
}

/** Makes the common part of both headers: version, flags, method, time, checksum, sizes, lengths of name and extra field. */
function common({ size, crc, written }: ZipEntry, name: Buffer): Buffer {
  const time = new Date(written)
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1)
  const day = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate()
  return Buffer.concat([
    uint16(20),
    uint16(UTF8),
    uint16(0),
    uint16(clock),
    uint16(day),
    uint32(crc),
    uint32(size),
    uint32(size),
    uint16(name.length),
    uint16(0),
  ])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
