import { writeAttributes, type Attributes } from './attributes.ts'
import { PACKET, STATUS, VERSION, type Status } from './constants.ts'
import { FieldWriter } from './fields.ts'

/** An entry of a directory as a client gets it. */
export interface NamedEntry {
  name: string
  /** Its line in `ls -l`, which clients show as it is. */
  longName: string
  attributes: Attributes
}

/** What a server answers (section 7, "Responses from the Server to the Client"). */
export type Answer =
  | { kind: 'status'; status: Status; message: string }
  | { kind: 'handle'; handle: string }
  | { kind: 'data'; data: Uint8Array }
  | { kind: 'names'; entries: readonly NamedEntry[] }
  | { kind: 'attributes'; attributes: Attributes }
  | { kind: 'numbers'; numbers: readonly number[] }

export const OK: Answer = { kind: 'status', status: STATUS.OK, message: 'done' }
export const END: Answer = { kind: 'status', status: STATUS.EOF, message: 'end of file' }

/** Writes the packet of an answer. @param id the request's number */
export function writeAnswer(id: number, answer: Answer): Buffer {
  const begin = (type: number) => new FieldWriter().uint8(type).uint32(id)
  switch (answer.kind) {
    case 'status':
      return begin(PACKET.STATUS).uint32(answer.status).string(answer.message).string('en').packet()
    case 'handle':
      return begin(PACKET.HANDLE).string(Buffer.from(answer.handle, 'latin1')).packet()
    case 'data':
      return begin(PACKET.DATA).string(answer.data).packet()
    case 'attributes':
      return begin(PACKET.ATTRS).fields(writeAttributes(answer.attributes)).packet()
    case 'names': {
      const fields = begin(PACKET.NAME).uint32(answer.entries.length)
      for (const entry of answer.entries) fields.fields(entryFields(entry))
      return fields.packet()
    }
    case 'numbers': {
      const fields = begin(PACKET.EXTENDED_REPLY)
      for (const number of answer.numbers) fields.uint64(number)
      return fields.packet()
    }
  }
}

/** Writes the answer to a client's first packet. @param extensions with their versions */
export function writeVersion(extensions: Readonly<Record<string, string>>): Buffer {
  const fields = new FieldWriter().uint8(PACKET.VERSION).uint32(VERSION)
  for (const [name, version] of Object.entries(extensions)) fields.string(name).string(version)
  return fields.packet()
}

/** How many bytes an entry takes in an answer. */
export function sizeOf(entry: NamedEntry): number {
  return entryFields(entry).length
}

function entryFields({ name, longName, attributes }: NamedEntry): FieldWriter {
  return new FieldWriter().string(name).string(longName).fields(writeAttributes(attributes))
}
