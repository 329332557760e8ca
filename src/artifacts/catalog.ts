import { CbcError, usage } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { isFor, type Definition, type Platform } from './definition.ts'

/** Stands before the name of a KAPE target where a definition has the same name. */
const KAPE = 'kape:'

/** How many groups may be in each other. */
const MAX_DEPTH = 100

/** Definitions by their names. Of two with the same name, the one that was added last counts: the user's own come after those that ship. */
export class Catalog {
  readonly #artifacts = new Map<string, Definition>()
  readonly #targets = new Map<string, Definition>()
  /** KAPE targets by the folders that they are in. */
  readonly #folders = new Map<string, Definition[]>()

  add(definition: Definition): void {
    const { name, aliases, set } = definition
    const into = set === 'kape' ? this.#targets : this.#artifacts
    for (const one of [name, ...aliases]) into.set(keyOf(one), definition)
    if (set !== 'kape') return
    const folder = keyOf(definition.file.split(/[\\/]/).at(-2) ?? '')
    this.#folders.set(folder, [...(this.#folders.get(folder) ?? []), definition])
  }

  /** All definitions, those of ForensicArtifacts first, each in the order of their names. */
  get all(): Definition[] {
    const sorted = (some: Map<string, Definition>) => [...new Set(some.values())].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    return [...sorted(this.#artifacts), ...sorted(this.#targets)]
  }

  /** Returns what a name stands for; undefined where nothing has it. Case doesn't count. */
  find(name: string): Definition | undefined {
    const key = keyOf(name)
    if (key.startsWith(KAPE)) return this.#targets.get(key.slice(KAPE.length))
    return this.#artifacts.get(key) ?? this.#targets.get(key)
  }

  /** The names that can be typed: `WindowsEventLogs`, and `kape:EventLogs`. */
  get names(): string[] {
    return this.all.map(nameOf)
  }

  /**
   * Resolves names, with groups and compound targets, to what holds something itself, each once, in the order in which they were named.
   * @param platform leaves out what isn't meant for it
   * @throws CbcError not_found: there is no such name; usage: a group holds itself
   */
  resolve(names: readonly string[], platform?: Platform): Definition[] {
    const found = new Set<Definition>()
    for (const name of names) this.#enter(this.#named(name), [], new Set(), found, platform)
    return [...found]
  }

  #named(name: string): Definition {
    const found = this.find(name)
    if (found !== undefined) return found
    const meant = nearest(name.replace(/^kape:/i, ''), [...this.names, ...this.names.map(one => one.replace(KAPE, ''))])
    throw new CbcError('not_found', `there is no artifact "${name}"`, {
      hint:
        meant.length > 0
          ? `did you mean ${meant.join(', ')}?`
          : '`cbc lr artifact list` shows all; --artifacts reads further ones from a folder',
    })
  }

  /** @param path the groups that lead here @param done those that were entered before */
  #enter(definition: Definition, path: Definition[], done: Set<Definition>, found: Set<Definition>, platform?: Platform): void {
    if (path.includes(definition))
      throw usage(`${[...path.slice(path.indexOf(definition)), definition].map(nameOf).join(' → ')}: a group that holds itself`)
    if (done.has(definition)) return
    if (path.length > MAX_DEPTH) throw usage(`${nameOf(definition)}: is in more than ${MAX_DEPTH} groups, one in another`)
    done.add(definition)
    if (platform !== undefined && !isFor(definition.platforms, platform)) return
    for (const source of definition.sources) {
      if (platform !== undefined && !isFor(source.platforms, platform)) continue
      if (source.type !== 'group') found.add(definition)
      else
        for (const name of source.names)
          for (const one of this.#member(definition, name)) this.#enter(one, [...path, definition], done, found, platform)
    }
  }

  /** What a group means by a name: in KAPE another target file, or all in a folder. */
  #member(group: Definition, name: string): Definition[] {
    const key = keyOf(name.split('\\').at(-1) ?? '').replace(/\.tkape$/, '')
    const found = group.set === 'kape' ? (this.#targets.get(key) ?? this.#folders.get(key)) : this.find(name)
    if (found === undefined)
      throw usage(`${nameOf(group)}: names "${name}", which none of the definitions has`, `it is in ${group.file}, line ${group.line}`)
    return [found].flat()
  }
}

/** The name of a definition as it is typed. */
export function nameOf({ name, set }: Pick<Definition, 'name' | 'set'>): string {
  return set === 'kape' ? `${KAPE}${name}` : name
}

function keyOf(name: string): string {
  return name.trim().toLowerCase()
}
