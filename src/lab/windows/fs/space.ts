import type { Changes, OverlayTree, Place, SeedNode } from '../overlay.ts'
import { type FileNode, sizeOf } from './node.ts'

/** Returns how many more bytes a drive (such as `C:`) uses than in the seed; negative when files of the seed were deleted. */
export function spaceTaken(tree: OverlayTree<FileNode>, changes: Changes<FileNode>, drive: string): number {
  const root = `\\${drive.toLowerCase()}`
  let taken = 0
  for (const [path, entries] of Object.entries(changes)) {
    if (path !== root && !path.startsWith(`${root}\\`)) continue
    const parent = at(tree, path)
    for (const [key, node] of Object.entries(entries)) {
      const seed = parent?.seed?.children.get(key.slice(1))
      taken += node === null ? 0 : sizeOf(node)
      if (seed !== undefined) taken -= node?.seeded ? sizeOf(seed.node) : seedSize(seed)
    }
  }
  return taken
}

function at(tree: OverlayTree<FileNode>, path: string): Place<FileNode> | undefined {
  return path
    .split('\\')
    .slice(1)
    .reduce<Place<FileNode> | undefined>((place, name) => place && tree.child(place, name), tree.root)
}

function seedSize(seed: SeedNode<FileNode>): number {
  let size = sizeOf(seed.node)
  for (const child of seed.children.values()) size += seedSize(child)
  return size
}
