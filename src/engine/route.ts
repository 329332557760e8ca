import { isJson } from '../core/format.ts'
import { globalIn, NO_COMMAND, readWords, type Word } from './normalize-argv.ts'
import type { CommandNode, Leaf } from './spec.ts'
import type { Options } from './switches.ts'

/** The path to a command: the root and the nodes below it. */
export interface Located {
  nodes: CommandNode[]
  /** The words that named it, with the options between them. */
  words: Word[]
  /** How many words that took. */
  consumed: number
  /** The next word, where it is not a command. */
  unknown?: string
}

/** A command line, read once for all code that needs it. */
export interface CommandLine extends Located {
  /** The command, if one was named. */
  leaf: Leaf | undefined
  /** The words after its name. */
  rest: Word[]
}

/** Finds the command that words name; options before it may have values. */
export function locate(root: CommandNode, globals: Options, typed: readonly string[]): Located {
  const nodes = [root]
  const read: Word[] = []
  let consumed = 0
  let named = 0
  for (const word of readWords(NO_COMMAND, globals, typed)) {
    if (word.kind === 'mark') break
    read.push(word)
    if (word.kind !== 'operand') continue
    const next = nodes.at(-1)?.children?.find(node => node.name === word.text || node.aliases?.includes(word.text))
    if (next === undefined) return { nodes, words: read.slice(0, named), consumed, unknown: word.text }
    nodes.push(next)
    consumed = word.end
    named = read.length
    if (next.children === undefined) break
  }
  return { nodes, words: read.slice(0, named), consumed }
}

/** Reads a command line by the definition of the command that it names. */
export async function readCommandLine(root: CommandNode, globals: Options, typed: readonly string[]): Promise<CommandLine> {
  const located = locate(root, globals, typed)
  const after = typed.slice(located.consumed)
  const leaf = await leafAt(located, globals, after)
  return { ...located, leaf, rest: [...readWords(leaf?.spec ?? NO_COMMAND, globals, after)] }
}

/** Loads the command that was named. @param after the words after its name */
export async function leafAt({ nodes }: Pick<Located, 'nodes'>, globals: Options, after: readonly string[]): Promise<Leaf | undefined> {
  const leaf = await nodes.at(-1)?.load?.()
  return (await leaf?.refine?.(after, globals)) ?? leaf
}

/** Whether a command line asks for JSON. That is also known for a faulty line, so that its error can be written as JSON. */
export async function asksForJson(root: CommandNode, globals: Options, typed: readonly string[]): Promise<boolean> {
  const { words, rest } = await readCommandLine(root, globals, typed)
  const all = [...words, ...rest]
  const output = globalIn(all, 'output')
  return globalIn(all, 'json') === true || isJson(output)
}
