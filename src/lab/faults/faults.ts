import { append } from '../../core/lists.ts'
import { seeded } from '../behaviour/seeded.ts'
import { parseFaults, type FaultRule } from './rule.ts'

interface CountedRule {
  rule: FaultRule
  path: RegExp
  /** How many requests matched, and how often the rule was applied. */
  matched: number
  fired: number
}

/** A rule with its counts; `times` is null when it has no limit. */
export type FaultView = Omit<FaultRule, 'times'> & { times: number | null; matched: number; fired: number }

/** The fault rules, and how often each was applied. */
export class Faults {
  readonly #chance: () => number
  #rules: CountedRule[]

  /**
   * @param rules JSON: a rule or a list of rules
   * @param seed  for rules with a probability
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

  /** Returns the rule to apply to a request: the first that matches and is due. Matching rules checked on the way count the request. */
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

function counted(rule: FaultRule): CountedRule {
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
  // An unclosed brace is literal.
  return depth === 0 ? new RegExp(`^${source}$`, 's') : new RegExp(`^${glob.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`, 's')
}
