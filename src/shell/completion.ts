import { columnsAt, expectedAt } from '../engine/completion-context.ts'
import { TOPICS } from '../engine/help/topics.ts'
import { FISH, lex, POSIX, type Quoting } from '../engine/lex-shell.ts'
import { locate } from '../engine/route.ts'
import type { CommandNode } from '../engine/spec.ts'
import { quoteWord, tokenize, type Token } from '../engine/tokenize.ts'
import { PROGRAMS } from '../engine/words.ts'
import {
  deviceNames,
  localPaths,
  localPrograms,
  pids,
  registryKeys,
  registryValues,
  remotePaths,
  users,
  type Asking,
} from './candidates.ts'
import type { Candidate, Completion } from './editor/index.ts'
import { cached } from './listing-cache.ts'
import { localCommandAt } from './local-command.ts'
import { SHELL_OPTIONS } from './pager.ts'
import type { Shell } from './shell.ts'

/** A listing is taken again after this, milliseconds. */
const LISTING_FRESH_MS = 5000

/** What stands before the cursor: the word that is being typed, and what it belongs to. */
interface Place {
  /** Of the statement, without the word that is being typed. */
  earlier: string[]
  typed: string
  /** Where that word starts in the line. */
  from: number
  /** The operator in front of the statement or of the word: `>` leads to this machine. */
  after?: string
}

/**
 * Completes verbs, options and what they can be, remote paths, registry keys and values, pids, devices, and local paths where the argument
 * is local. Never fails: what can't be asked has no candidates.
 */
export function completer(shell: Shell): (line: string, cursor: number, signal: AbortSignal) => Promise<Completion> {
  const known = cached(shell.host.clock, LISTING_FRESH_MS)
  return async (line, cursor, signal) => {
    const before = line.slice(0, cursor)
    const local = localCommandAt(before)
    if (local !== undefined) return await inLocalCommand(shell, before, local, known)
    const place = placeIn(before)
    // A line that was run may have changed what was listed before.
    const asking: Asking = { shell, signal, remember: (key, ask) => known(`${shell.runs} ${shell.session.id} ${key}`, ask) }
    try {
      return { from: place.from, candidates: await candidates(asking, place) }
    } catch {
      return { from: place.from, candidates: [] }
    }
  }
}

/** Paths and programs for the local shell, in its own language. */
async function inLocalCommand(shell: Shell, before: string, start: number, remember: Asking['remember']): Promise<Completion> {
  const language = shell.host.shellLanguage
  // To cmd.exe a backslash is an ordinary character, as it is to us.
  const { typed, from } = language === 'cmd' ? placeIn(before) : wordIn(before, start, language === 'fish' ? FISH : POSIX)
  // Where a command begins it is a program, unless a path is typed.
  const begins = /(?:^|[|;&(])\s*$/.test(before.slice(start, from))
  if (begins && !/[\\/]/.test(typed)) return { from, candidates: typed === '' ? [] : await localPrograms(shell, typed, remember) }
  return { from, candidates: await localPaths(shell, typed, { language }) }
}

function wordIn(before: string, start: number, quoting: Quoting): Pick<Place, 'typed' | 'from'> {
  const { typed, raw } = lex(before.slice(start), quoting)
  return { typed, from: before.length - raw.length }
}

function placeIn(before: string): Place {
  const tokens = tokenize(before, true)
  const operator = tokens.findLastIndex(token => token.kind === 'operator')
  const words = tokens.slice(operator + 1)
  const open = /\s$/.test(before) && !endsInQuote(words.at(-1), before) ? undefined : words.at(-1)
  const after = tokens[operator]?.text
  return {
    earlier: (open === undefined ? words : words.slice(0, -1)).map(word => word.text),
    typed: open?.text ?? '',
    from: open?.at ?? before.length,
    ...(after === undefined ? {} : { after }),
  }
}

async function candidates(asking: Asking, { earlier, typed, after }: Place): Promise<Candidate[]> {
  const { shell } = asking
  if (after === '>' || after === '>>') return earlier.length === 0 ? await localPaths(shell, typed) : []
  const { nodes, consumed } = locate(shell.root, SHELL_OPTIONS, earlier)
  const node = nodes.at(-1) ?? shell.root
  const rest = earlier.slice(consumed)
  if (node.children !== undefined) {
    const found = rest.length === 0 ? names(node, typed) : []
    return found.length === 0 && node === shell.root && earlier.length === 0 ? programs(typed) : found
  }
  if (node.name === 'help') {
    const explained = locate(shell.root, {}, rest)
    const topics =
      rest.length > 0
        ? []
        : Object.keys(TOPICS)
            .filter(name => name.startsWith(typed))
            .map(text => ({ text, final: true }))
    return explained.consumed === rest.length ? [...names(explained.nodes.at(-1) ?? shell.root, typed), ...topics] : []
  }
  const leaf = await node.load?.()
  if (leaf === undefined) return []
  const { options, value, prefix, typed: text, operands } = expectedAt(leaf.spec, SHELL_OPTIONS, rest, typed)
  if (options.length > 0)
    return [...new Set(options.flatMap(({ flags }) => flags))]
      .filter(flag => flag.startsWith('--') && flag.startsWith(typed))
      .sort()
      .map(flag => ({ text: flag, final: true }))
  if (value?.choices !== undefined)
    return value.choices
      .filter(choice => choice.toLowerCase().startsWith(text.toLowerCase()))
      .map(choice => ({ text: prefix + choice, final: true }))
  if (value?.kind === 'column') {
    const { head, names: columns } = columnsAt(leaf.spec.fields ?? [], text)
    return columns.map(name => ({ text: quoteWord(prefix + head + name), label: name, final: false }))
  }
  if (prefix !== '') return []
  switch (value?.kind) {
    case 'remote-path':
      return await remotePaths(asking, typed, node.name === 'cd')
    case 'registry-key':
      return await registryKeys(asking, typed, node.name === 'query')
    case 'registry-value':
      return await registryValues(asking, operands[0] ?? '', typed)
    case 'device':
      return await deviceNames(asking, typed)
    case 'local-path':
      return await localPaths(shell, typed, { directoriesOnly: node.name === 'lcd' })
    case 'pid':
      return await pids(asking, typed)
    case 'user':
      return await users(asking, typed)
    case 'artifact':
      return await artifactNames(shell, text)
    case 'playbook':
    case 'profile':
    case 'setting':
    case 'command-line':
    case 'text':
    case undefined:
      return []
  }
}

async function artifactNames(shell: Shell, typed: string): Promise<Candidate[]> {
  const { completeArtifacts } = await import('../verbs/collect/complete.ts')
  const found = await completeArtifacts(typed, shell.host.env, shell.localFiles(), shell.session.paths.windows)
  return found.map(({ text, name }) => ({ text, label: name, final: false }))
}

function names({ children = [] }: CommandNode, typed: string): Candidate[] {
  return children
    .flatMap(child => [child.name, ...(child.aliases ?? [])])
    .filter(name => name.startsWith(typed))
    .sort()
    .map(name => ({ text: name, final: true }))
}

/** Programs of the endpoint that people type as if they were commands: what runs them comes with them. */
function programs(typed: string): Candidate[] {
  return PROGRAMS.filter(name => name.startsWith(typed.toLowerCase()))
    .sort()
    .map(name => ({ text: `exec ${name}`, label: name, final: true }))
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
