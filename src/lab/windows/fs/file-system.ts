import { type Changes, foldCase, OverlayTree, type Place, type SeedNode } from '../overlay.ts'
import { isWin32, win32 } from '../win32.ts'
import { ATTRIBUTE } from './attributes.ts'
import { type Body, textBody } from './body.ts'
import { type FileNode, isDirectory, isReadOnly, sizeOf } from './node.ts'
import { parsePath, type WindowsPath } from './path.ts'
import { shortName } from './short-names.ts'
import { spaceTaken } from './space.ts'
import { assertOpenDirectory, type Found, lookup, walk } from './walk.ts'

/** What a file system needs from its machine. */
export interface FileSystemOptions {
  seed: SeedNode<FileNode>
  changes: Changes<FileNode>
  /** The time of changes, epoch milliseconds. */
  now: number
  /** Bytes free on each drive, such as `C:`, before any change. */
  free: Record<string, number>
  /** How processes use the file of that path (as spelled on the disk): as their program, or open for writing. */
  use(path: string): 'image' | 'open' | undefined
}

/** The endpoint's drives. Paths are in Windows's forms; relative ones need `from`, an absolute directory. Sizes are in bytes. */
export class FileSystem {
  readonly tree: OverlayTree<FileNode>
  private readonly options: FileSystemOptions

  constructor(options: FileSystemOptions) {
    this.options = options
    this.tree = new OverlayTree(options.seed, options.changes)
  }

  /** @throws SensorError as `walk` does */
  find(path: string | WindowsPath, from?: string, follow = true): Found {
    return walk(this.tree, typeof path === 'string' ? parsePath(path, from) : path, follow)
  }

  /** Like `find`, but returns undefined when there is no such entry. */
  tryFind(path: string, from?: string, follow = true): Found | undefined {
    try {
      return this.find(path, from, follow)
    } catch (error) {
      if (isWin32(error)) return undefined
      throw error
    }
  }

  /** Returns a directory's entries in the order of their names. @throws SensorError DIRECTORY when it isn't a directory */
  children(found: Found): Found[] {
    assertOpenDirectory(found.place, 'DIRECTORY')
    const above = [...found.above, found.place]
    return this.tree.children(found.place).map(place => ({ place, above, path: `${found.path.replace(/\\$/, '')}\\${place.node.name}` }))
  }

  /** Returns the body of a file, or of one of its streams (`file:stream`). */
  read(text: string, from?: string): Body {
    const path = parsePath(text, from)
    const { node } = this.find(path).place
    if (path.trailing) throw win32('INVALID_NAME')
    if (isDirectory(node) || node.guard === 'denied') throw win32('ACCESS_DENIED')
    if (node.guard === 'locked') throw win32('SHARING_VIOLATION')
    if (path.stream === undefined) return node.body ?? textBody('')
    const wanted = foldCase(path.stream)
    const stream = Object.entries(node.streams ?? {}).find(([name]) => foldCase(name) === wanted)
    if (stream === undefined) throw win32('FILE_NOT_FOUND')
    return textBody(stream[1])
  }

  /**
   * Creates or replaces a file. The parent must exist.
   * @throws SensorError PATH_NOT_FOUND, ACCESS_DENIED, SHARING_VIOLATION, DISK_FULL, NOT_SUPPORTED for an alternate data stream
   */
  write(text: string, body: Body, from?: string): Found {
    const { path, parent, name, old } = this.target(text, from)
    if (old !== undefined) this.assertWritable(old)
    this.assertSpace(path.drive, body.size - (old === undefined ? 0 : sizeOf(old.place.node)))
    if (old === undefined) return this.add(parent, { name, attributes: ATTRIBUTE.ARCHIVE, body })
    const { now } = this.options
    const attributes = old.place.node.attributes | ATTRIBUTE.ARCHIVE
    const place = this.tree.alter(directoryOf(old), old.place, { body, attributes, written: now, accessed: now, streams: {} })
    return { ...old, place }
  }

  /** Replaces the bytes of a file that the calling process has open, so that no lock prevents it. Does nothing when the file is gone. */
  rewrite(text: string, body: Body): void {
    const found = this.tryFind(text)
    if (found === undefined || isDirectory(found.place.node)) return
    this.assertSpace(found.path.slice(0, 2), body.size - sizeOf(found.place.node))
    this.tree.alter(directoryOf(found), found.place, { body, written: this.options.now, accessed: this.options.now })
  }

  /** Creates a directory. @throws SensorError ALREADY_EXISTS (also for a file of that name), PATH_NOT_FOUND when the parent is missing */
  createDirectory(text: string, from?: string): Found {
    const { parent, name, old } = this.target(text, from, true)
    if (old !== undefined && !(old.place.node.remade && this.tree.untouched(old.place))) throw win32('ALREADY_EXISTS')
    return this.add(parent, { name, attributes: ATTRIBUTE.DIRECTORY })
  }

  /** Deletes a file, a junction or an empty directory. @throws SensorError ACCESS_DENIED, SHARING_VIOLATION, DIR_NOT_EMPTY */
  delete(text: string, from?: string): void {
    const path = parsePath(text, from)
    if (path.stream !== undefined) throw win32('NOT_SUPPORTED')
    const found = this.find(path, from, false)
    if (found.above.length === 0) throw win32('ACCESS_DENIED')
    this.assertRemovable(found)
    if (path.trailing && !isDirectory(found.place.node)) throw win32('INVALID_NAME')
    const full = isDirectory(found.place.node) && found.place.node.target === undefined && this.tree.children(found.place).length > 0
    if (full) throw win32('DIR_NOT_EMPTY')
    this.tree.remove(directoryOf(found), found.place)
    this.touch(found.above)
  }

  /** Moves or renames a file or a whole directory, within a drive or between them. @throws SensorError ALREADY_EXISTS */
  move(from: Found, text: string, directory?: string): void {
    const { path, parent, name, old } = this.target(text, directory, true)
    const caseOnly = old !== undefined && old.path === from.path
    if (old !== undefined && !caseOnly) throw win32('ALREADY_EXISTS')
    if (`${parent.path}\\`.toLowerCase().startsWith(`${from.path}\\`.toLowerCase())) throw win32('SHARING_VIOLATION')
    this.assertMovable(from)
    if (caseOnly) {
      this.tree.alter(directoryOf(from), from.place, { name })
    } else {
      if (path.drive !== from.path.slice(0, 2)) this.assertSpace(path.drive, this.sizeBelow(from.place))
      this.transplant(from.place, parent, name)
      this.tree.remove(directoryOf(from), from.place)
    }
    this.touch(from.above)
  }

  /** Sets attributes. @param bits the new ones; those for directories and junctions are kept */
  setAttributes(found: Found, bits: number): void {
    const { node } = found.place
    if (node.guard === 'protected' || node.guard === 'denied' || found.above.length === 0) throw win32('ACCESS_DENIED')
    const fixedBits = ATTRIBUTE.DIRECTORY | ATTRIBUTE.REPARSE_POINT
    this.tree.alter(directoryOf(found), found.place, { attributes: (bits & ~fixedBits) | (node.attributes & fixedBits) })
  }

  /** Returns the free bytes of a drive such as `C:`. */
  free(drive: string): number {
    return (this.options.free[drive] ?? 0) - spaceTaken(this.tree, this.options.changes, drive)
  }

  /** @throws SensorError DISK_FULL */
  assertSpace(drive: string, size: number): void {
    if (size > this.free(drive)) throw win32('DISK_FULL')
  }

  /** Returns the target of a creation: the directory, the name, and the entry that has this name now. */
  private target(text: string, from?: string, directory = false) {
    const path = parsePath(text, from)
    if (path.stream !== undefined) throw win32('NOT_SUPPORTED')
    const name = path.parts[path.parts.length - 1]
    if (name === undefined) {
      this.find(path)
      throw win32(directory ? 'ALREADY_EXISTS' : 'ACCESS_DENIED')
    }
    if (path.trailing && !directory) throw win32('PATH_NOT_FOUND')
    const parent = this.directory({ ...path, parts: path.parts.slice(0, -1) })
    const known = lookup(this.tree, parent.place, name)
    if (known === undefined) return { path, parent, name, old: undefined }
    const old = this.find(`${parent.path.replace(/\\$/, '')}\\${known.node.name}`, undefined, !directory)
    return { path, parent, name, old }
  }

  private directory(path: WindowsPath): Found {
    try {
      const found = this.find(path)
      assertOpenDirectory(found.place)
      return found
    } catch (error) {
      throw isWin32(error, 'FILE_NOT_FOUND') ? win32('PATH_NOT_FOUND') : error
    }
  }

  private add(parent: Found, facts: Pick<FileNode, 'name' | 'attributes'> & Partial<FileNode>): Found {
    const { now } = this.options
    const place = this.tree.add(parent.place, {
      created: now,
      accessed: now,
      written: now,
      ...facts,
      short: this.shortFor(parent.place, facts.name),
    })
    const above = [...parent.above, parent.place]
    this.touch(above)
    return { place, above, path: `${parent.path.replace(/\\$/, '')}\\${facts.name}` }
  }

  private shortFor(directory: Place<FileNode>, name: string): string {
    let used: Set<string> | undefined
    return shortName(name, candidate => {
      used ??= new Set(this.tree.children(directory).flatMap(({ node }) => [node.name.toUpperCase(), node.short]))
      return used.has(candidate)
    })
  }

  private assertWritable({ place: { node }, path }: Found): void {
    if (node.guard === 'locked' || this.options.use(path) !== undefined) throw win32('SHARING_VIOLATION')
    if (isDirectory(node) || isReadOnly(node) || node.guard !== undefined) throw win32('ACCESS_DENIED')
  }

  private assertRemovable({ place: { node }, path }: Found): void {
    const use = this.options.use(path)
    if (node.guard === 'locked' || use === 'open') throw win32('SHARING_VIOLATION')
    if (node.guard !== undefined || use === 'image') throw win32('ACCESS_DENIED')
    if (isReadOnly(node) && !isDirectory(node)) throw win32('ACCESS_DENIED')
  }

  /** Checks that a directory can be moved: nothing below it may be in use or protected. */
  private assertMovable(found: Found): void {
    this.assertRemovable(found)
    if (isDirectory(found.place.node)) for (const child of this.children(found)) this.assertMovable(child)
  }

  private sizeBelow(place: Place<FileNode>): number {
    return this.tree.children(place).reduce((sum, child) => sum + this.sizeBelow(child), sizeOf(place.node))
  }

  /** Copies a subtree to a new parent, with times and attributes. */
  private transplant(from: Place<FileNode>, parent: Found, name: string): void {
    const added = this.add(parent, { ...from.node, name })
    for (const child of this.tree.children(from)) this.transplant(child, added, child.node.name)
  }

  /** Updates the time of a directory whose entries changed. */
  private touch(above: Place<FileNode>[]): void {
    const directory = above.at(-1)
    if (directory === undefined) return
    const parent = above.at(-2) ?? this.tree.root
    const { now } = this.options
    this.tree.alter(parent, this.tree.child(parent, directory.node.name) ?? directory, { written: now, accessed: now })
  }
}

function directoryOf({ above }: Found): Place<FileNode> {
  const parent = above[above.length - 1]
  if (parent === undefined) throw win32('ACCESS_DENIED')
  return parent
}
