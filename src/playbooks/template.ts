import { quoteWord, tokenize, type Token } from '../engine/tokenize.ts'
import { ExpressionError, parseExpression, pathsIn, UNKNOWN, type Expression, type Value } from './expression.ts'

/** A line of the shell with expressions in it: `kill {{ inputs.pid }} --if-name svchost.exe`. */
export interface Template {
  readonly text: string
  readonly tokens: readonly TemplateToken[]
}

/** An operator, or a word: texts and expressions that follow each other without a blank. */
type TemplateToken = Extract<Token, { kind: 'operator' }> | { readonly kind: 'word'; readonly at: number; readonly parts: readonly Part[] }

type Part = string | { readonly expression: Expression; readonly at: number }

/** A word of a line that is about to be run. */
export interface FilledWord {
  readonly text: string
  /** It has a part that stood in an expression, so that it may be anything. */
  readonly filled: boolean
  /** What stands before its first expression. */
  readonly prefix: string
  /** A part of it is not known yet. */
  readonly unknown: boolean
  /** A part of it came from the endpoint. */
  readonly remote: boolean
}

/** Stands for an expression while the line is split into words: a character that is for private use, and that no line contains. */
const MARK = '\ue0f0'
const EXPRESSION = /\{\{((?:"[^"]*"|'[^']*'|[^"'{}])*)\}\}/g

/** Splits a line into words before anything is put in, so that no value can become more than a part of its word. @throws ExpressionError, CbcError usage */
export function parseTemplate(text: string): Template {
  const at = text.indexOf(MARK)
  if (at >= 0) throw new ExpressionError('the line contains a character for private use, U+E0F0', at)
  const found = [...text.matchAll(EXPRESSION)]
  const expressions = found.map(([whole, inside = '']) => ({ whole, inside }))
  // Each mark is as long as what it stands for: positions stay what they were.
  const marked = text.replace(EXPRESSION, whole => MARK.repeat(whole.length))
  const open = marked.indexOf('{{')
  if (open >= 0) throw new ExpressionError('{{ is not closed by }}', open)
  const parsed = expressions.map(({ inside }, index): Part => {
    const start = (found[index]?.index ?? 0) + 2
    try {
      return { expression: parseExpression(inside), at: start }
    } catch (error) {
      throw error instanceof ExpressionError ? new ExpressionError(error.message, start + error.at) : error
    }
  })
  let next = 0
  const partsOf = (word: string): Part[] => {
    const parts: Part[] = []
    for (let from = 0; from < word.length;) {
      const length = word.charAt(from) === MARK ? (expressions[next]?.whole.length ?? 1) : (word.slice(from).split(MARK, 1)[0]?.length ?? 1)
      parts.push(word.charAt(from) === MARK ? (parsed[next++] ?? '') : word.slice(from, from + length))
      from += length
    }
    return parts
  }
  return {
    text,
    tokens: tokenize(marked).map(token => (token.kind === 'operator' ? token : { kind: 'word', at: token.at, parts: partsOf(token.text) })),
  }
}

/** The same for a line in which `{{` is text like any other. @throws CbcError usage: a quote is not closed */
export function plainTemplate(text: string): Template {
  return {
    text,
    tokens: tokenize(text).map(token => (token.kind === 'operator' ? token : { kind: 'word', at: token.at, parts: [token.text] })),
  }
}

/** Returns the expressions of a line, each with the place where it begins. */
export function expressionsIn({ tokens }: Template): { expression: Expression; at: number }[] {
  return tokens.flatMap(token => (token.kind === 'word' ? token.parts.filter(part => typeof part !== 'string') : []))
}

/**
 * Returns the words of a line with the values of its expressions in their places. A value is text within its word, whatever it contains.
 * @param value what an expression comes to
 * @throws ExpressionError: it comes to nothing
 */
export function fill({ tokens }: Template, value: (expression: Expression) => Value): FilledWord[] {
  return tokens.flatMap(token => {
    if (token.kind === 'operator') return []
    const expressions = token.parts.filter(part => typeof part !== 'string')
    const texts = token.parts.map(part => (typeof part === 'string' ? part : textOf(value(part.expression), part.at)))
    const first = token.parts[0]
    return {
      text: texts.join(''),
      filled: expressions.length > 0,
      prefix: typeof first === 'string' ? first : '',
      unknown: texts.some(isOpen),
      remote: expressions.some(({ expression }) => pathsIn(expression).some(({ root }) => root === 'steps')),
    }
  })
}

/** A value as it stands in a line. */
function textOf(value: Value, at: number): string {
  if (value === UNKNOWN) return MARK
  if (value === null) throw new ExpressionError('there is no such value', at)
  if (typeof value === 'object') throw new ExpressionError('the value is a list or an object, and no word', at)
  return String(value)
}

/** Whether a text holds the place of a value that is not known yet. */
export function isOpen(text: string): boolean {
  return text.includes(MARK)
}

/** Writes words as a line of the shell, for people. */
export function lineOf(words: readonly FilledWord[]): string {
  return words.map(({ text }) => quoteWord(text.replaceAll(MARK, '…'))).join(' ')
}
