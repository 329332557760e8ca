import type { FileSystem } from '../fs/file-system.ts'
import { isDirectory, type FileNode } from '../fs/node.ts'
import { win32 } from '../win32.ts'
import { programCandidates } from './command-line.ts'
import type { Environment } from './environment.ts'

export interface Located {
  /** As spelled on the disk. */
  path: string
  node: FileNode
  /** The command line after the program's name. */
  tail: string
}

/**
 * Finds the executable that a command line names, as CreateProcess does: a path as it is, a bare name in the working directory, System32,
 * Windows and the PATH; `.exe` is appended to a name without extension. The command shell instead tries the extensions in PATHEXT, and only
 * the first word.
 * @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED for a directory
 */
export function locateProgram(files: FileSystem, line: string, directory: string, environment: Environment, shell = false): Located {
  let denied = false
  const candidates = programCandidates(line)
  const extensions = shell ? (environment.get('PATHEXT') ?? '.EXE').split(';') : ['.exe']
  for (const { program, tail } of shell ? candidates.slice(0, 1) : candidates) {
    for (const path of places(program, extensions, directory, environment)) {
      const found = files.tryFind(path, directory)
      if (found === undefined) continue
      const { node } = found.place
      if (!isDirectory(node)) return { path: found.path, node, tail }
      denied = true
    }
  }
  throw win32(denied ? 'ACCESS_DENIED' : 'FILE_NOT_FOUND')
}

function places(program: string, extensions: string[], directory: string, environment: Environment): string[] {
  const bare = program.replace(/^.*[\\/:]/, '')
  if (bare === '') return []
  const files = bare.includes('.')
    ? [program, ...(extensions.length > 1 ? extensions.map(one => program + one) : [])]
    : extensions.map(one => program + one)
  if (/[\\/:]/.test(program)) return files
  return searchPath(directory, environment).flatMap(place => files.map(file => `${place.replace(/\\$/, '')}\\${file}`))
}

/** Returns the directories in which a bare name is looked for. */
export function searchPath(directory: string, environment: Environment): string[] {
  return [directory, 'C:\\Windows\\system32', 'C:\\Windows', ...(environment.get('PATH') ?? '').split(';').filter(place => place !== '')]
}
