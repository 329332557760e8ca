import { win32 } from '../win32.ts'

const HIVES: Record<string, string> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKU: 'HKEY_USERS',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCC: 'HKEY_CURRENT_CONFIG',
}
const LONG_NAMES = new Set(Object.values(HIVES))
const MAX_KEY_NAME = 255

/** The targets of keys that are only aliases. */
const ALIASES: [from: RegExp, to: (sid: string) => string][] = [
  [/^HKEY_CURRENT_USER\\Software\\Classes(?=\\|$)/i, sid => `HKEY_USERS\\${sid}_Classes`],
  [/^HKEY_CURRENT_USER(?=\\|$)/i, sid => `HKEY_USERS\\${sid}`],
  [/^HKEY_CLASSES_ROOT(?=\\|$)/i, () => 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes'],
  [/^HKEY_CURRENT_CONFIG(?=\\|$)/i, () => 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current'],
  [/^HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet(?=\\|$)/i, () => 'HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001'],
  [
    /^(HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Hardware Profiles)\\Current(?=\\|$)/i,
    () => 'HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Hardware Profiles\\0001',
  ],
]

/**
 * Returns a key's full path without aliases: `HKEY_…\…`; doubled and trailing backslashes are dropped.
 * @param sid the user whose hive is HKEY_CURRENT_USER
 * @throws SensorError INVALID_PARAMETER when the path doesn't begin with a hive, or a name is too long
 */
export function canonicalKey(text: string, sid: string): string {
  const full = fullKey(text)
  if (full.split('\\').some(part => part.length > MAX_KEY_NAME)) throw win32('INVALID_PARAMETER')
  return ALIASES.reduce((path, [from, to]) => {
    const match = from.exec(path)
    return match === null ? path : to(sid) + path.slice(match[0].length)
  }, full)
}

/**
 * Returns the path with its hive's long name in upper case, without resolving aliases.
 * @throws SensorError INVALID_PARAMETER when the path doesn't begin with a hive
 */
export function fullKey(text: string): string {
  const [first = '', ...rest] = text.replace(/^(\\+|computer\\)/i, '').split(/\\+/)
  const upper = first.replace(/:$/, '').toUpperCase()
  const hive = HIVES[upper] ?? upper
  if (!LONG_NAMES.has(hive)) throw win32('INVALID_PARAMETER')
  return [hive, ...rest.filter(part => part !== '')].join('\\')
}
