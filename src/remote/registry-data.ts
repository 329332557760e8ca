/** Registry types by their number in `.reg` files and in Windows. */
export const TYPE_NUMBERS = {
  REG_NONE: 0,
  REG_SZ: 1,
  REG_EXPAND_SZ: 2,
  REG_BINARY: 3,
  REG_DWORD: 4,
  REG_DWORD_BIG_ENDIAN: 5,
  REG_LINK: 6,
  REG_MULTI_SZ: 7,
  REG_RESOURCE_LIST: 8,
  REG_FULL_RESOURCE_DESCRIPTOR: 9,
  REG_RESOURCE_REQUIREMENTS_LIST: 10,
  REG_QWORD: 11,
} as const
export type TypeName = keyof typeof TYPE_NUMBERS

/** Returns the registry type of this name, in any case; undefined when there is none. */
export function typeName(text: string): TypeName | undefined {
  const name = text.toUpperCase()
  return Object.hasOwn(TYPE_NUMBERS, name) ? (name as TypeName) : undefined
}

/**
 * Returns a value's data as Windows stores it: strings in UTF-16LE with terminating NULs, numbers little-endian.
 * @param data as the service sends it: strings, lists of strings, numbers as numbers or as strings, bytes as hexadecimal digits or as a
 *   list of numbers
 * @returns undefined when it doesn't fit the type
 */
export function dataBytes(type: TypeName, data: unknown): Buffer | undefined {
  switch (type) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      return typeof data === 'object' && data !== null ? undefined : utf16(`${text(data)}\0`)
    case 'REG_LINK':
      return typeof data === 'object' && data !== null ? undefined : utf16(text(data))
    case 'REG_MULTI_SZ':
      return utf16(
        `${strings(data)
          .map(part => `${part}\0`)
          .join('')}\0`,
      )
    case 'REG_DWORD':
      return number(data, 4)
    case 'REG_QWORD':
      return number(data, 8)
    case 'REG_DWORD_BIG_ENDIAN':
      return number(data, 4)?.reverse()
    // Anything but bytes is a string, which "reg set value" accepts for REG_NONE.
    case 'REG_NONE':
      return bytes(data) ?? utf16(text(data))
    case 'REG_BINARY':
    case 'REG_RESOURCE_LIST':
    case 'REG_FULL_RESOURCE_DESCRIPTOR':
    case 'REG_RESOURCE_REQUIREMENTS_LIST':
      return bytes(data)
  }
}

const utf16 = (value: string) => Buffer.from(value, 'utf16le')

function text(data: unknown): string {
  return data === null || data === undefined ? '' : String(data)
}

/** Splits a list of strings; empty ones are left out because they would end the list. */
function strings(data: unknown): string[] {
  const parts = Array.isArray(data) ? data.map(text) : text(data).split('\0')
  return parts.filter(part => part !== '')
}

function number(data: unknown, size: number): Buffer | undefined {
  const written = text(data).trim()
  if (!/^(-?\d+|0x[0-9a-f]+)$/i.test(written)) return undefined
  const value = BigInt(written)
  const limit = 1n << BigInt(size * 8)
  if (value >= limit || value < -limit / 2n) return undefined
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt.asUintN(64, value))
  return buffer.subarray(0, size)
}

function bytes(data: unknown): Buffer | undefined {
  if (Array.isArray(data))
    return data.every(one => Number.isInteger(one) && Number(one) >= 0 && Number(one) <= 255) ? Buffer.from(data as number[]) : undefined
  const digits = text(data)
    .replace(/^0x/i, '')
    .replace(/[\s,:-]/g, '')
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined
}
