/**
 * A tree that starts as a seed, which is made by code and takes no space, and stores only the changes to it.
 * The file system and the registry are both such trees. Names are case-insensitive and case-preserving.
 */

/** The properties of all nodes of such a tree. */
export interface Named {
  name: string
  /** Set on a changed node that still represents a seed node, and so still has that node's children. */
  seeded?: true
}

/** A node of the seed. Its children are made on first use. */
export interface SeedNode<N extends Named> {
  readonly node: N
  /** By `foldCase` of their names. */
  readonly children: ReadonlyMap<string, SeedNode<N>>
}

/** The changes as plain JSON: by parent's path and child's key, the current node, or null for a deleted node of the seed. */
export type Changes<N extends Named> = Record<string, Record<string, N | null>>

/** A node with its place. */
export interface Place<N extends Named> {
  /** The keys from the root, each preceded by a backslash; empty for the root. */
  readonly path: string
  readonly node: N
  readonly seed: SeedNode<N> | undefined
}

/** Folds the case of a name, so that names that differ only in case are equal. Windows compares upper-cased characters one by one. */
export function foldCase(name: string): string {
  return name.toLowerCase()
}

/** Returns a key for a plain object. It starts with a backslash, so that no name can be `__proto__`. */
const keyOf = (name: string) => `\\${foldCase(name)}`

/** A seed together with its changes. It is cheap: one is made for each access to the state. */
export class OverlayTree<N extends Named> {
  readonly root: Place<N>
  private readonly changes: Changes<N>

  constructor(seed: SeedNode<N>, changes: Changes<N>) {
    this.root = { path: '', node: seed.node, seed }
    this.changes = changes
  }

  child(parent: Place<N>, name: string): Place<N> | undefined {
    const key = keyOf(name)
    const seed = parent.seed?.children.get(key.slice(1))
    const changed = this.changes[parent.path]?.[key]
    if (changed === null || (changed === undefined && seed === undefined)) return undefined
    const node = changed ?? seed?.node
    if (node === undefined) return undefined
    return { path: parent.path + key, node, seed: changed === undefined || changed.seeded ? seed : undefined }
  }

  /** Whether a node of the seed and its direct children are unchanged. */
  untouched(place: Place<N>): boolean {
    return place.node === place.seed?.node && this.changes[place.path] === undefined
  }

  /** In the order of their names. */
  children(parent: Place<N>): Place<N>[] {
    const keys = new Set(parent.seed?.children.keys())
    for (const [key, node] of Object.entries(this.changes[parent.path] ?? {})) {
      if (node === null) keys.delete(key.slice(1))
      else keys.add(key.slice(1))
    }
    return [...keys].sort().flatMap(key => this.child(parent, key) ?? [])
  }

  /** Puts a new node without children at a place, and replaces whatever was there. */
  add(parent: Place<N>, node: N): Place<N> {
    const key = keyOf(node.name)
    this.forget(parent.path + key)
    const fresh = { ...node }
    delete fresh.seeded
    this.within(parent)[key] = fresh
    return { path: parent.path + key, node: fresh, seed: undefined }
  }

  /** Changes a node's properties and keeps its children. The name may change in case only. */
  alter(parent: Place<N>, place: Place<N>, facts: Partial<N>): Place<N> {
    const node: N = { ...place.node, ...facts }
    if (place.seed !== undefined) node.seeded = true
    this.within(parent)[keyOf(node.name)] = node
    return { ...place, node }
  }

  /** Removes a node with everything below it. */
  remove(parent: Place<N>, place: Place<N>): void {
    const key = keyOf(place.node.name)
    this.forget(place.path)
    if (parent.seed?.children.has(key.slice(1))) this.within(parent)[key] = null
    else {
      const changes = this.within(parent)
      delete changes[key]
      if (Object.keys(changes).length === 0) delete this.changes[parent.path]
    }
  }

  private within(parent: Place<N>): Record<string, N | null> {
    return (this.changes[parent.path] ??= {})
  }

  private forget(path: string): void {
    for (const changed of Object.keys(this.changes)) {
      if (changed === path || changed.startsWith(`${path}\\`)) delete this.changes[changed]
    }
  }
}
