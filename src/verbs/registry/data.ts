import { usage } from '../../core/errors.ts'

/** The types that "reg set value" accepts. */
export const TYPES = [
  'REG_SZ',
  'REG_EXPAND_SZ',
  'REG_MULTI_SZ',
  'REG_DWORD',
  'REG_DWORD_BIG_ENDIAN',
  'REG_QWORD',
  'REG_BINARY',
  'REG_NONE',
] as const
export type Type = (typeof TYPES)[number]

/** @throws CbcError usage */
export function parseType(text: string): Type {
  const wanted = text.toUpperCase().replace(/^PB/, '')
  const type = TYPES.find(name => name === wanted || name === `REG_${wanted}`)
  if (type === undefined) throw usage(`"${text}" is not a registry type`, `use ${TYPES.join(', ')}`)
  return type
}

/**
 * Checks data against its type and returns it in the service's form: decimal numbers, hexadecimal digits for binary, a list for REG_MULTI_SZ.
 * @param data      as typed; `0x…` and decimal for numbers, hexadecimal for binary
 * @param separator what separates the strings of a REG_MULTI_SZ
 * @throws CbcError usage
 */
export function encodeData(type: Type, data: string, separator: string): string | string[] {
  switch (type) {
    case 'REG_DWORD':
    case 'REG_DWORD_BIG_ENDIAN':
      return whole(type, data, 32n)
    case 'REG_QWORD':
      return whole(type, data, 64n)
    case 'REG_MULTI_SZ': {
      const parts = data.split(separator)
      // Like reg.exe, accept a separator after the last string too.
      if (parts.at(-1) === '') parts.pop()
      if (parts.includes('')) throw usage("a REG_MULTI_SZ can't hold an empty string")
      return parts
    }
    case 'REG_BINARY': {
      const digits = data.replace(/[\s,]/g, '').replace(/^0x/i, '')
      if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits))
        throw usage(`"${data}" is not binary data`, 'write pairs of hexadecimal digits: 00ff1c')
      return digits.toLowerCase()
    }
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
    case 'REG_NONE':
      return data
  }
}

function whole(type: Type, data: string, bits: bigint): string {
  const text = data.trim()
  const number = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? BigInt(text) : undefined
  if (number === undefined || number >= 1n << bits)
    throw usage(`"${data}" is not a ${type}`, `write a whole number of at most ${bits} bits, decimal or 0x…`)
  return number.toString()
}
