import { append } from '../../core/lists.ts'
import { seeded } from '../behaviour/seeded.ts'
import { parseFaults, type FaultRule } from './rule.ts'

interface Counted {
  rule: FaultRule
  path: RegExp
  /** Requests that fitted, and how often the rule was followed. */
  matched: number
  fired: number
}

/** A rule and what has come of it. `times` null: without end. */
export type FaultView = Omit<FaultRule, 'times'> & { times: number | null; matched: number; fired: number }

/** The faults that were asked for. */
export class Faults {
  readonly #chance: () => number
  #rules: Counted[]

  /**
   * @param rules JSON: a list of rules, or one
   * @param seed  of those with a probability
   * @throws InvalidSettings
   */
  constructor(rules: unknown, seed: number) {
    this.#chance = seeded(seed)
    this.#rules = parseFaults(rules).map(counted)
  }

  /** @throws InvalidSettings */
  add(rules: unknown): void {
    append(this.#rules, parseFaults(rules).map(counted))
  }

  /** @throws InvalidSettings */
  replace(rules: unknown): void {
    this.#rules = parseFaults(rules).map(counted)
  }

  /** The rule that a request is to be treated by: the first that fits and whose turn it is. Every rule that is asked counts the request. */
  pick(method: string, path: string): FaultRule | undefined {
    for (const one of this.#rules) {
      const { rule } = one
      if ((rule.method !== undefined && rule.method !== method) || !one.path.test(path)) continue
      one.matched += 1
      if (one.matched < rule.nth || one.fired >= rule.times) continue
      if (rule.probability < 1 && this.#chance() >= rule.probability) continue
      one.fired += 1
      return rule
    }
    return undefined
  }

  list(): FaultView[] {
    return this.#rules.map(({ rule, matched, fired }) => ({ ...rule, times: rule.times === Infinity ? null : rule.times, matched, fired }))
  }
}

function counted(rule: FaultRule): Counted {
  return { rule, path: pathPattern(rule.path), matched: 0, fired: 0 }
}

function pathPattern(glob: string): RegExp {
  let depth = 0
  const source = glob.replace(/\*\*|[\s\S]/g, piece => {
    if (piece === '**') return '.*'
    if (piece === '*') return '[^/]*'
    if (piece === '{') return (depth++, '(?:')
    if (piece === '}' && depth > 0) return (depth--, ')')
    if (piece === ',' && depth > 0) return '|'
    return piece.replace(/[\\^$.+?()[\]{}|]/, '\\$&')
  })
  // A brace that is not closed stands for itself.
  return depth === 0 ? new RegExp(`^${source}$`, 's') : new RegExp(`^${glob.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`, 's')
}
