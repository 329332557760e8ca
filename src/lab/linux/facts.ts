import { existsSync, readFileSync } from 'node:fs'
import { arch, platform, release, userInfo } from 'node:os'
import { join } from 'node:path'

/** What a folder that looks like the disk of a Mac is said to run. */
const MAC_SHAPED = 'MAC OS X 14.6.1'

/**
 * Returns the inventory's facts about this machine, which must agree with `uname`, `id` and `who` there.
 * @param directory what is the root of its disk to the endpoint: a folder in the shape of a Mac's makes it one, whatever this machine is
 */
export function machineFacts(directory: string): { os_version: string; login_user_name: string } {
  if (['Users', 'Library'].every(name => existsSync(join(directory, name)))) return { os_version: MAC_SHAPED, login_user_name: userName() }
  const bits = { x64: 'x64', arm64: 'ARM64' }[arch() as string] ?? arch()
  return { os_version: `${systemName()} ${bits}`, login_user_name: userName() }
}

/** Returns a name such as `Ubuntu 22.04` or `MAC OS X 24.1.0`. */
function systemName(): string {
  if (platform() !== 'linux') return `${platform() === 'darwin' ? 'MAC OS X' : platform()} ${release()}`
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1]
    return [field('NAME')?.replace(/ (GNU\/)?Linux$/, ''), field('VERSION_ID')].filter(Boolean).join(' ') || `Linux ${release()}`
  } catch {
    return `Linux ${release()}`
  }
}

/** Returns the user's name; a user id without an entry in the user database has none. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
