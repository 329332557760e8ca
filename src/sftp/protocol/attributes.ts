import type { FieldReader } from './fields.ts'
import { FieldWriter } from './fields.ts'

/** What is known of a file (section 5, "File Attributes"). */
export interface Attributes {
  /** Bytes. */
  size?: number
  owner?: { user: number; group: number }
  /** Kind and permissions, as POSIX has them. */
  mode?: number
  /** Seconds since 1970. */
  times?: { accessed: number; modified: number }
}

const FLAG = { SIZE: 0x01, OWNER: 0x02, MODE: 0x04, TIMES: 0x08, EXTENDED: 0x80000000 } as const

/** The latest time that version 3 can tell. */
const MAX_SECONDS = 0xffffffff

/** @throws MalformedPacket */
export function readAttributes(fields: FieldReader): Attributes {
  const flags = fields.uint32()
  const attributes: Attributes = {}
  if (flags & FLAG.SIZE) attributes.size = fields.uint64()
  if (flags & FLAG.OWNER) attributes.owner = { user: fields.uint32(), group: fields.uint32() }
  if (flags & FLAG.MODE) attributes.mode = fields.uint32()
  if (flags & FLAG.TIMES) attributes.times = { accessed: fields.uint32(), modified: fields.uint32() }
  if (flags & FLAG.EXTENDED) for (let left = 2 * fields.uint32(); left > 0; left--) fields.bytes()
  return attributes
}

export function writeAttributes({ size, owner, mode, times }: Attributes): FieldWriter {
  const flags =
    (size === undefined ? 0 : FLAG.SIZE) |
    (owner === undefined ? 0 : FLAG.OWNER) |
    (mode === undefined ? 0 : FLAG.MODE) |
    (times === undefined ? 0 : FLAG.TIMES)
  const fields = new FieldWriter().uint32(flags)
  if (size !== undefined) fields.uint64(size)
  if (owner !== undefined) fields.uint32(owner.user).uint32(owner.group)
  if (mode !== undefined) fields.uint32(mode)
  if (times !== undefined) fields.uint32(seconds(times.accessed)).uint32(seconds(times.modified))
  return fields
}

function seconds(time: number): number {
  return Math.min(MAX_SECONDS, Math.max(0, Math.floor(time)))
}
