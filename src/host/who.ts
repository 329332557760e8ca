import { hostname, userInfo } from 'node:os'

/** The user of this machine, and its name. */
export function who(): { user: string; host: string } {
  return { user: userName(), host: hostname() }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as in a container.
    return String(process.getuid?.() ?? 'unknown')
  }
}
