import { LINUX } from './linux.ts'
import { MACOS } from './macos.ts'
import { WINDOWS_MORE } from './windows-more.ts'
import { WINDOWS_SYSTEM } from './windows-system.ts'
import { WINDOWS_USERS } from './windows-users.ts'

/** The definitions that ship, by the names of their files: written for this program, in the format of ForensicArtifacts. */
export const SHIPPED: Readonly<Record<string, string>> = {
  'windows-system.yaml': WINDOWS_SYSTEM,
  'windows-users.yaml': WINDOWS_USERS,
  'windows-more.yaml': WINDOWS_MORE,
  'linux.yaml': LINUX,
  'macos.yaml': MACOS,
}
