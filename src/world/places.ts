import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where this program keeps what it must remember: the system's usual place for a program's state. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = env['HOME'] ?? homedir()
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  return join(env['XDG_STATE_HOME'] ?? join(home, '.local', 'state'), 'cbc')
}

/** `credentials.cbc` in the order of the SDK's search, the older name first: later files win ("Credentials that users already have"). */
export function credentialsFiles(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, cwd: string): string[] {
  const home = env['HOME'] ?? homedir()
  const folders = [
    ...(platform === 'win32' ? [join(env['WINDIR'] ?? 'C:\\Windows', 'carbonblack')] : ['/etc/carbonblack']),
    join(home, '.carbonblack'),
    join(cwd, '.carbonblack'),
  ]
  return folders.flatMap(folder => [join(folder, 'credentials.psc'), join(folder, 'credentials.cbc')])
}
