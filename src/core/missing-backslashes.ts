import { posixWord } from './quote.ts'

/** Names at which a path can be split again; of those with the same beginning the longest comes first. */
const KNOWN_NAMES = [
  'Program Files (x86)',
  'Program Files',
  'ProgramData',
  'Windows NT',
  'WindowsApps',
  'Windows',
  'System32',
  'SysWOW64',
  'WinSxS',
  'Temp',
  'Tasks',
  'Prefetch',
  'Logs',
  'drivers',
  'etc',
  'config',
  'winevt',
  'Users',
  'Public',
  'Default',
  'AppData',
  'Local',
  'LocalLow',
  'Roaming',
  'Desktop',
  'Documents',
  'Downloads',
  'Microsoft',
  'inetpub',
  'wwwroot',
  'SOFTWARE',
  'SYSTEM',
  'SECURITY',
  'SAM',
  'HARDWARE',
  'CurrentControlSet',
  'ControlSet001',
  'Services',
  'Control',
  'CurrentVersion',
  'RunOnce',
  'Run',
  'Policies',
  'Classes',
  'WOW6432Node',
  'Uninstall',
  'Environment',
].sort((a, b) => b.length - a.length)

/** Guesses a path as it was before a shell removed its backslashes: `WindowsTemp` was `Windows\Temp`. */
function splitAtKnownNames(text: string): string {
  const parts: string[] = []
  let other = ''
  let known = true
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at)
    // After a known name the next one may begin in either case; elsewhere only a capital letter shows where it begins.
    const name = KNOWN_NAMES.find(one =>
      known ? rest.toLowerCase().startsWith(one.toLowerCase()) : rest.startsWith(one) && /[a-z\d]$/.test(other),
    )
    if (name === undefined) other += rest.charAt(0)
    else {
      if (other !== '') parts.push(other)
      other = ''
      parts.push(rest.slice(0, name.length))
    }
    known = name !== undefined
    at += name?.length ?? 1
  }
  return [...parts, ...(other === '' ? [] : [other])].join('\\')
}

/**
 * The hint for a path on the endpoint that looks as if a shell had removed its backslashes, `C:WindowsTemp`; undefined where it does not.
 */
export function pathHint(typed: string): string | undefined {
  const [, drive, rest = ''] = /^([A-Za-z]:)([^\\/*?%].*)$/s.exec(typed) ?? []
  return drive === undefined || /[\\/]/.test(rest) ? undefined : quoteIt(`${drive}\\${splitAtKnownNames(rest)}`)
}

/** The same for a registry key, `HKLMSYSTEM`. */
export function keyHint(typed: string): string | undefined {
  const [, hive, rest = ''] =
    /^(HKLM|HKCU|HKCR|HKCC|HKU|HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKEY_CLASSES_ROOT|HKEY_CURRENT_CONFIG|HKEY_USERS)([^\\:].*)$/is.exec(
      typed,
    ) ?? []
  if (hive === undefined) return undefined
  return rest.startsWith('/')
    ? `write it with backslashes: ${hive}${rest.replaceAll('/', '\\')}`
    : quoteIt(`${hive}\\${splitAtKnownNames(rest)}`)
}

/** The same for a text that is known to have backslashes. */
export function quoteIt(text: string): string {
  return `quote it: ${posixWord(text)}; bash and similar shells remove a backslash outside quotes`
}
