import type { Part } from './pattern.ts'

/** How far a pattern has been followed. */
interface State {
  pattern: number
  /** The part that comes next. */
  at: number
  /** Directories that this part, a deep one, stands for so far. */
  used: number
}

/** What a name leads to. */
export interface Step {
  /** The patterns that end with this name. */
  matched: number[]
  /** Where those are that go on below it. */
  next: Cursor
  /** Whether a pattern has this very name, where the others only fit it. */
  named: boolean
}

/**
 * Many patterns followed at once from a directory: so each directory is looked at once, however many patterns lead there.
 * It is a set of states, as of an automaton, and so takes time in proportion to the patterns, whatever these are.
 */
export class Cursor {
  readonly #patterns: readonly (readonly Part[])[]
  readonly #ignoreCase: boolean
  /** States whose next part is a name, by that name. */
  readonly #named = new Map<string, State[]>()
  /** The others. */
  readonly #open: State[] = []
  readonly #seen = new Set<number>()

  private constructor(patterns: readonly (readonly Part[])[], ignoreCase: boolean) {
    this.#patterns = patterns
    this.#ignoreCase = ignoreCase
  }

  static start(patterns: readonly (readonly Part[])[], ignoreCase: boolean): Cursor {
    const cursor = new Cursor(patterns, ignoreCase)
    for (const pattern of patterns.keys()) cursor.#add({ pattern, at: 0, used: 0 })
    return cursor
  }

  get isEmpty(): boolean {
    return this.#named.size === 0 && this.#open.length === 0
  }

  /** The patterns that lead through here. */
  get patterns(): number[] {
    return [...new Set([...[...this.#named.values()].flat(), ...this.#open].map(({ pattern }) => pattern))]
  }

  /** The names that come next, and whether patterns end there; undefined where a pattern could fit other names as well. */
  get names(): { name: string; ends: boolean }[] | undefined {
    if (this.#open.length > 0) return undefined
    return [...this.#named.values()].map(states => ({
      name: this.#nameOf(states[0]),
      ends: states.some(({ pattern, at }) => at === this.#last(pattern)),
    }))
  }

  step(name: string): Step {
    const next = new Cursor(this.#patterns, this.#ignoreCase)
    const matched = new Set<number>()
    const named = this.#named.get(this.#key(name)) ?? []
    for (const state of named) this.#pass(state, next, matched)
    for (const state of this.#open) {
      const part = this.#part(state)
      if (part?.kind === 'deep') this.#deeper(state, part.levels, next, matched)
      else if (part?.kind === 'pattern' && part.fits(name)) this.#pass(state, next, matched)
    }
    return { matched: [...matched], next, named: named.length > 0 }
  }

  #pass({ pattern, at }: State, next: Cursor, matched: Set<number>): void {
    if (at === this.#last(pattern)) matched.add(pattern)
    else next.#add({ pattern, at: at + 1, used: 0 })
  }

  /** A name that a deep part stands for. As the last part, it also ends the pattern. */
  #deeper({ pattern, at, used }: State, levels: number, next: Cursor, matched: Set<number>): void {
    const isLast = at === this.#last(pattern)
    if (isLast) matched.add(pattern)
    if (used + 1 < levels) next.#add({ pattern, at, used: used + 1 })
    else if (!isLast) next.#add({ pattern, at: at + 1, used: 0 })
  }

  #add(state: State): void {
    const { pattern, at, used } = state
    // No path has so many parts, and none goes so deep.
    const id = (pattern * 256 + at) * 64 + used
    const part = this.#part(state)
    if (part === undefined || this.#seen.has(id)) return
    this.#seen.add(id)
    if (part.kind === 'name') {
      const key = this.#key(part.text)
      const same = this.#named.get(key)
      if (same === undefined) this.#named.set(key, [state])
      else same.push(state)
      return
    }
    this.#open.push(state)
    // A deep part can stand for no directory at all.
    if (part.kind === 'deep' && at < this.#last(pattern)) this.#add({ pattern, at: at + 1, used: 0 })
  }

  #part({ pattern, at }: State): Part | undefined {
    return this.#patterns[pattern]?.[at]
  }

  #last(pattern: number): number {
    return (this.#patterns[pattern]?.length ?? 0) - 1
  }

  #nameOf(state: State | undefined): string {
    const part = state && this.#part(state)
    return part?.kind === 'name' ? part.text : ''
  }

  #key(name: string): string {
    return this.#ignoreCase ? name.toLowerCase() : name
  }
}
