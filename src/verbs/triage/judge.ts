import data from './rules.json' with { type: 'json' }
import { isOwn, type Item, type Kind } from './item.ts'

/** A rule of `rules.json`: what all of `where` matches, and nothing of `unless`. */
interface Rule {
  id: string
  about: readonly string[]
  /** Expressions for facts, without regard to case. */
  where: Readonly<Record<string, string | undefined>>
  unless?: Readonly<Record<string, string | undefined>>
  /** 0 to 100. */
  score: number
  /** What it says of the item; `{fact}` is filled in. */
  says: string
}

/** An item that rules found something about. */
export interface Finding {
  item: Item
  rules: string[]
  /** 0 to 100. */
  score: number
  severity: Severity
  /** Why, as a sentence. */
  reason: string
}

type Severity = 'high' | 'medium' | 'low'

/** What each further reason adds to the score of the gravest. */
const EACH_MORE = 8
/** The longest text that rules look at, characters. */
const MAX_TEXT = 20_000

interface Test {
  fact: string
  fits: RegExp
}
const testsOf = (patterns: Rule['where'] = {}): Test[] =>
  Object.entries(patterns).flatMap(([fact, pattern]) => (pattern === undefined ? [] : [{ fact, fits: new RegExp(pattern, 'is') }]))

/** Judges items by the rules. @returns the findings, the gravest first */
export function judge(items: readonly Item[]): Finding[] {
  const rules = (data.rules as readonly Rule[]).map(rule => ({ ...rule, all: testsOf(rule.where), none: testsOf(rule.unless) }))
  const judged = (item: Item): Finding | undefined => {
    const found = rules.filter(
      ({ about, all, none }) => about.includes(item.kind) && all.every(test => fits(test, item)) && !none.some(test => fits(test, item)),
    )
    return found.length === 0 ? undefined : findingOf(item, found)
  }
  // What starts or is a suspicious program is suspicious too: processes and files are judged first.
  const first = items.filter(isProgram).flatMap(item => judged(item) ?? [])
  const suspects = first.filter(({ score }) => score >= MEDIUM)
  const byPath = new Map(suspects.map(({ item }) => [item.path?.toLowerCase(), item]))
  // Where a program both runs and lies on the disk, the process says more.
  for (const { item } of suspects) if (item.kind === 'process' && !isOwn(item.path)) byPath.set(item.path?.toLowerCase(), item)
  const byPid = new Map(suspects.map(({ item }) => [item.pid, item]))
  const others = items.flatMap(item => {
    if (isProgram(item)) return []
    const suspect =
      (item.pid === undefined ? undefined : byPid.get(item.pid)) ??
      (isOwn(item.path) ? undefined : byPath.get(item.path?.toLowerCase())) ??
      mentioned(item, byPath)
    return (
      judged(
        suspect === undefined ? item : { ...item, facts: { ...item.facts, suspect: `${suspect.subject}, which is suspicious itself` } },
      ) ?? []
    )
  })
  return [...first, ...others].sort((a, b) => b.score - a.score || ORDER.indexOf(a.item.kind) - ORDER.indexOf(b.item.kind))
}

/** Returns the suspicious program that a line of an item names, which need not be the one that it starts. */
function mentioned({ facts: { text = '' } }: Item, byPath: ReadonlyMap<string | undefined, Item>): Item | undefined {
  const folded = text.slice(0, MAX_TEXT).toLowerCase()
  return [...byPath].find(([path]) => path !== undefined && path !== '' && !isOwn(path) && folded.includes(path))?.[1]
}

function isProgram({ kind }: Item): boolean {
  return kind === 'process' || kind === 'file'
}

const ORDER: readonly Kind[] = ['process', 'connection', 'autostart', 'service', 'task', 'subscription', 'account', 'file']
const HIGH = 80
const MEDIUM = 50

function fits({ fact, fits: pattern }: Test, { facts }: Item): boolean {
  const value = facts[fact]
  return value !== undefined && pattern.test(value.slice(0, MAX_TEXT))
}

function findingOf(item: Item, found: readonly Rule[]): Finding {
  const sorted = [...found].sort((a, b) => b.score - a.score)
  const score = Math.min(100, (sorted[0]?.score ?? 0) + (sorted.length - 1) * EACH_MORE)
  const says = sorted.map(rule => rule.says.replace(/\{(\w+)\}/g, (_, fact: string) => item.facts[fact] ?? ''))
  return {
    item,
    rules: sorted.map(({ id }) => id),
    score,
    severity: score >= HIGH ? 'high' : score >= MEDIUM ? 'medium' : 'low',
    reason: `${item.subject} ${listed(says)}.`,
  }
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1) ?? ''}`
}
