import type { World } from '../core/world.ts'
import type { Kind } from '../engine/catalog.ts'
import { enumKey, list, type RemoteSession } from '../engine/remote.ts'
import type { CommandNode, Leaf } from '../engine/spec.ts'
import { quoteWord, tokenize, type Token } from '../engine/words.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Candidate, Completion } from './editor/index.ts'
import { cached } from './listing-cache.ts'
import type { Shell } from './shell.ts'

/** A listing is taken again after this, milliseconds. */
const FRESH = 5000

/** Completes verbs, options, remote paths, registry keys, and local paths where the argument is local. Never fails: what can't be asked has no candidates. */
export function completer(shell: Shell): (line: string, cursor: number, signal: AbortSignal) => Promise<Completion> {
  const remember = cached(shell.world.clock, FRESH)
  return async (line, cursor, signal) => {
    const before = line.slice(0, cursor)
    const tokens = tokenize(before, true)
    const start = tokens.findLastIndex(token => token.kind === 'operator') + 1
    const words = tokens.slice(start)
    const open = /\s$/.test(before) && !endsInQuote(words.at(-1), before) ? undefined : words.at(-1)
    const typed = open?.text ?? ''
    const from = open?.at ?? cursor
    const earlier = (open === undefined ? words : words.slice(0, -1)).map(word => word.text)
    try {
      return { from, candidates: await candidates(shell, earlier, typed, signal, remember) }
    } catch {
      return { from, candidates: [] }
    }
  }
}

type Remember = ReturnType<typeof cached>

async function candidates(shell: Shell, earlier: string[], typed: string, signal: AbortSignal, remember: Remember): Promise<Candidate[]> {
  const { node, rest } = descend(shell.root, earlier)
  if (node.children !== undefined) {
    return node.children.flatMap(child => [child.name, ...child.aliases ?? []]).filter(name => name.startsWith(typed)).sort().map(name => ({ text: name, final: true }))
  }
  const leaf = await node.load?.()
  if (leaf === undefined) return []
  if (typed.startsWith('-')) return optionNames(leaf).filter(name => name.startsWith(typed)).map(name => ({ text: name, final: true }))
  const kind = kindAt(leaf, rest)
  if (node.name === 'help') return await candidates(shell, [], typed, signal, remember)
  if (kind === 'remote-path') return await remotePaths(shell, typed, node.name === 'cd', signal, remember)
  if (kind === 'registry-key') return await registryKeys(shell.session, typed, signal, remember)
  if (kind === 'local-path') return await localPaths(shell.world, typed)
  return []
}

function descend(root: CommandNode, words: string[]): { node: CommandNode, rest: string[] } {
  let node = root
  for (let at = 0; at < words.length; at++) {
    const next = node.children?.find(child => child.name === words[at] || child.aliases?.includes(words[at] ?? ''))
    if (next === undefined) return { node, rest: words.slice(at) }
    node = next
    if (node.children === undefined) return { node, rest: words.slice(at + 1) }
  }
  return { node, rest: [] }
}

function optionNames({ spec }: Leaf): string[] {
  return Object.values(spec.options).flatMap(option => option.flags.split(', ').map(flag => flag.split(' ')[0] ?? '')).filter(flag => flag.startsWith('--')).sort()
}

/** What the word after `words` is: the value of an option, or a positional argument. */
function kindAt({ spec }: Leaf, words: string[]): Kind | undefined {
  const takes = (word: string | undefined) => Object.values(spec.options).find(option => option.parse !== undefined && option.flags.split(/[ ,]+/).includes(word ?? ''))
  let position = 0
  for (let at = 0; at < words.length; at++) {
    if (takes(words[at]) !== undefined) {
      if (at === words.length - 1) return takes(words[at])?.kind
      at += 1
    } else if (!words[at]?.startsWith('-')) position += 1
  }
  const positional = Object.values(spec.arguments)
  return (positional[position] ?? (positional.at(-1)?.many ? positional.at(-1) : undefined))?.kind
}

async function remotePaths(shell: Shell, typed: string, directoriesOnly: boolean, signal: AbortSignal, remember: Remember): Promise<Candidate[]> {
  const { session, directory } = shell
  const { paths } = session
  const cut = Math.max(typed.lastIndexOf(paths.separator), paths.windows ? Math.max(typed.lastIndexOf('/'), /^[A-Za-z]:/.test(typed) ? 1 : -1) : -1) + 1
  const [head, name] = [typed.slice(0, cut), typed.slice(cut)]
  const place = paths.bare(paths.resolve(directory, head === '' ? '.' : head))
  const entries = await remember(`${session.id} ${place}`, () => list(session, place, false, { signal }))
  const fits = paths.windows ? (text: string) => text.toLowerCase().startsWith(name.toLowerCase()) : (text: string) => text.startsWith(name)
  return entries
    .filter(item => fits(item.filename) && isPlain(item.filename) && (!directoriesOnly || item.attributes.includes('DIRECTORY')))
    .map(item => pathCandidate(head + item.filename, item.filename, item.attributes.includes('DIRECTORY') ? paths.separator : ''))
}

async function registryKeys(session: RemoteSession, typed: string, signal: AbortSignal, remember: Remember): Promise<Candidate[]> {
  const cut = typed.lastIndexOf('\\') + 1
  if (cut === 0) return ['HKCR', 'HKCU', 'HKLM', 'HKU', 'HKCC'].filter(hive => hive.startsWith(typed.toUpperCase())).map(hive => ({ text: `${hive}\\`, final: false }))
  const key = typed.slice(0, cut - 1)
  const { sub_keys: names } = await remember(`${session.id} ${key}`, () => enumKey(session, key, { signal }))
  const name = typed.slice(cut).toLowerCase()
  return names.filter(text => text.toLowerCase().startsWith(name) && isPlain(text)).map(text => pathCandidate(typed.slice(0, cut) + text, text, '\\'))
}

async function localPaths(world: World, typed: string): Promise<Candidate[]> {
  const cut = Math.max(typed.lastIndexOf('/'), typed.lastIndexOf('\\')) + 1
  const [head, name] = [typed.slice(0, cut), typed.slice(cut)]
  const entries = await world.local.names(head === '' ? '.' : head)
  return entries.filter(entry => entry.name.startsWith(name) && isPlain(entry.name)).map(entry => pathCandidate(head + entry.name, entry.name, entry.directory ? '/' : ''))
}

/** A path in whole quotes where it needs some: what is typed after them belongs to the same word, so a directory can go on. */
function pathCandidate(path: string, name: string, separator: string): Candidate {
  return { text: quoteWord(path + separator), label: name + separator, final: separator === '' }
}

/** A name that can be typed: one with control characters would do who knows what to the line. */
function isPlain(name: string): boolean {
  return escapeLine(name) === name
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
