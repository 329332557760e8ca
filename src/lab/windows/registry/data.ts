import { win32 } from '../win32.ts'
import { REGISTRY_TYPES, type RegistryType } from './node.ts'

/** Returns the type of that name, with or without a `pb` prefix, in any case. @throws SensorError INVALID_PARAMETER */
export function registryType(text: string): RegistryType {
  const name = text.toUpperCase().replace(/^PB/, '')
  if (!isType(name)) throw win32('INVALID_PARAMETER')
  return name
}

const isType = (name: string): name is RegistryType => Object.hasOwn(REGISTRY_TYPES, name)

/**
 * Converts data to the form in which it is stored.
 *
 * - REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_QWORD: a number, or text in decimal or `0x…`; negative ones wrap, as with reg.exe
 * - REG_BINARY: hexadecimal digits, with or without blanks, commas or colons between bytes
 * - REG_NONE: the same, or any other text, which is then stored as Windows stores a string: UTF-16LE (the document's example sends
 *   `check_val`)
 * - REG_MULTI_SZ: a list of texts, or one text separated by `\0`; empty texts are dropped, because they end the list on a real endpoint
 * @throws SensorError INVALID_PARAMETER when the data doesn't fit the type
 */
export function registryData(type: RegistryType, data: unknown): string | string[] {
  switch (type) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      return text(data)
    case 'REG_MULTI_SZ':
      return list(data)
    case 'REG_DWORD':
    case 'REG_DWORD_BIG_ENDIAN':
      return whole(data, 32)
    case 'REG_QWORD':
      return whole(data, 64)
    case 'REG_BINARY':
      return hexadecimal(text(data)) ?? invalid()
    case 'REG_NONE':
      return hexadecimal(text(data)) ?? Buffer.from(text(data), 'utf16le').toString('hex')
  }
}

function text(data: unknown): string {
  if (data === undefined || data === null) return ''
  if (typeof data === 'string') return data
  return typeof data === 'number' || typeof data === 'boolean' ? String(data) : invalid()
}

function list(data: unknown): string[] {
  const items = Array.isArray(data) ? data.map(text) : text(data).split('\0')
  return items.filter(item => item !== '')
}

function whole(data: unknown, bits: number): string {
  const written = text(data).trim()
  if (!/^(-?\d+|0x[0-9a-f]+)$/i.test(written)) invalid()
  const number = BigInt(written)
  const limit = 2n ** BigInt(bits)
  if (number >= limit || number < -limit / 2n) invalid()
  return String(number < 0n ? number + limit : number)
}

function hexadecimal(written: string): string | undefined {
  const digits = written.replace(/^0x/i, '').replace(/[\s,:-]/g, '')
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits) ? digits.toLowerCase() : undefined
}

function invalid(): never {
  throw win32('INVALID_PARAMETER')
}
