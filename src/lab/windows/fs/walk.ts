import type { OverlayTree, Place } from '../overlay.ts'
import { win32 } from '../win32.ts'
import { type FileNode, isDirectory } from './node.ts'
import { type WindowsPath, parsePath } from './path.ts'

/** The result of walking a path. */
export interface Found {
  place: Place<FileNode>
  /** The directories above it, outermost first; empty for a drive. */
  above: Place<FileNode>[]
  /** Its path as spelled on the disk, with junctions resolved. */
  path: string
}

/** The most junctions that are followed on the way; Windows's own limit. */
const MAX_HOPS = 31

/**
 * Walks a path from its drive.
 * @param follow whether a junction at the end of the path is followed too
 * @throws SensorError FILE_NOT_FOUND when only the last part is missing, PATH_NOT_FOUND when more is, NOT_READY for the empty floppy
 *   drive, ACCESS_DENIED, CANT_RESOLVE_FILENAME for junctions that lead in a circle
 */
export function walk(tree: OverlayTree<FileNode>, path: WindowsPath, follow: boolean, hops = 0): Found {
  if (hops > MAX_HOPS) throw win32('CANT_RESOLVE_FILENAME')
  let found = drive(tree, path.drive)
  for (const [at, part] of path.parts.entries()) {
    const last = at === path.parts.length - 1
    const child = enter(tree, found, part)
    if (child === undefined) throw win32(last ? 'FILE_NOT_FOUND' : 'PATH_NOT_FOUND')
    found = { place: child, above: [...found.above, found.place], path: `${found.path.replace(/\\$/, '')}\\${child.node.name}` }
    const { target } = child.node
    if (target !== undefined && (!last || follow)) {
      hops += 1
      found = walk(tree, parsePath(target), true, hops)
    }
  }
  return found
}

/** Returns the child of that name, long or short. */
export function lookup(tree: OverlayTree<FileNode>, parent: Place<FileNode>, name: string): Place<FileNode> | undefined {
  const exact = tree.child(parent, name)
  if (exact !== undefined || !name.includes('~')) return exact
  const short = name.toUpperCase()
  return tree.children(parent).find(({ node }) => node.short === short)
}

/** Throws unless that directory may be listed and walked through. */
export function assertOpenDirectory({ node }: Place<FileNode>, otherwise: 'PATH_NOT_FOUND' | 'DIRECTORY' = 'PATH_NOT_FOUND'): void {
  if (!isDirectory(node)) throw win32(otherwise)
  if (node.guard === 'denied') throw win32('ACCESS_DENIED')
}

function enter(tree: OverlayTree<FileNode>, parent: Found, part: string): Place<FileNode> | undefined {
  assertOpenDirectory(parent.place)
  return lookup(tree, parent.place, part)
}

function drive(tree: OverlayTree<FileNode>, name: string): Found {
  if (name === 'A:') throw win32('NOT_READY')
  const place = tree.child(tree.root, name)
  if (place === undefined) throw win32('PATH_NOT_FOUND')
  return { place, above: [], path: `${name}\\` }
}
