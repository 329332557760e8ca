import type { Kind } from '../engine/catalog.ts'
import type { CommandNode, Leaf } from '../engine/spec.ts'
import { tokenize, type Token } from '../engine/words.ts'
import { deviceNames, localPaths, pids, registryKeys, registryValues, remotePaths, type Asking } from './candidates.ts'
import type { Candidate, Completion } from './editor/index.ts'
import { cached } from './listing-cache.ts'
import { SHELL_OPTIONS } from './pager.ts'
import type { Shell } from './shell.ts'

/** A listing is taken again after this, milliseconds. */
const FRESH = 5000

/** What stands before the cursor: the word that is being typed, and what it belongs to. */
interface Place {
  /** Of the statement, without the word that is being typed. */
  earlier: string[]
  typed: string
  /** Where that word starts in the line. */
  from: number
  /** The operator in front of the statement or of the word: `>` and `|` lead to this machine. */
  after?: string
}

/** Completes verbs, options and what they can be, remote paths, registry keys and values, pids, devices, and local paths where the argument is local. Never fails: what can't be asked has no candidates. */
export function completer(shell: Shell): (line: string, cursor: number, signal: AbortSignal) => Promise<Completion> {
  const known = cached(shell.world.clock, FRESH)
  return async (line, cursor, signal) => {
    const place = locate(line.slice(0, cursor))
    // A line that was run may have changed what was listed before.
    const asking: Asking = { shell, signal, remember: (key, ask) => known(`${shell.runs} ${shell.session.id} ${key}`, ask) }
    try {
      return { from: place.from, candidates: await candidates(asking, place) }
    } catch {
      return { from: place.from, candidates: [] }
    }
  }
}

function locate(before: string): Place {
  const isLocal = before.trimStart().startsWith('!')
  const tokens = tokenize(before, true)
  const operator = tokens.findLastIndex(token => token.kind === 'operator')
  const words = tokens.slice(operator + 1)
  const open = /\s$/.test(before) && !endsInQuote(words.at(-1), before) ? undefined : words.at(-1)
  const after = isLocal ? '!' : tokens[operator]?.text
  return {
    earlier: (open === undefined ? words : words.slice(0, -1)).map(word => word.text),
    typed: open?.text ?? '',
    from: open?.at ?? before.length,
    ...(after === undefined ? {} : { after }),
  }
}

async function candidates(asking: Asking, { earlier, typed, after }: Place): Promise<Candidate[]> {
  const { shell } = asking
  if (after === '!' || after === '|') return await localPaths(shell, typed)
  if (after === '>' || after === '>>') return earlier.length === 0 ? await localPaths(shell, typed) : []
  const { node, rest } = descend(shell.root, earlier)
  if (node.children !== undefined) return rest.length === 0 ? names(node, typed) : []
  if (node.name === 'help') {
    const { node: explained, rest: beyond } = descend(shell.root, rest)
    return beyond.length === 0 ? names(explained, typed) : []
  }
  const leaf = await node.load?.()
  if (leaf === undefined) return []
  const expected = expectedAt(leaf, rest)
  const kind = expected?.kind
  if (kind === 'command-line' && positionals(leaf, rest).length > 0) return []
  if (typed.startsWith('-')) return switches(leaf).filter(name => name.startsWith(typed)).map(name => ({ text: name, final: true }))
  if (expected?.choices !== undefined) return expected.choices.filter(choice => choice.toLowerCase().startsWith(typed.toLowerCase())).map(choice => ({ text: choice, final: true }))
  switch (kind) {
    case 'remote-path': return await remotePaths(asking, typed, node.name === 'cd')
    case 'registry-key': return await registryKeys(asking, typed, node.name === 'query')
    case 'registry-value': return await registryValues(asking, positionals(leaf, rest)[0] ?? '', typed)
    case 'device': return await deviceNames(asking, typed)
    case 'local-path': return await localPaths(shell, typed, node.name === 'lcd')
    case 'pid': return await pids(asking, typed)
    case 'command-line':
    case 'text':
    case undefined: return []
  }
}

function descend(root: CommandNode, words: string[]): { node: CommandNode, rest: string[] } {
  let node = root
  for (let at = 0; at < words.length; at++) {
    const next = node.children?.find(child => child.name === words[at] || child.aliases?.includes(words[at] ?? ''))
    if (next === undefined) return { node, rest: words.slice(at) }
    node = next
  }
  return { node, rest: [] }
}

function names({ children = [] }: CommandNode, typed: string): Candidate[] {
  return children.flatMap(child => [child.name, ...child.aliases ?? []]).filter(name => name.startsWith(typed)).sort().map(name => ({ text: name, final: true }))
}

/** What a word can be. */
interface Expected {
  kind: Kind
  choices?: readonly string[] | undefined
}

function options({ spec }: Leaf): (Expected & { flags: string[], valued: boolean })[] {
  return Object.values({ ...SHELL_OPTIONS, ...spec.options }).map(({ flags, parse, kind, choices }) =>
    ({ flags: flags.split(', ').map(flag => flag.split(' ')[0] ?? ''), valued: parse !== undefined, kind, choices }))
}

/** The option that a word is, in our spelling or reg.exe's. */
function optionOf(leaf: Leaf, word: string): ReturnType<typeof options>[number] | undefined {
  const ours = leaf.spec.slashes?.[word.toLowerCase()] ?? word
  return options(leaf).find(({ flags }) => flags.includes(ours))
}

function switches(leaf: Leaf): string[] {
  return [...new Set(options(leaf).flatMap(option => option.flags))].filter(flag => flag.startsWith('--')).sort()
}

/** The words that are no options and no values of options. */
function positionals(leaf: Leaf, words: string[]): string[] {
  return words.filter((word, at) => !isOption(leaf, word) && optionOf(leaf, words[at - 1] ?? '')?.valued !== true)
}

function isOption(leaf: Leaf, word: string): boolean {
  return word.startsWith('-') || Object.hasOwn(leaf.spec.slashes ?? {}, word.toLowerCase())
}

/** What the word after `words` is: the value of an option, or a positional argument. */
function expectedAt(leaf: Leaf, words: string[]): Expected | undefined {
  const option = optionOf(leaf, words.at(-1) ?? '')
  if (option?.valued === true) return option
  const expected = Object.values(leaf.spec.arguments)
  const last = expected.at(-1)
  return expected[positionals(leaf, words).length] ?? (last?.many ? last : undefined)
}

function endsInQuote(last: Token | undefined, before: string): boolean {
  if (last === undefined || last.kind !== 'word' || !last.quoted) return false
  // Inside a quote that is still open the blank at the end belongs to the word.
  try {
    tokenize(before)
    return false
  } catch {
    return true
  }
}
