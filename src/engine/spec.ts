import type { Argument, Example, Option } from '../verbs/define.ts'

/** What can be typed after a command's name, for verbs and all other commands. */
export interface Spec {
  readonly summary: string
  readonly details?: string
  readonly examples: readonly Example[]
  /** Writes an example's line where the front end's own way does not apply. */
  example?(line: string): string
  /** The names that `--columns` accepts; absent: any. */
  readonly fields?: readonly string[]
  readonly arguments: Readonly<Record<string, Argument<unknown>>>
  readonly options: Readonly<Record<string, Option<unknown>>>
  readonly slashes?: Readonly<Record<string, string>>
  readonly bareSlashes?: Readonly<Record<string, string>>
  readonly clustered?: Readonly<Record<string, string>>
}

/** The parsed words of a command, by the names in its definition. */
export interface Parsed {
  input: Record<string, unknown>
  globals: Record<string, unknown>
}

/** A command, at the end of a path of names. */
export interface Leaf {
  readonly spec: Spec
  /**
   * Returns the command that its first words make of it, where one of them names another command: the verb of `watch DEVICE VERB`.
   * @param words those after its name
   */
  refine?(words: readonly string[], globals: Spec['options']): Promise<Leaf | undefined>
  /** @param words all words that were typed, with those that named the command */
  run(parsed: Parsed, words?: readonly string[]): Promise<number>
}

/** A node in the tree of commands: a group, or a leaf that is loaded when it is typed. */
export interface CommandNode {
  readonly name: string
  readonly aliases?: readonly string[]
  /** For groups only; a leaf has it in its definition. */
  readonly summary?: string
  readonly children?: readonly CommandNode[]
  load?(): Promise<Leaf>
}

/** Makes nodes from names of one or two words: `ls`, and `query` below `reg`. @param aliasesOf other words for a name */
export function nest(
  leaves: readonly { name: string; load(): Promise<Leaf> }[],
  summaries: Record<string, string>,
  aliasesOf: (name: string) => readonly string[] = () => [],
): CommandNode[] {
  const nodes: CommandNode[] = []
  const groups = new Map<string, CommandNode[]>()
  for (const { name, load } of leaves) {
    const [first = '', second] = name.split(' ')
    const aliases = aliasesOf(name)
    if (second === undefined) {
      nodes.push({ name, aliases, load })
      continue
    }
    let children = groups.get(first)
    if (children === undefined) {
      children = []
      groups.set(first, children)
      nodes.push({ name: first, summary: summaries[first] ?? '', children })
    }
    children.push({ name: second, aliases, load })
  }
  return nodes
}
