import type { RegistryValue } from '../normalize.ts'
import { dataBytes, typeName } from '../registry-data.ts'

/** Returns a value's type and data as "reg set value" takes them; undefined where it can't set such a value exactly. */
export function settable({
  registry_name: name,
  registry_type: given,
  registry_data: data,
}: RegistryValue): { type: string; data: string | string[] } | undefined {
  const type = typeName(given ?? '')
  const bytes = type === undefined ? undefined : dataBytes(type, data)
  if (type === undefined || bytes === undefined || name.includes('\\')) return undefined
  switch (type) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      return { type, data: String(data ?? '') }
    case 'REG_MULTI_SZ':
      return {
        type,
        data: bytes
          .toString('utf16le')
          .split('\0')
          .filter(part => part !== ''),
      }
    case 'REG_DWORD':
      return { type, data: String(bytes.readUInt32LE()) }
    case 'REG_DWORD_BIG_ENDIAN':
      return { type, data: String(bytes.readUInt32BE()) }
    case 'REG_QWORD':
      return { type, data: String(bytes.readBigUInt64LE()) }
    case 'REG_BINARY':
      return { type, data: bytes.toString('hex') }
    default:
      return undefined
  }
}

/** Whether two values have the same type and data. */
export function isSameValue(one: RegistryValue, other: RegistryValue): boolean {
  const [type, otherType] = [typeName(one.registry_type ?? ''), typeName(other.registry_type ?? '')]
  if (type === undefined || type !== otherType) return false
  const [bytes, otherBytes] = [dataBytes(type, one.registry_data), dataBytes(type, other.registry_data)]
  return bytes !== undefined && otherBytes !== undefined && bytes.equals(otherBytes)
}
