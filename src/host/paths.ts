import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/** Returns the directory for this program's state, in the system's usual place. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeOf(env)
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  return join(xdg(env['XDG_STATE_HOME'], join(home, '.local', 'state')), 'cbc')
}

/** Returns the directory of the program's own profiles: `CBC_CONFIG_DIR`, or the system's usual place for settings. */
export function configDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeOf(env)
  if (env['CBC_CONFIG_DIR']) return resolve(env['CBC_CONFIG_DIR'])
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'cbc')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'cbc')
  return join(xdg(env['XDG_CONFIG_HOME'], join(home, '.config')), 'cbc')
}

/**
 * Returns the places of `credentials.cbc` in the order of the SDK's search, the older name first: later files win ("Credentials that users
 * already have"). Those of the working directory are separate.
 */
export function credentialsFiles(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  return [
    platform === 'win32' ? join(env['WINDIR'] || 'C:\\Windows', 'carbonblack') : '/etc/carbonblack',
    join(homeOf(env), '.carbonblack'),
  ].flatMap(filesIn)
}

/** Returns the credentials files of the working directory; none in the home directory, whose files are in the search anyway. */
export function credentialsHere(env: NodeJS.ProcessEnv, cwd: string): string[] {
  const folder = join(cwd, '.carbonblack')
  return folder === join(homeOf(env), '.carbonblack') ? [] : filesIn(folder)
}

function filesIn(folder: string): string[] {
  return [join(folder, 'credentials.psc'), join(folder, 'credentials.cbc')]
}

/** Returns an XDG directory; the specification says to ignore relative paths. */
function xdg(given: string | undefined, usual: string): string {
  return given !== undefined && isAbsolute(given) ? given : usual
}

/** Returns the home directory; an empty variable counts as unset. */
function homeOf(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || homedir()
}
