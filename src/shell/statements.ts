import { usage } from '../core/errors.ts'
import { operatorAt, scan, type Operator } from '../engine/tokenize.ts'
import { localEnd } from './local-command.ts'

/** One command of a line, with what becomes of its output. */
export interface Statement {
  words: string[]
  /** Local file that takes the output. */
  redirect?: { path: string; append: boolean }
  /** Local command line that takes the output. */
  pipe?: string
  /** `!…`: a line for the local shell instead of words. */
  local?: string
}

/** Commands joined by `&&`: each runs only if the one before it worked. */
export interface Chain {
  statements: Statement[]
  /** Ended by `&`. */
  background: boolean
  /** As it was typed. */
  text: string
}

/** A statement, where it ends, and the operator there. */
interface Taken {
  statement: Statement | undefined
  end: number
  operator: Operator | undefined
}

/**
 * Takes a line apart: `a; b` · `a && b` · `a &` · `a | local command` · `a > file` · `a >> file` · `!local command` · `# comment`.
 * @throws CbcError usage
 */
export function parseLine(line: string): Chain[] {
  const chains: Chain[] = []
  let statements: Statement[] = []
  let from = 0
  let joined = false
  for (let at = 0; at <= line.length;) {
    const { statement, end, operator } = take(line, at)
    if (statement === undefined && (joined || operator === '&&')) throw usage('there is no command beside &&')
    if (statement === undefined && operator === '&') throw usage('there is no command before &')
    if (statement !== undefined) statements.push(statement)
    joined = operator === '&&'
    if (!joined && statements.length > 0) {
      chains.push({ statements, background: operator === '&', text: line.slice(from, end).trim() })
      statements = []
    }
    at = end + (operator?.length ?? 1)
    if (!joined) from = at
  }
  return chains
}

/** The statement at a place of the line; undefined where there is none. */
function take(line: string, from: number): Taken {
  const start = from + (/^\s*/.exec(line.slice(from))?.[0].length ?? 0)
  // All the rest is the local shell's, as it stands.
  if (line.charAt(start) === '!')
    return { statement: { words: [], local: line.slice(start + 1).trim() }, end: line.length, operator: undefined }
  const statement: Statement = { words: [] }
  let file: '>' | '>>' | undefined
  for (const token of scan(line, start)) {
    if (token.kind === 'word') {
      if (file === undefined) statement.words.push(token.text)
      else statement.redirect = { path: token.text, append: file === '>>' }
      file = undefined
      continue
    }
    if (file !== undefined) throw usage(`there is no file after ${file}`)
    if (token.text === '>' || token.text === '>>') {
      file = token.text
      continue
    }
    if (token.text !== '|') return { statement: checked(statement), end: token.at, operator: token.text }
    const end = localEnd(line, token.at + 1)
    statement.pipe = line.slice(token.at + 1, end).trim()
    return {
      statement: checked(statement),
      ...(line.charAt(end) === '#' ? { end: line.length, operator: undefined } : { end, operator: operatorAt(line, end) }),
    }
  }
  if (file !== undefined) throw usage(`there is no file after ${file}`)
  return { statement: checked(statement), end: line.length, operator: undefined }
}

/** @throws CbcError usage: operators without the command that they belong to */
function checked(statement: Statement): Statement | undefined {
  const { words, redirect, pipe } = statement
  if (words.length === 0 && (redirect !== undefined || pipe !== undefined)) throw usage('there is no command before the operator')
  if (pipe === '') throw usage('there is no command after |')
  if (pipe?.startsWith('|')) throw usage('there is no || here', 'a && b runs b only if a worked')
  if (redirect !== undefined && pipe !== undefined) throw usage('> and | exclude each other here', 'redirect in the local command')
  return words.length === 0 ? undefined : statement
}
