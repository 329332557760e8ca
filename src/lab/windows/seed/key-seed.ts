import { foldCase, type SeedNode } from '../overlay.ts'
import { REGISTRY_TYPES, type KeyNode, type KeyValue, type RegistryType } from '../registry/node.ts'

interface Mutable extends SeedNode<KeyNode> {
  children: Map<string, Mutable>
}

/** The children of most keys: a map for each of them would take more space than all else in the registry. */
const NO_CHILDREN = new Map<string, Mutable>()

/**
 * Parses the notation of the seed's registry: a line `[path]` begins a key (full hive names, or HKLM, HKU), a line `name = type:data` is a
 * value in it; without `type:` it is a REG_SZ, `@` is the default value, REG_MULTI_SZ data are separated by `|`. Names and data may contain
 * anything but line ends, and names no ` = `.
 * @param written when the keys were last changed, epoch milliseconds
 */
export function registrySeed(notation: string, written: number): SeedNode<KeyNode> {
  const root = key('', written)
  let current = root
  for (const line of notation.split('\n')) {
    const text = line.trim()
    if (text === '') continue
    if (text.startsWith('[')) current = descend(root, text.slice(1, -1), written)
    else current.node.values.push(value(text))
  }
  return root
}

function key(name: string, written: number): Mutable {
  return { node: { name, values: [], written }, children: NO_CHILDREN }
}

function descend(root: Mutable, path: string, written: number): Mutable {
  const full = path.replace(/^HKLM(?=\\|$)/, 'HKEY_LOCAL_MACHINE').replace(/^HKU(?=\\|$)/, 'HKEY_USERS')
  return full.split('\\').reduce((parent, name) => {
    const known = parent.children.get(foldCase(name))
    if (known !== undefined) return known
    const made = key(name, written)
    if (parent.children === NO_CHILDREN) parent.children = new Map()
    parent.children.set(foldCase(name), made)
    return made
  }, root)
}

function value(text: string): KeyValue {
  const at = text.indexOf(' =')
  const name = text.slice(0, at)
  const rest = text.slice(at + 2).trim()
  const colon = rest.indexOf(':')
  const tag = rest.slice(0, colon)
  const type: RegistryType = Object.hasOwn(REGISTRY_TYPES, tag) ? (tag as RegistryType) : 'REG_SZ'
  const data = type === 'REG_SZ' && tag !== 'REG_SZ' ? rest : rest.slice(colon + 1)
  return { name: name === '@' ? '' : name, type, data: type === 'REG_MULTI_SZ' ? data.split('|').filter(item => item !== '') : data }
}
