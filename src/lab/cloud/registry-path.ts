/** Hives by their short names; the service prefixes the long names with `pb`. */
const HIVES: Record<string, string> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
}

/** A registry path, split as in a command's `input`. */
export interface RegistryPath {
  /** Such as `pbHKEY_LOCAL_MACHINE`. */
  hive: string
  /** The path below the hive, without a leading or trailing backslash; empty for the hive itself. */
  rest: string
}

/** Splits a registry path; undefined when it doesn't begin with a hive. */
export function parseRegistryPath(path: string): RegistryPath | undefined {
  const at = path.indexOf('\\')
  const word = (at === -1 ? path : path.slice(0, at)).toUpperCase().replace(/:$/, '')
  const hive = Object.hasOwn(HIVES, word) ? HIVES[word] : Object.values(HIVES).find(name => name === word)
  return hive === undefined ? undefined : { hive: `pb${hive}`, rest: at === -1 ? '' : path.slice(at + 1) }
}

/** Splits a value's path into key and name; the default value's name is empty. Undefined when the path names no value. */
export function splitValue({ hive, rest }: RegistryPath): { hive: string; key: string; value_name: string } | undefined {
  if (rest === '') return undefined
  const at = rest.lastIndexOf('\\')
  return { hive, key: at === -1 ? '' : rest.slice(0, at), value_name: rest.slice(at + 1) }
}
