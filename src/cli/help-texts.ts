import { parse, type Grammar } from '../engine/parse.ts'
import { MAX_HELP_WIDTH } from '../engine/help/width.ts'
import type { CommandNode } from '../engine/spec.ts'

/** Help that was laid out by the build. */
export interface HelpTexts {
  texts: readonly string[]
  /** By the words that name a command or a group, as JSON (`["lr","dir"]`; those of the program itself are none): the index of its text. */
  places: Readonly<Record<string, number>>
}

/** Lays out the help of all commands and groups, as `--help` shows it on an output without a width of its own. */
export async function helpTexts(grammar: Grammar): Promise<HelpTexts> {
  const texts: string[] = []
  const places: Record<string, number> = {}
  const add = async (node: CommandNode, spellings: readonly string[][]): Promise<void> => {
    const outcome = await parse({ ...grammar, width: MAX_HELP_WIDTH }, [...(spellings[0] ?? []), '--help'])
    if (outcome.kind !== 'text') throw new Error(`${node.name} has no help`)
    for (const words of spellings) places[JSON.stringify(words)] = texts.length
    texts.push(outcome.text)
    for (const child of node.children ?? []) {
      const names = [child.name, ...(child.aliases ?? [])]
      await add(
        child,
        spellings.flatMap(above => names.map(name => [...above, name])),
      )
    }
  }
  await add(grammar.root, [[]])
  return { texts, places }
}
