import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where this program keeps what it must remember: the system's usual place for a program's state. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeOf(env)
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  // The XDG specification: one that is relative is none.
  const given = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(given) ? given : join(home, '.local', 'state'), 'cbc')
}

/** `credentials.cbc` in the order of the SDK's search, the older name first: later files win ("Credentials that users already have"). */
export function credentialsFiles(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, cwd: string): string[] {
  const folders = [
    ...(platform === 'win32' ? [join(env['WINDIR'] || 'C:\\Windows', 'carbonblack')] : ['/etc/carbonblack']),
    join(homeOf(env), '.carbonblack'),
    join(cwd, '.carbonblack'),
  ]
  return folders.flatMap(folder => [join(folder, 'credentials.psc'), join(folder, 'credentials.cbc')])
}

/** A variable that is empty is none. */
function homeOf(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || homedir()
}
