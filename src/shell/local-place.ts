import { resolve } from 'node:path'
import type { LocalFiles } from '../core/ports.ts'

/**
 * Local files as they are seen from a directory of the shell's own (`lcd`).
 * @param directory absolute; undefined: the working directory of the program
 */
export function filesFrom(files: LocalFiles, directory: string | undefined): LocalFiles {
  if (directory === undefined) return files
  // A separator at the end says that a directory is meant.
  const at = (path: string) => resolve(directory, path) + (/[\\/]$/.test(path) ? '/' : '')
  return {
    open: path => files.open(at(path)),
    place: (path, ...rest) => files.place(at(path), ...rest),
    create: (path, ...rest) => files.create(at(path), ...rest),
    replace: path => files.replace(at(path)),
    folder: (path, name, shared) => files.folder(at(path), name, shared),
    append: path => files.append(at(path)),
    text: path => files.text(at(path)),
    names: path => files.names(at(path)),
    real: path => files.real(at(path)),
    directory: path => files.directory(at(path)),
    entries: path => files.entries(at(path)),
    scratch: () => files.scratch(),
  }
}
