import type { CommandNode } from './spec.ts'
import { quoteWord } from './tokenize.ts'
import { meaningOf } from './words.ts'

/** The most suggestions: where there are more, none is made. */
const MAX_SUGGESTIONS = 3

/**
 * Finds a command of this name elsewhere in the tree: `ls` typed without its group, `approval` in the wrong one.
 * @returns whole names, `cbc lr ls`, the shortest first; none where there are too many
 */
export function findElsewhere(root: CommandNode, word: string): string[] {
  const found = below(root, word.toLowerCase(), [root.name])
  const depth = (name: string) => name.split(' ').length
  return found.length > MAX_SUGGESTIONS ? [] : found.sort((a, b) => depth(a) - depth(b))
}

function below({ children = [] }: CommandNode, word: string, names: string[]): string[] {
  return children.flatMap(child => {
    const path = [...names, child.name]
    return [...(child.name === word || child.aliases?.includes(word) ? [path.join(' ').trim()] : []), ...below(child, word, path)]
  })
}

/** An unknown word in the place of a command's name, and where it was typed. */
export interface Unknown {
  word: string
  /** The words after it. */
  rest: readonly string[]
  /** The groups that it was typed below. */
  groups: readonly string[]
  /** The program's own name; empty in the shell. */
  program: string
}

/**
 * Explains a word that users know from elsewhere: a program of the endpoint, a command of cmd.exe, a word of the console.
 * @param example writes a line of the shell as it is typed here, for a device
 * @returns undefined where the word is unknown
 */
export function explainWord(
  { word, rest, groups, program }: Unknown,
  example: (line: string, device?: string) => string,
): string | undefined {
  if (program !== '' && groups.length > 0 && groups[0] !== 'lr') return undefined
  const meaning = meaningOf(word, groups.filter(name => name !== 'lr').join(' '))
  // In a one-shot command the device comes first.
  const device = program !== '' && groups.length > 0 && rest[0]?.startsWith('-') === false ? rest[0] : undefined
  const after = device === undefined ? rest : rest.slice(1)
  const line = (start: string[], typed: readonly string[]) => `\`${example([...start, ...typed.map(quoteWord)].join(' '), device)}\``
  switch (meaning?.kind) {
    case undefined:
      return undefined
    case 'program':
      return `${ours(meaning)}a program of the endpoint: ${line(['exec', word], after.length > 0 ? after : (meaning.usual?.split(' ') ?? []))}`
    case 'cmd':
      return `${ours(meaning)}a command of cmd.exe: ${line(['exec --shell', word], after)}`
    case 'reg':
      return `only reg.exe has that: ${line(['exec reg', word], after)}`
    case 'outside':
      // A line that a message printed may be pasted here too: it begins with the program's own name.
      return program === ''
        ? `a command of cbc itself, not of this shell: \`${['!cbc', ...(word === 'cbc' ? [] : [word]), ...rest].join(' ')}\``
        : undefined
    case 'says':
      return meaning.hint
  }
}

function ours({ ours: hint }: { ours?: string }): string {
  return hint === undefined ? '' : `${hint}; `
}
