import { operatorAt, scan } from '../engine/tokenize.ts'

/**
 * Where the local command begins that a line ends in, behind `!` or `|`: what is typed there is in the local shell's language.
 * @param line up to the cursor
 * @returns undefined: it ends in a command of ours
 */
export function localCommandAt(line: string): number | undefined {
  for (let at = 0; at < line.length;) {
    const start = at + (/^\s*/.exec(line.slice(at))?.[0].length ?? 0)
    if (line.charAt(start) === '!') return start + 1
    const operator = operatorAfter(line, start)
    if (operator === undefined) return undefined
    at = operator.at + operator.text.length
    if (operator.text !== '|') continue
    const end = localEnd(line, at)
    if (end >= line.length) return at
    if (line.charAt(end) === '#') return undefined
    at = end + (operatorAt(line, end)?.length ?? 1)
  }
  return undefined
}

/** The operator that ends the command at `start`. */
function operatorAfter(line: string, start: number): { text: string; at: number } | undefined {
  for (const token of scan(line, start, true)) if (token.kind === 'operator' && token.text !== '>' && token.text !== '>>') return token
  return undefined
}

/**
 * Where a local command ends: at `;`, `&&`, `&` or a comment. Its quotes, brackets and redirections (`2>&1`) are the local shell's, in
 * which a
 * backslash is no ordinary character.
 */
export function localEnd(line: string, from: number): number {
  let depth = 0
  for (let at = from; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '\\') at += 1
    else if (/["'`]/.test(character)) at = localQuote(line, at)
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (depth <= 0 && (character === ';' || (character === '#' && /\s/.test(line.charAt(at - 1))))) return at
    else if (depth <= 0 && character === '&' && !/[<>]/.test(line.charAt(at - 1)) && line.charAt(at + 1) !== '>') return at
  }
  return line.length
}

/** Where the quote ends that begins at `from`. */
function localQuote(line: string, from: number): number {
  const quote = line.charAt(from)
  for (let at = from + 1; at < line.length; at++) {
    if (line.charAt(at) === '\\' && quote !== "'") at += 1
    else if (line.charAt(at) === quote) return at
  }
  return line.length
}
