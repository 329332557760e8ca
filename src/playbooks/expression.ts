/**
 * The language of `when` and of `{{ … }}`: comparisons, and, or, not, brackets, strings, numbers, and paths into what is known. It has no calls and
 * no loops, so that an expression ends, and reaches nothing but the values that it is given.
 */

/** A value of which nothing is known yet: what a step would bring that a dry run doesn't carry out. */
export const UNKNOWN: unique symbol = Symbol('unknown')

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value } | typeof UNKNOWN

/** `steps.found.rows[0].path` is the root `steps` and the keys `found`, `rows`, 0 and `path`; `rows[*].path` is the paths of all rows. */
export interface Path {
  readonly kind: 'path'
  /** Where it begins in the expression. */
  readonly at: number
  readonly root: string
  readonly keys: readonly (string | number)[]
}

export type Expression =
  | Path
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'

/** What is wrong with an expression, and where in it. */
export class ExpressionError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** How deep an expression may be nested. */
const MAX_DEPTH = 50
/** The longest expression, characters. */
const MAX_LENGTH = 4000

const COMPARISONS: readonly string[] = ['==', '!=', '<=', '>=', '<', '>', 'in']
const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])
const WORDS = new Set(['and', 'or', 'not', 'in', ...CONSTANTS.keys()])
const TOKEN =
  /(?<number>-?\d+(?:\.\d+)?)|(?<text>"(?:[^"]|"")*"|'(?:[^']|'')*')|(?<name>[A-Za-z_]\w*)|(?<sign>==|!=|<=|>=|&&|\|\||[<>()[\].!=*])/y

interface Token {
  kind: 'number' | 'text' | 'name' | 'sign' | 'end'
  text: string
  at: number
}

/** @throws ExpressionError */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`the expression is longer than ${MAX_LENGTH} characters`, 0)
  return new Parser(tokensOf(text)).whole()
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; ;) {
    while (/\s/.test(text.charAt(at))) at += 1
    if (at >= text.length) return [...tokens, { kind: 'end', text: 'the end', at }]
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    const [kind, part] = Object.entries(found?.groups ?? {}).find(([, group]) => group !== undefined) ?? []
    if (part === undefined)
      throw new ExpressionError(/["']/.test(text.charAt(at)) ? 'the quote is not closed' : `"${text.charAt(at)}" has no meaning here`, at)
    tokens.push({ kind: kind as Token['kind'], text: part, at })
    at += part.length
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Expression {
    const expression = this.#or()
    const { kind, text, at } = this.#peek
    if (kind === 'end') return expression
    throw new ExpressionError(`"${text}" is one part too many`, at)
  }

  get #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 0 }
  }

  /** Takes the next token if it is one of these. */
  #take(...texts: readonly string[]): Token | undefined {
    const token = this.#peek
    if (token.kind === 'text' || token.kind === 'end' || !texts.includes(token.text)) return undefined
    this.#next += 1
    return token
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#take('or', '||')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.#take('and', '&&')) left = { kind: 'and', left, right: this.#not() }
    return left
  }

  #not(): Expression {
    const not = this.#take('not', '!')
    return not === undefined ? this.#comparison() : this.#deeper(not.at, () => ({ kind: 'not', of: this.#not() }))
  }

  #comparison(): Expression {
    const left = this.#primary()
    const operator = this.#take(...COMPARISONS)
    if (this.#peek.kind === 'sign' && this.#peek.text === '=') throw new ExpressionError('write == to compare', this.#peek.at)
    return operator === undefined ? left : { kind: 'compare', operator: operator.text as Comparison, left, right: this.#primary() }
  }

  #primary(): Expression {
    const token = this.#peek
    this.#next += 1
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'literal', value: unquoted(token.text) }
    const constant = CONSTANTS.get(token.text)
    if (token.kind === 'name' && constant !== undefined) return { kind: 'literal', value: constant }
    if (token.kind === 'name' && !WORDS.has(token.text)) return this.#path(token)
    if (token.text !== '(')
      throw new ExpressionError(`a value is missing before ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`, token.at)
    return this.#deeper(token.at, () => {
      const inside = this.#or()
      if (this.#take(')') === undefined) throw new ExpressionError('the bracket is not closed', token.at)
      return inside
    })
  }

  #path({ text: root, at }: Token): Path {
    const keys: (string | number)[] = []
    for (;;) {
      const sign = this.#take('.', '[')
      if (sign === undefined) return { kind: 'path', at, root, keys }
      const key = this.#peek
      this.#next += 1
      if (sign.text === '.' ? key.kind !== 'name' : key.kind !== 'text' && !/^(?:\d+|\*)$/.test(key.text))
        throw new ExpressionError(
          sign.text === '.' ? 'a name is missing after the dot' : 'write a number, a quoted name or * in the brackets',
          key.at,
        )
      keys.push(key.kind === 'number' ? Number(key.text) : key.kind === 'text' ? unquoted(key.text) : key.text)
      if (sign.text === '[' && this.#take(']') === undefined) throw new ExpressionError('the bracket is not closed', sign.at)
    }
  }

  #deeper(at: number, work: () => Expression): Expression {
    if (this.#depth === MAX_DEPTH) throw new ExpressionError(`more than ${MAX_DEPTH} levels`, at)
    this.#depth += 1
    const inside = work()
    this.#depth -= 1
    return inside
  }
}

function unquoted(text: string): string {
  const quote = text.charAt(0)
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Returns the paths that an expression looks at. */
export function pathsIn(expression: Expression): Path[] {
  switch (expression.kind) {
    case 'path':
      return [expression]
    case 'literal':
      return []
    case 'not':
      return pathsIn(expression.of)
    case 'and':
    case 'or':
    case 'compare':
      return [...pathsIn(expression.left), ...pathsIn(expression.right)]
  }
}

/** Returns what an expression comes to. @param roots what paths begin with; what isn't there is null */
export function evaluate(expression: Expression, roots: Readonly<Record<string, Value>>): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'path':
      return valueAt(roots, [expression.root, ...expression.keys])
    case 'not': {
      const value = evaluate(expression.of, roots)
      return value === UNKNOWN ? UNKNOWN : !isTrue(value)
    }
    case 'and':
    case 'or': {
      const decides = expression.kind === 'or'
      const left = evaluate(expression.left, roots)
      if (left !== UNKNOWN && isTrue(left) === decides) return decides
      const right = evaluate(expression.right, roots)
      if (right !== UNKNOWN && isTrue(right) === decides) return decides
      return left === UNKNOWN || right === UNKNOWN ? UNKNOWN : !decides
    }
    case 'compare':
      return compare(expression.operator, evaluate(expression.left, roots), evaluate(expression.right, roots))
  }
}

/** Whether a value counts as true: anything but nothing, false, 0, an empty text and an empty list. */
export function isTrue(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '' && !(Array.isArray(value) && value.length === 0)
}

function valueAt(value: Value, [key, ...rest]: readonly (string | number)[]): Value {
  if (key === undefined || value === UNKNOWN) return value
  if (key === '*' && Array.isArray(value)) return (value as readonly Value[]).map(item => valueAt(item, rest))
  // Own fields alone: what every object inherits is no field of a result.
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
  return valueAt((value as Readonly<Record<string | number, Value>>)[key] ?? null, rest)
}

/** Texts are compared without regard to case, as Windows does with names. Values of different kinds are never equal, and none is the larger. */
function compare(operator: Comparison, left: Value, right: Value): Value {
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN
  const [a, b] = [folded(left), folded(right)]
  if (operator === 'in') return isIn(a, right)
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  if (!((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))) return false
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

/** Whether a list has a value, or a text a part. */
function isIn(value: unknown, whole: Exclude<Value, typeof UNKNOWN>): boolean {
  if (typeof whole === 'string') return typeof value === 'string' && whole.toLowerCase().includes(value)
  return Array.isArray(whole) && (whole as readonly Value[]).some(item => item !== UNKNOWN && folded(item) === value)
}

function folded(value: Exclude<Value, typeof UNKNOWN>): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
