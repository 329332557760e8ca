import { usage } from '../core/errors.ts'
import { tokenize, type Token } from '../engine/words.ts'

/** One command of a line, with what becomes of its output. */
export interface Statement {
  words: string[]
  /** Local file that takes the output. */
  redirect?: { path: string, append: boolean }
  /** Local command line that takes the output. */
  pipe?: string
  /** Run only if the one before it worked (`&&`). */
  ifGood: boolean
}

/** What a line asks for: statements, or a line for the local shell (`!ls`). */
export type Line = { kind: 'statements', statements: Statement[] } | { kind: 'local', command: string }

/**
 * Takes a line apart: `a; b` · `a && b` · `a | local command` · `a > file` · `a >> file` · `!local command` · `# comment`.
 * @throws CbcError usage
 */
export function parseLine(line: string): Line {
  const trimmed = line.trimStart()
  if (trimmed.startsWith('!')) return { kind: 'local', command: trimmed.slice(1).trim() }
  const tokens = tokenize(line)
  const statements: Statement[] = []
  let from = 0
  let ifGood = false
  for (let at = 0; at <= tokens.length; at++) {
    const token = tokens[at]
    if (token !== undefined && !isOperator(token, ';') && !isOperator(token, '&&')) continue
    const end = token?.at ?? line.length
    const part = tokens.slice(from, at)
    if (part.length === 0 && (ifGood || token?.text === '&&')) throw usage('there is no command beside &&')
    if (part.length > 0) statements.push(statement(part, line.slice(0, end), ifGood))
    ifGood = token?.text === '&&'
    from = at + 1
  }
  return { kind: 'statements', statements }
}

function statement(tokens: Token[], line: string, ifGood: boolean): Statement {
  const result: Statement = { words: [], ifGood }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined) break
    if (token.kind === 'word') {
      result.words.push(token.text)
      continue
    }
    if (token.text === '&') throw usage('& is not for the end of a command here', 'quote it if it belongs to an argument')
    if (token.text === '|') {
      // The rest belongs to the local shell, quotes and further pipes included.
      result.pipe = line.slice(token.at + 1).trim()
      if (result.pipe === '') throw usage('there is no command after |')
      break
    }
    const target = tokens[at + 1]
    if (target?.kind !== 'word') throw usage(`there is no file after ${token.text}`)
    result.redirect = { path: target.text, append: token.text === '>>' }
    at += 1
  }
  if (result.words.length === 0) throw usage('there is no command before the operator')
  if (result.redirect !== undefined && result.pipe !== undefined) throw usage('> and | exclude each other here', 'redirect in the local command')
  return result
}

function isOperator(token: Token, text: string): boolean {
  return token.kind === 'operator' && token.text === text
}
