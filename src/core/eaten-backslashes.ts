import { posixWord } from './quote.ts'

/** Names by which a path can be told apart again; the longest of those that begin alike comes first. */
const NAMES = [
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

/** A path as it was before a shell took its backslashes away, as far as that can be guessed: `WindowsTemp` was `Windows\Temp`. */
function parted(text: string): string {
  const parts: string[] = []
  let other = ''
  let known = true
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at)
    // Behind a name that is known another begins in whatever case; elsewhere only a capital letter shows where.
    const name = NAMES.find(one =>
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

/** What to say of a path on the endpoint that begins as one whose backslashes a shell has eaten, `C:WindowsTemp`; undefined: it doesn't. */
export function pathHint(typed: string): string | undefined {
  const [, drive, rest = ''] = /^([A-Za-z]:)([^\\/*?%].*)$/s.exec(typed) ?? []
  return drive === undefined || /[\\/]/.test(rest) ? undefined : quoteIt(`${drive}\\${parted(rest)}`)
}

/** The same of a registry key, `HKLMSYSTEM`. */
export function keyHint(typed: string): string | undefined {
  const [, hive, rest = ''] =
    /^(HKLM|HKCU|HKCR|HKCC|HKU|HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKEY_CLASSES_ROOT|HKEY_CURRENT_CONFIG|HKEY_USERS)([^\\:].*)$/is.exec(
      typed,
    ) ?? []
  if (hive === undefined) return undefined
  return rest.startsWith('/') ? `write it with backslashes: ${hive}${rest.replaceAll('/', '\\')}` : quoteIt(`${hive}\\${parted(rest)}`)
}

/** The same of what is known to have backslashes. */
export function quoteIt(text: string): string {
  return `quote it: ${posixWord(text)}; in bash and its kin a backslash outside quotes vanishes`
}
