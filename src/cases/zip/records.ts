/** What the records of a zip tell about a file. */
export interface ZipRecord {
  name: string
  /** Milliseconds since 1970. */
  modified: number
  /** Where its local header begins. */
  offset: number
  crc: number
  /** Bytes before and after deflation. */
  size: number
  packed: number
}

/** 4.5: the first version with Zip64. */
const VERSION = 45
/** What is written for a Unix: its permissions. */
const MADE_BY_UNIX = (3 << 8) | VERSION
const REGULAR_FILE = 0o100600
/** CRC and sizes follow the bytes; the name is UTF-8. */
const FLAGS = (1 << 3) | (1 << 11)
const DEFLATED = 8
/** Stands for a number that is in the Zip64 record. */
const ELSEWHERE_16 = 0xffff
const ELSEWHERE_32 = 0xffffffff
const ZIP64_EXTRA = 1

/** 4.3.7, with an extra field that says that sizes have 8 bytes. */
export function localHeader({ name, modified }: ZipRecord): Buffer {
  const bytes = Buffer.from(name)
  return Buffer.concat([
    numbers([4, 0x04034b50], [2, VERSION], [2, FLAGS], [2, DEFLATED], [4, dosTime(modified)]),
    numbers([4, 0], [4, ELSEWHERE_32], [4, ELSEWHERE_32], [2, bytes.length], [2, 20]),
    bytes,
    numbers([2, ZIP64_EXTRA], [2, 16], [8, 0], [8, 0]),
  ])
}

/** 4.3.9 */
export function descriptor({ crc, packed, size }: ZipRecord): Buffer {
  return numbers([4, 0x08074b50], [4, crc], [8, packed], [8, size])
}

/** 4.3.12 */
export function centralRecord({ name, modified, crc, packed, size, offset }: ZipRecord): Buffer {
  const bytes = Buffer.from(name)
  return Buffer.concat([
    numbers([4, 0x02014b50], [2, MADE_BY_UNIX], [2, VERSION], [2, FLAGS], [2, DEFLATED], [4, dosTime(modified)], [4, crc]),
    numbers([4, ELSEWHERE_32], [4, ELSEWHERE_32], [2, bytes.length], [2, 28], [2, 0], [2, 0], [2, 0]),
    numbers([4, (REGULAR_FILE << 16) >>> 0], [4, ELSEWHERE_32]),
    bytes,
    numbers([2, ZIP64_EXTRA], [2, 24], [8, size], [8, packed], [8, offset]),
  ])
}

/** 4.3.14 to 4.3.16. @param bytes of the directory @param at where it begins */
export function endOfZip(entries: number, bytes: number, at: number): Buffer {
  return Buffer.concat([
    numbers([4, 0x06064b50], [8, 44], [2, MADE_BY_UNIX], [2, VERSION], [4, 0], [4, 0], [8, entries], [8, entries], [8, bytes], [8, at]),
    numbers([4, 0x07064b50], [4, 0], [8, at + bytes], [4, 1]),
    numbers([4, 0x06054b50], [2, 0], [2, 0], [2, ELSEWHERE_16], [2, ELSEWHERE_16], [4, ELSEWHERE_32], [4, ELSEWHERE_32], [2, 0]),
  ])
}

/** Numbers one after another, the lowest byte of each first. */
function numbers(...fields: [bytes: 2 | 4 | 8, value: number][]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0))
  let at = 0
  for (const [bytes, value] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at)
    else buffer.writeUIntLE(value, at, bytes)
    at += bytes
  }
  return buffer
}

/** Date and time in two halves (4.4.6), in UTC. It begins with 1980, and ends with 2107. */
function dosTime(ms: number): number {
  const time = new Date(Number.isNaN(ms) ? 0 : ms)
  const year = Math.min(Math.max(time.getUTCFullYear() - 1980, 0), 127)
  const date = year === 0 && time.getUTCFullYear() < 1980 ? (1 << 5) | 1 : (year << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate()
  return ((date << 16) | (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1)) >>> 0
}
