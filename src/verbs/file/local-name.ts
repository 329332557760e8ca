import type { RemotePaths } from '../../remote/paths.ts'

/**
 * Returns the local name of a file or directory of the endpoint if the user gives none: the name from the path that was asked for, whatever
 * the endpoint calls it. A leading dot would hide the file, or make it a settings file of some program, so it is kept only if it was typed.
 * @param typed the path as the user typed it
 * @param path  the same as an absolute path
 */
export function localName(paths: RemotePaths, typed: string, path: string): string {
  const name = paths.base(path)
  if (paths.isRoot(name)) return name.replace(/\W/g, '')
  const last = typed
    .split(paths.windows ? /[\\/]/ : '/')
    .filter(part => part !== '')
    .at(-1)
  return last === name ? name : undotted(name)
}

/** Replaces the leading dots of a name that someone else chose, which would hide the file. */
export function undotted(name: string): string {
  return name.replace(/^\.+/, '_')
}
