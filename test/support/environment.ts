import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder } from './folder.ts'

/**
 * What a spawned program gets of the outer environment; above all no CBC_*, no proxy, nothing that sets colours or says that this is CI.
 */
const KEPT = ['PATH', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'USER', 'LOGNAME', 'SHELL', 'SystemRoot', 'ComSpec', 'PATHEXT', 'windir']

let fileHome: string | undefined

/** A home directory that is fresh for each test file and gone after it. */
export function testHome(): string {
  fileHome ??= testFolder()
  return fileHome
}

/**
 * The environment of a spawned program.
 * @param extra set over the rest; undefined takes a variable away.
 * @param home where HOME and all XDG directories point; a fresh one for each test file when not given.
 */
export function environment(extra: Record<string, string | undefined> = {}, home = testHome()): Record<string, string> {
  mkdirSync(home, { recursive: true })
  const all: Record<string, string | undefined> = {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(KEPT.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
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
