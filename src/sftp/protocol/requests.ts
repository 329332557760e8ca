import { readAttributes, type Attributes } from './attributes.ts'
import { EXTENSION, PACKET } from './constants.ts'
import { FieldReader, MalformedPacket } from './fields.ts'

/** What a client asks for (section 6, "Requests From the Client to the Server"). */
export type Request =
  | { kind: 'open'; path: string; flags: number; attributes: Attributes }
  | { kind: 'close' | 'fstat' | 'readdir' | 'fsync'; handle: string }
  | { kind: 'read'; handle: string; offset: number; length: number }
  | { kind: 'write'; handle: string; offset: number; data: Buffer }
  | { kind: 'fsetstat'; handle: string; attributes: Attributes }
  | { kind: 'setstat' | 'mkdir'; path: string; attributes: Attributes }
  | { kind: 'lstat' | 'stat' | 'opendir' | 'remove' | 'rmdir' | 'realpath' | 'readlink'; path: string }
  | { kind: 'rename'; path: string; to: string }
  | { kind: 'symlink' }
  | { kind: 'extended'; name: string }
  /** The packet is of a kind that no client sends, or that nobody knows. */
  | { kind: 'unknown'; type: number }
  | { kind: 'malformed'; why: string }

/** A request with the number that its answer has to carry. */
export interface Numbered {
  id: number
  request: Request
}

/**
 * Reads a packet that follows the first one.
 * @throws MalformedPacket: it has no number, so that it can't be answered
 */
export function readRequest(packet: Uint8Array): Numbered {
  const fields = new FieldReader(packet)
  const type = fields.uint8()
  const id = fields.uint32()
  try {
    return { id, request: requestOf(type, fields) }
  } catch (error) {
    if (!(error instanceof MalformedPacket)) throw error
    return { id, request: { kind: 'malformed', why: error.message } }
  }
}

/** Reads the first packet of a conversation. @returns the client's version @throws MalformedPacket: it is none */
export function readInit(packet: Uint8Array): number {
  const fields = new FieldReader(packet)
  if (fields.uint8() !== PACKET.INIT) throw new MalformedPacket('the first packet is not that of an SFTP client')
  return fields.uint32()
}

function requestOf(type: number, fields: FieldReader): Request {
  const handle = () => fields.bytes().toString('latin1')
  switch (type) {
    case PACKET.OPEN:
      return { kind: 'open', path: fields.text(), flags: fields.uint32(), attributes: readAttributes(fields) }
    case PACKET.CLOSE:
      return { kind: 'close', handle: handle() }
    case PACKET.READ:
      return { kind: 'read', handle: handle(), offset: fields.uint64(), length: fields.uint32() }
    case PACKET.WRITE:
      return { kind: 'write', handle: handle(), offset: fields.uint64(), data: fields.bytes() }
    case PACKET.LSTAT:
      return { kind: 'lstat', path: fields.text() }
    case PACKET.FSTAT:
      return { kind: 'fstat', handle: handle() }
    case PACKET.SETSTAT:
      return { kind: 'setstat', path: fields.text(), attributes: readAttributes(fields) }
    case PACKET.FSETSTAT:
      return { kind: 'fsetstat', handle: handle(), attributes: readAttributes(fields) }
    case PACKET.OPENDIR:
      return { kind: 'opendir', path: fields.text() }
    case PACKET.READDIR:
      return { kind: 'readdir', handle: handle() }
    case PACKET.REMOVE:
      return { kind: 'remove', path: fields.text() }
    case PACKET.MKDIR:
      return { kind: 'mkdir', path: fields.text(), attributes: readAttributes(fields) }
    case PACKET.RMDIR:
      return { kind: 'rmdir', path: fields.text() }
    case PACKET.REALPATH:
      return { kind: 'realpath', path: fields.text() }
    case PACKET.STAT:
      return { kind: 'stat', path: fields.text() }
    case PACKET.RENAME:
      return { kind: 'rename', path: fields.text(), to: fields.text() }
    case PACKET.READLINK:
      return { kind: 'readlink', path: fields.text() }
    case PACKET.SYMLINK:
      return { kind: 'symlink' }
    case PACKET.EXTENDED: {
      const name = fields.text()
      return name === EXTENSION.FSYNC ? { kind: 'fsync', handle: handle() } : { kind: 'extended', name }
    }
    default:
      return { kind: 'unknown', type }
  }
}
