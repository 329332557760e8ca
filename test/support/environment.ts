import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEachFile } from './after-file.ts'
import { testFolder } from './folder.ts'

/** The variables that a spawned program inherits. Above all no CBC_*, no proxy, and nothing that sets colours or indicates CI. */
const INHERITED = ['PATH', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'USER', 'LOGNAME', 'SHELL', 'SystemRoot', 'ComSpec', 'PATHEXT', 'windir']

let fileHome: string | undefined

// Files share their worker's modules: the next one would make this one's home anew, and nobody would delete it.
afterEachFile(() => {
  fileHome = undefined
})

/** Creates a home directory for the test file, which is deleted after it. */
export function testHome(): string {
  fileHome ??= testFolder()
  return fileHome
}

/**
 * Returns the environment of a spawned program.
 * @param extra overrides; undefined removes a variable.
 * @param home for HOME and all XDG directories; default: a new directory for each test file.
 */
export function environment(extra: Record<string, string | undefined> = {}, home = testHome()): Record<string, string> {
  mkdirSync(home, { recursive: true })
  const all: Record<string, string | undefined> = {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(INHERITED.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    ...extra,
  }
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
}
