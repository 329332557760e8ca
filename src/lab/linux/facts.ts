import { readFileSync } from 'node:fs'
import { arch, platform, release, userInfo } from 'node:os'

/** What the inventory says of the endpoint that is this machine: what `uname`, `id` and `who` say there. */
export function machineFacts(): { os_version: string; login_user_name: string } {
  const bits = { x64: 'x64', arm64: 'ARM64' }[arch() as string] ?? arch()
  return { os_version: `${systemName()} ${bits}`, login_user_name: userName() }
}

/** `Ubuntu 22.04`, `MAC OS X 24.1.0`. */
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

/** A user id without an entry has no name: `id` prints the number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
