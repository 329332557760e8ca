/**
 * A tree that starts as a seed, which is made by code and costs nothing, and remembers only what was changed of it.
 * The file system and the registry are both such trees. Names are case-insensitive and keep the case they were given.
 */

/** What every node of such a tree has. */
export interface Named {
  name: string
  /** Set on a changed node that still stands for a seed node, and so still has that one's children. */
  seeded?: true
}

/** A node of the seed. Its children are made when they are first asked for. */
export interface SeedNode<N extends Named> {
  readonly node: N
  /** By `foldCase` of their names. */
  readonly children: ReadonlyMap<string, SeedNode<N>>
}

/** Plain JSON: by parent's path and child's key, the node as it is now, or null for one of the seed that is gone. */
export type Changes<N extends Named> = Record<string, Record<string, N | null>>

/** A node and where it is. */
export interface Place<N extends Named> {
  /** The keys from the root, each after a backslash; the root's is empty. */
  readonly path: string
  readonly node: N
  readonly seed: SeedNode<N> | undefined
}

/** Names that differ only in case are the same name. Windows compares upper-cased characters one by one. */
export function foldCase(name: string): string {
  return name.toLowerCase()
}

/** Keys of plain objects start with a backslash, so that no name can hit `__proto__`. */
const keyOf = (name: string) => `\\${foldCase(name)}`

/** A seed together with its changes. Cheap to make: one is made for each look at the state. */
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

  /** Whether a place of the seed is as it was made, with all that lies directly in it. */
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

  /** Puts a new node there, without children, in place of whatever was there. */
  add(parent: Place<N>, node: N): Place<N> {
    const key = keyOf(node.name)
    this.forget(parent.path + key)
    const fresh = { ...node }
    delete fresh.seeded
    this.within(parent)[key] = fresh
    return { path: parent.path + key, node: fresh, seed: undefined }
  }

  /** Changes a node's own facts and leaves its children. The name may change in case only. */
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
