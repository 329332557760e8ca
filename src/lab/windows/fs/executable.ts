/**
 * The header of a Windows executable: an MZ and a PE header, and the version resource's OriginalFilename, by which Windows (and this
 * endpoint, when it runs one) recognizes a program under any file name.
 */

const FIELD = Buffer.from('OriginalFilename\0', 'utf16le')
const STUB = 'This program cannot be run in DOS mode.\r\r\n$'
const PE_AT = 0x80
const FIELD_AT = 0x200

/** Returns the first 768 bytes of an executable. @param name its original file name, such as `cmd.exe` */
export function executableHead(name: string): Buffer {
  const head = Buffer.alloc(0x300)
  head.write('MZ', 0, 'latin1')
  head.writeUInt16LE(0x90, 2)
  head.writeUInt32LE(PE_AT, 0x3c)
  head.write(STUB, 0x4e, 'latin1')
  head.write('PE\0\0', PE_AT, 'latin1')
  head.writeUInt16LE(0x8664, PE_AT + 4)
  head.writeUInt16LE(6, PE_AT + 6)
  head.writeUInt16LE(0xf0, PE_AT + 20)
  head.writeUInt16LE(/\.dll$/i.test(name) ? 0x2022 : 0x22, PE_AT + 22)
  head.writeUInt16LE(0x20b, PE_AT + 24)
  FIELD.copy(head, FIELD_AT)
  head.write(`${name}\0`, FIELD_AT + FIELD.length, 'utf16le')
  return head
}

/** Returns the original file name from an executable's header, in lower case; '' when there is none. */
export function originalFilename(head: Buffer): string {
  const at = head.indexOf(FIELD)
  if (at < 0) return ''
  const text = head.toString('utf16le', at + FIELD.length)
  return text.slice(0, text.indexOf('\0')).toLowerCase()
}
