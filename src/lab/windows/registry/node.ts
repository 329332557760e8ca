import type { Named } from '../overlay.ts'

/** The types of values, by Windows's numbers. */
export const REGISTRY_TYPES = {
  REG_NONE: 0,
  REG_SZ: 1,
  REG_EXPAND_SZ: 2,
  REG_BINARY: 3,
  REG_DWORD: 4,
  REG_DWORD_BIG_ENDIAN: 5,
  REG_MULTI_SZ: 7,
  REG_QWORD: 11,
} as const
export type RegistryType = keyof typeof REGISTRY_TYPES

/**
 * A value as it is stored and sent: numbers in decimal, REG_BINARY and REG_NONE as hexadecimal digits (lower case, two per byte),
 * REG_MULTI_SZ as a list, the others unchanged. The default value has the name ''.
 */
export interface KeyValue {
  name: string
  type: RegistryType
  data: string | string[]
}

/** A key. Plain JSON. */
export interface KeyNode extends Named {
  values: KeyValue[]
  /** Epoch milliseconds. */
  written: number
}
