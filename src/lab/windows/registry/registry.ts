import { type Changes, foldCase, OverlayTree, type Place, type SeedNode } from '../overlay.ts'
import { win32 } from '../win32.ts'
import { registryData, registryType } from './data.ts'
import type { KeyNode, KeyValue, RegistryType } from './node.ts'
import { canonicalKey } from './path.ts'

export interface RegistryOptions {
  seed: SeedNode<KeyNode>
  changes: Changes<KeyNode>
  /** Epoch milliseconds. */
  now: number
  /** The SID of the logged-in user, for HKEY_CURRENT_USER. */
  sid: string
}

interface FoundKey {
  key: Place<KeyNode>
  /** Undefined for the root of all hives. */
  parent: Place<KeyNode> | undefined
}

/** The endpoint's registry. Paths may have long and short hive names, in any case. */
export class Registry {
  private readonly tree: OverlayTree<KeyNode>
  private readonly options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.options = options
    this.tree = new OverlayTree(options.seed, options.changes)
  }

  /** Returns a key's sub keys and values, both in the order of their names. @throws SensorError FILE_NOT_FOUND */
  enumerate(path: string): { subKeys: string[]; values: KeyValue[]; written: number } {
    const { key } = this.find(path)
    return { subKeys: this.tree.children(key).map(({ node }) => node.name), values: key.node.values, written: key.node.written }
  }

  exists(path: string): boolean {
    return this.tryFind(path) !== undefined
  }

  /** Returns the value of that name (in any case); the default value for ''. */
  value(path: string, name: string): KeyValue | undefined {
    const wanted = foldCase(name)
    return this.tryFind(path)?.key.node.values.find(value => foldCase(value.name) === wanted)
  }

  /**
   * Splits `key\\name` at the last backslash, as the sensor does: a name that contains one can't be addressed. A backslash at the end means
   * the default value.
   */
  split(path: string): { key: string; name: string } {
    const at = path.lastIndexOf('\\')
    if (at < 0) throw win32('INVALID_PARAMETER')
    return { key: path.slice(0, at), name: path.slice(at + 1) }
  }

  /**
   * Creates a key and its missing parents, as RegCreateKeyEx does.
   * @returns whether it is new: an existing key isn't an error
   */
  createKey(path: string): boolean {
    const [hive = '', ...rest] = this.canonical(path)
    let key = this.tree.child(this.tree.root, hive)
    if (key === undefined) throw win32('FILE_NOT_FOUND')
    let created = false
    for (const [depth, name] of rest.entries()) {
      const known = this.tree.child(key, name)
      if (known === undefined && depth === 0) throw win32(hive === 'HKEY_USERS' ? 'ACCESS_DENIED' : 'INVALID_PARAMETER')
      created ||= known === undefined
      key = known ?? this.tree.add(key, { name, values: [], written: this.options.now })
    }
    return created
  }

  /** Deletes a key without sub keys, as RegDeleteKey does. @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED with sub keys and for hives */
  deleteKey(path: string): void {
    const { key, parent } = this.find(path)
    const hive = this.canonical(path).length <= 2
    if (parent === undefined || hive || this.tree.children(key).length > 0) throw win32('ACCESS_DENIED')
    this.tree.remove(parent, key)
  }

  /**
   * Sets a value of a key that exists.
   * @param overwrite false: an existing value is kept, and is an error
   * @throws SensorError FILE_NOT_FOUND (no such key), INVALID_PARAMETER (data against type), ALREADY_EXISTS
   */
  setValue(path: string, name: string, typeName: string, data: unknown, overwrite = true): KeyValue {
    const found = this.find(path)
    const type: RegistryType = registryType(typeName)
    const value: KeyValue = { name, type, data: registryData(type, data) }
    if (name.length > 16_383) throw win32('INVALID_PARAMETER')
    const known = this.value(path, name)
    if (known !== undefined && !overwrite) throw win32('ALREADY_EXISTS')
    const stored = known === undefined ? value : { ...value, name: known.name }
    this.change(found, values => (known === undefined ? [...values, stored] : values.map(one => (one.name === known.name ? stored : one))))
    return stored
  }

  /** @throws SensorError FILE_NOT_FOUND */
  deleteValue(path: string, name: string): KeyValue {
    const found = this.find(path)
    const known = this.value(path, name)
    if (known === undefined) throw win32('FILE_NOT_FOUND')
    this.change(found, values => values.filter(one => one.name !== known.name))
    return known
  }

  private change({ key, parent }: FoundKey, change: (values: KeyValue[]) => KeyValue[]): void {
    if (parent === undefined) throw win32('ACCESS_DENIED')
    this.tree.alter(parent, key, { values: change(key.node.values), written: this.options.now })
  }

  private canonical(path: string): string[] {
    return canonicalKey(path, this.options.sid).split('\\')
  }

  private find(path: string): FoundKey {
    const found = this.tryFind(path)
    if (found === undefined) throw win32('FILE_NOT_FOUND')
    return found
  }

  private tryFind(path: string): FoundKey | undefined {
    let found: FoundKey = { key: this.tree.root, parent: undefined }
    for (const name of this.canonical(path)) {
      const key = this.tree.child(found.key, name)
      if (key === undefined) return undefined
      found = { key, parent: found.key }
    }
    return found
  }
}
