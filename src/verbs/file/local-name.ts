import type { RemotePaths } from '../../remote/paths.ts'

/**
 * What a file or directory of the endpoint is called here where the user gives no name: as it was asked for, whatever the endpoint calls
 * it. A leading dot hides
 * a file, and makes it a program's settings: it is there only where it was typed.
 * @param typed as the user typed the path
 * @param path  what that is, absolute
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

/** A name that somebody else chose, without the dot that would hide it. */
export function undotted(name: string): string {
  return name.replace(/^\.+/, '_')
}
