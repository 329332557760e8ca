import type { Option } from '../verbs/define.ts'
import { switches } from './normalize-argv.ts'
import type { CommandNode } from './spec.ts'

/** The way to a command: the root and what is below it. */
export interface Located {
  nodes: CommandNode[]
  /** How many words named it, with options between them. */
  consumed: number
  /** The word after them that names no command. */
  unknown?: string
}

/** Which command words name; options in front of it may have values. */
export function locate(root: CommandNode, globals: Readonly<Record<string, Option<unknown>>>, typed: readonly string[]): Located {
  const valued = switches(globals).valued
  const nodes = [root]
  let consumed = 0
  for (let at = 0; at < typed.length; at++) {
    const word = typed[at] ?? ''
    if (word === '--') break
    if (word.startsWith('-') && word !== '-') {
      if (valued.has(word)) at += 1
      continue
    }
    const next = nodes.at(-1)?.children?.find(node => node.name === word || node.aliases?.includes(word))
    if (next === undefined) return { nodes, consumed, unknown: word }
    nodes.push(next)
    consumed = at + 1
    if (next.children === undefined) break
  }
  return { nodes, consumed }
}
