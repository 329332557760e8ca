import { HttpError } from '../http.ts'
import type { Test } from './search.ts'
import { compileWildcards } from './wildcards.ts'

/** Returns the texts of an item's field; of all fields when none is named. */
export type TextsOf<T> = (item: T, field: string | undefined) => readonly string[]

const MAX_QUERY_CHARS = 10_000
/** How deep parentheses and negations may be nested. */
const MAX_QUERY_DEPTH = 100

/**
 * Parses a search query: words that any field may contain, and `field:value`, with `*` and `?`, quoted when they contain blanks. All terms
 * must match, unless there is an `OR` between them; `NOT` or `-` negates a term; parentheses group.
 * @throws HttpError 400: the query has unclosed quotes or parentheses or an operator without a term, or is too long
 */
export function parseQuery<T>(query: string, textsOf: TextsOf<T>): Test<T> {
  const parser = new Parser(tokensOf(query), textsOf)
  return parser.whole()
}

/** Splits a query into words and parentheses; blanks inside quotes or after a backslash belong to the word. */
function tokensOf(query: string): string[] {
  if (query.length > MAX_QUERY_CHARS) throw new HttpError(400, `query is longer than ${MAX_QUERY_CHARS} characters`)
  const token = /\s*([()]|(?:"(?:\\.|[^"\\])*"|\\.?|[^\s"()\\])+)/sy
  const tokens: string[] = []
  const end = query.trimEnd().length
  while (token.lastIndex < end) {
    const at = token.lastIndex
    const [, word] = token.exec(query) ?? []
    if (word === undefined) throw new HttpError(400, `query has a quote that doesn't close after character ${at}`)
    tokens.push(word)
  }
  return tokens
}

class Parser<T> {
  readonly #tokens: readonly string[]
  readonly #textsOf: TextsOf<T>
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[], textsOf: TextsOf<T>) {
    this.#tokens = tokens
    this.#textsOf = textsOf
  }

  whole(): Test<T> {
    if (this.#tokens.length === 0) return () => true
    const test = this.#disjunction(undefined)
    if (this.#at < this.#tokens.length) throw new HttpError(400, "query has a parenthesis that doesn't open")
    return test
  }

  /** @param field the field of terms that name none: `name:(a OR b)` */
  #disjunction(field: string | undefined): Test<T> {
    const sides = [this.#conjunction(field)]
    while (this.#take('OR')) sides.push(this.#conjunction(field))
    return item => sides.some(test => test(item))
  }

  #conjunction(field: string | undefined): Test<T> {
    const tests = [this.#negation(field)]
    while (this.#take('AND') || !this.#ends()) tests.push(this.#negation(field))
    return item => tests.every(test => test(item))
  }

  #negation(field: string | undefined): Test<T> {
    if (++this.#depth > MAX_QUERY_DEPTH) throw new HttpError(400, 'query is too deep')
    try {
      if (!this.#take('NOT') && !this.#take('-')) return this.#term(field)
      const test = this.#negation(field)
      return item => !test(item)
    } finally {
      this.#depth--
    }
  }

  #term(field: string | undefined): Test<T> {
    const token = this.#tokens[this.#at++]
    if (token === undefined || ['AND', 'OR', ')'].includes(token)) throw new HttpError(400, 'query lacks a term beside an operator')
    if (token === '(') return this.#group(field)
    const minus = token.startsWith('-')
    const [, named, value = ''] = /^(?:([a-z_.]+):)?(.*)$/s.exec(minus ? token.slice(1) : token) ?? []
    const test = named !== undefined && value === '' && this.#take('(') ? this.#group(named) : this.#matches(named ?? field, value)
    return minus ? item => !test(item) : test
  }

  #group(field: string | undefined): Test<T> {
    const test = this.#disjunction(field)
    if (!this.#take(')')) throw new HttpError(400, "query has a parenthesis that doesn't close")
    return test
  }

  #matches(field: string | undefined, value: string): Test<T> {
    if (field === undefined && (value === '*:*' || value === '*')) return () => true
    const matches = compileWildcards(value, field === undefined)
    return item => this.#textsOf(item, field).some(matches)
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }

  #ends(): boolean {
    const token = this.#tokens[this.#at]
    return token === undefined || token === ')' || token === 'OR'
  }
}
