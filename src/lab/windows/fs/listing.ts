import type { FileEntry } from '../../endpoint.ts'
import { isWin32, win32 } from '../win32.ts'
import { attributeNames } from './attributes.ts'
import type { FileSystem } from './file-system.ts'
import { type FileNode, sizeOf } from './node.ts'
import { parsePath, type WindowsPath } from './path.ts'
import type { Found } from './walk.ts'
import { hasWildcards, wildcard } from './wildcards.ts'

/** A name to show, with its entry. */
export interface Listed {
  name: string
  found: Found
}

/**
 * `directory list` ("Issue Command", directory list; "Values as servers really send them"): `C:\dir\` and patterns in the last part list
 * entries, including `.` and `..` if they match and the directory isn't a root; a path without a separator at its end returns the entry
 * itself. A root has no entry on a real disk; `C:` nevertheless returns one, named `C:`.
 * @throws SensorError FILE_NOT_FOUND, also when no name matches the pattern; PATH_NOT_FOUND; DIRECTORY for `file.txt\`
 */
export function listDirectory(files: FileSystem, text: string, from?: string): FileEntry[] {
  const path = parsePath(text, from, true)
  if (path.stream !== undefined) throw win32('NOT_SUPPORTED')
  return listPath(files, path).map(({ name, found }) => entry(name, found.place.node))
}

/** Returns the names that a path, with or without a pattern, stands for. */
export function listPath(files: FileSystem, path: WindowsPath): Listed[] {
  const last = path.parts[path.parts.length - 1] ?? ''
  if (hasWildcards(last)) {
    const directory = directoryOf(files, { ...path, parts: path.parts.slice(0, -1) })
    const fits = wildcard(last)
    const listed = contents(files, directory).filter(
      ({ name, found }) => fits(name) || (!isDots(name) && fitsShort(found.place.node, fits)),
    )
    if (listed.length === 0) throw win32('FILE_NOT_FOUND')
    return listed
  }
  if (path.trailing) return contents(files, directoryOf(files, path))
  const found = files.find(path, undefined, false)
  return [{ name: found.above.length === 0 ? path.drive : found.place.node.name, found }]
}

/** Returns everything in a directory, `.` and `..` first. */
export function contents(files: FileSystem, directory: Found): Listed[] {
  const children = files.children(directory).map(found => ({ name: found.place.node.name, found }))
  const parent = directory.above[directory.above.length - 1]
  if (parent === undefined) return children
  const up: Found = { place: parent, above: directory.above.slice(0, -1), path: directory.path.slice(0, directory.path.lastIndexOf('\\')) }
  return [{ name: '.', found: directory }, { name: '..', found: up }, ...children]
}

const isDots = (name: string) => name === '.' || name === '..'
const fitsShort = (node: FileNode, fits: (name: string) => boolean) => node.short !== '' && fits(node.short)

function directoryOf(files: FileSystem, path: WindowsPath): Found {
  try {
    return files.find(path)
  } catch (error) {
    throw isWin32(error, 'FILE_NOT_FOUND') ? win32('PATH_NOT_FOUND') : error
  }
}

function entry(name: string, node: FileNode): FileEntry {
  return {
    size: sizeOf(node),
    attributes: attributeNames(node.attributes),
    filename: name,
    alternate_name: isDots(name) ? '' : node.short,
    create_time: iso(node.created),
    last_access_time: iso(node.accessed),
    last_write_time: iso(node.written),
  }
}

/** Formats a time as ISO 8601 UTC with whole seconds. */
const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
