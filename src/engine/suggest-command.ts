import type { CommandNode } from './spec.ts'

/** More than so many are no help. */
const MANY = 3

/**
 * Where else in the tree there is a command of this name: `ls` typed without its group, `approval` in the wrong one.
 * @returns whole names, `cbc lr ls`, the shortest first; none where there are too many
 */
export function elsewhere(root: CommandNode, word: string): string[] {
  const found = below(root, word.toLowerCase(), [root.name])
  const depth = (name: string) => name.split(' ').length
  return found.length > MANY ? [] : found.sort((a, b) => depth(a) - depth(b))
}

function below({ children = [] }: CommandNode, word: string, names: string[]): string[] {
  return children.flatMap(child => {
    const path = [...names, child.name]
    return [...(child.name === word || child.aliases?.includes(word) ? [path.join(' ').trim()] : []), ...below(child, word, path)]
  })
}
