import { HRESULT } from '../endpoint.ts'
import { refuse } from '../linux/errors.ts'
import { parsePath, partsOf } from '../linux/names.ts'
import { OverlayTree, type Changes, type Place, type SeedNode } from '../windows/overlay.ts'
import { type Body, textBody } from '../windows/fs/body.ts'
import type { MacNode } from './node.ts'

/** How many links macOS follows in a path. */
const MAX_LINKS = 32
const MAX_NAME_BYTES = 255
/** What System Integrity Protection and the sealed system volume keep even from root. */
const SEALED = /^\/(?:$|System(?:\/(?!Volumes\/Data)|$)|bin(?:\/|$)|sbin(?:\/|$)|usr(?:\/(?!local(?:\/|$))|$))/i
/** The tree joins names with backslashes, which a name on a Mac may have: within it they are this character. */
const BACKSLASH = '\uf05c'

/** What a path leads to. */
export interface Found {
  place: Place<MacNode>
  /** The directories above it, from the root on. */
  above: readonly Place<MacNode>[]
  /** Its path without links. */
  path: string
}

/** The disk at one moment: one tree from `/`, whose names keep their case and are found in any. */
export class Disk {
  readonly #tree: OverlayTree<MacNode>
  readonly #now: number

  constructor(seed: SeedNode<MacNode>, changes: Changes<MacNode>, now: number) {
    this.#tree = new OverlayTree(seed, changes)
    this.#now = now
  }

  /**
   * Walks to a path.
   * @param from the directory that relative paths start at
   * @param follow whether a link at its end is followed too
   * @throws SensorError FILE_NOT_FOUND, PATH_NOT_FOUND for a missing directory on the way, ACCESS_DENIED for a circle of links
   */
  find(text: string, from = '/', follow = true): Found {
    const found = this.#walk(text, from, follow)
    return 'missing' in found ? refuse(HRESULT.FILE_NOT_FOUND, 'no such file') : found
  }

  /** Like `find`, but undefined where there is nothing. */
  findIfThere(text: string, from?: string, follow?: boolean): Found | undefined {
    const found = this.#walk(text, from, follow)
    return 'missing' in found ? undefined : found
  }

  /** Walks to a directory. @throws SensorError PATH_NOT_FOUND */
  directory(text: string, from?: string): Found {
    const found = this.#walk(text, from)
    return 'missing' in found || found.place.node.kind !== 'directory' ? refuse(HRESULT.PATH_NOT_FOUND, 'no such directory') : found
  }

  /** The entries of a directory, by name. */
  children({ place, above, path }: Found): Found[] {
    return this.#tree.children(place).map(child => ({ place: child, above: [...above, place], path: joined(path, nameOf(child.node)) }))
  }

  /** The directory above; the root is above itself. */
  parent({ above, path }: Found): Found {
    const place = above.at(-1)
    return place === undefined ? this.find('/') : { place, above: above.slice(0, -1), path: path.slice(0, path.lastIndexOf('/')) || '/' }
  }

  /** @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED for a directory */
  read(text: string, from?: string): Body {
    const { node } = this.find(text, from).place
    if (node.kind === 'directory') refuse(HRESULT.ACCESS_DENIED, 'is a directory')
    return node.body ?? textBody('')
  }

  /** Creates a file, or replaces the content of one. @returns its path without links @throws SensorError */
  write(text: string, body: Body, from?: string): string {
    const found = this.#walk(text, from)
    if (parsePath(text).trailing) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
    if ('missing' in found) return this.#add(found, { kind: 'file', mode: 0o644, body })
    if (found.place.node.kind === 'directory') refuse(HRESULT.ACCESS_DENIED, 'is a directory')
    this.#alter(found, { body, written: this.#now })
    return found.path
  }

  /** @throws SensorError PATH_NOT_FOUND for a missing parent, ALREADY_EXISTS */
  createDirectory(text: string, from?: string): void {
    const found = this.#walk(text, from, false)
    if (!('missing' in found)) refuse(HRESULT.ALREADY_EXISTS, 'exists already')
    this.#add(found, { kind: 'directory', mode: 0o755 })
  }

  /** Deletes a file, a link (not its target), or an empty directory. @throws SensorError FILE_NOT_FOUND, DIR_NOT_EMPTY, ACCESS_DENIED */
  delete(text: string, from?: string): void {
    const found = this.find(text.replace(/(.)\/+$/, '$1'), from, false)
    const parent = found.above.at(-1)
    if (parent === undefined) refuse(HRESULT.ACCESS_DENIED, 'not to be deleted')
    assertOpen(found.path)
    const { kind } = found.place.node
    if (kind !== 'directory' && text.endsWith('/')) refuse(HRESULT.PATH_NOT_FOUND, 'is no directory')
    if (kind === 'directory' && this.children(found).length > 0) refuse(HRESULT.DIR_NOT_EMPTY, 'is not empty')
    this.#tree.remove(parent, found.place)
    this.#touch(found.above)
  }

  /** Sets the permission bits. @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED */
  setMode(text: string, mode: number, from?: string): void {
    this.#alter(this.find(text, from), { mode })
  }

  #walk(text: string, from = '/', follow = true): Found | { missing: string; parent: Found } {
    const { parts, trailing } = parsePath(text)
    const stack: Place<MacNode>[] = [this.#tree.root]
    const todo = (text.startsWith('/') ? parts : [...partsOf(from), ...parts]).reverse()
    for (let links = 0; ;) {
      const name = todo.pop()
      const here = stack.at(-1) ?? this.#tree.root
      if (name === undefined) return foundAt(stack)
      if (here.node.kind !== 'directory') refuse(HRESULT.PATH_NOT_FOUND, 'no such directory')
      if (name === '..') {
        if (stack.length > 1) stack.pop()
        continue
      }
      if (Buffer.byteLength(name) > MAX_NAME_BYTES) refuse(HRESULT.INVALID_PARAMETER, 'the name is too long')
      const child = this.#tree.child(here, name.replaceAll('\\', BACKSLASH))
      const last = todo.length === 0
      if (child === undefined) {
        if (!last) refuse(HRESULT.PATH_NOT_FOUND, 'no such directory')
        return { missing: name, parent: foundAt(stack) }
      }
      const { kind, target = '' } = child.node
      if (kind !== 'link' || (last && !follow && !trailing)) {
        if (trailing && last && kind === 'file') refuse(HRESULT.PATH_NOT_FOUND, 'is no directory')
        stack.push(child)
        continue
      }
      if (++links > MAX_LINKS) refuse(HRESULT.ACCESS_DENIED, 'too many links')
      if (target.startsWith('/')) stack.splice(1)
      for (const part of partsOf(target).reverse()) todo.push(part)
    }
  }

  #add({ missing, parent }: { missing: string; parent: Found }, facts: Pick<MacNode, 'kind' | 'mode'> & Partial<MacNode>): string {
    const path = joined(parent.path, missing)
    assertOpen(path)
    const times = { created: this.#now, accessed: this.#now, written: this.#now }
    this.#tree.add(parent.place, { name: missing.replaceAll('\\', BACKSLASH), owner: 'root', ...times, ...facts })
    this.#touch([...parent.above, parent.place])
    return path
  }

  #alter(found: Found, facts: Partial<MacNode>): void {
    assertOpen(found.path)
    this.#tree.alter(found.above.at(-1) ?? this.#tree.root, found.place, facts)
  }

  /** Updates the time of a directory whose entries changed. */
  #touch(above: readonly Place<MacNode>[]): void {
    const [directory, parent] = [above.at(-1), above.at(-2)]
    if (directory === undefined || parent === undefined) return
    this.#tree.alter(parent, directory, { written: this.#now })
  }
}

/** The name of a node as the Mac has it. */
export function nameOf({ name }: MacNode): string {
  return name.replaceAll(BACKSLASH, '\\')
}

function foundAt(stack: readonly Place<MacNode>[]): Found {
  const [place, ...above] = [...stack].reverse() as [Place<MacNode>, ...Place<MacNode>[]]
  return {
    place,
    above: above.reverse(),
    path: `/${stack
      .slice(1)
      .map(({ node }) => nameOf(node))
      .join('/')}`,
  }
}

function joined(directory: string, name: string): string {
  return `${directory === '/' ? '' : directory}/${name}`
}

function assertOpen(path: string): void {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/'
  if (SEALED.test(parent)) refuse(HRESULT.ACCESS_DENIED, 'the operation is not permitted')
}
