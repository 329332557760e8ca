import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/** Where this program keeps what it must remember: the system's usual place for a program's state. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeOf(env)
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  return join(xdg(env['XDG_STATE_HOME'], join(home, '.local', 'state')), 'cbc')
}

/** Where the program's own profiles are: `CBC_CONFIG_DIR`, else the system's usual place for a program's settings. */
export function configDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeOf(env)
  if (env['CBC_CONFIG_DIR']) return resolve(env['CBC_CONFIG_DIR'])
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  return join(xdg(env['XDG_CONFIG_HOME'], join(home, '.config')), 'cbc')
}

/**
 * `credentials.cbc` in the order of the SDK's search, the older name first: later files win ("Credentials that users already have"). Those
 * of the working directory are apart.
 */
export function credentialsFiles(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  return [
    platform === 'win32' ? join(env['WINDIR'] || 'C:\\Windows', 'carbonblack') : '/etc/carbonblack',
    join(homeOf(env), '.carbonblack'),
  ].flatMap(filesIn)
}

/** Those of the working directory; none in the home directory, whose files are the user's own. */
export function credentialsHere(env: NodeJS.ProcessEnv, cwd: string): string[] {
  const folder = join(cwd, '.carbonblack')
  return folder === join(homeOf(env), '.carbonblack') ? [] : filesIn(folder)
}

function filesIn(folder: string): string[] {
  return [join(folder, 'credentials.psc'), join(folder, 'credentials.cbc')]
}

/** The XDG specification: a directory that is relative is none. */
function xdg(given: string | undefined, usual: string): string {
  return given !== undefined && isAbsolute(given) ? given : usual
}

/** A variable that is empty is none. */
function homeOf(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || homedir()
}
