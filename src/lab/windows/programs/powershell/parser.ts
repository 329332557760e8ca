import { ExpressionParser } from './expressions.ts'
import { numeric, ParseError } from './scanner.ts'
import { ScriptBlock } from './values.ts'
import type { Argument, Element, Node, Redirection, Statement } from './syntax.ts'

/** @throws ParseError */
export function parseScript(text: string): ScriptBlock {
  const parser = new Parser(text.replace(/^\ufeff/, ''))
  const { body, parameters } = parser.whole()
  if (!parser.input.done) throw new ParseError(`Unexpected token '${parser.input.rest()}' in expression or statement.`)
  return new ScriptBlock(body, parameters)
}

/** Ends an argument, unless it is quoted. */
const END = /[\s|;(){},]|$/y
const WORD = /(if|foreach|for|while|try|function|return|throw|break|continue)(?=[\s({;}]|$)/iy

/** What `$i++` adds. */
const ONE: Statement = {
  kind: 'pipeline',
  elements: [{ kind: 'expression', node: { kind: 'value', value: 1 }, redirections: [] }],
  source: '1',
}

class Parser extends ExpressionParser {
  whole(): { body: Statement[]; parameters: string[] } {
    return this.blockBody([])
  }

  /** Parses statements up to a closing bracket or the end. */
  override statements(): Statement[] {
    const all: Statement[] = []
    for (;;) {
      while ((this.input.skip(true), this.input.take(';')));
      if (this.input.done || this.input.char === '}' || this.input.char === ')') return all
      all.push(this.statement())
    }
  }

  override pipeline(): Statement {
    const start = this.input.at
    const elements = [this.element(true)]
    for (;;) {
      this.input.skip()
      if (!this.input.sees(/\|(?!\|)/y)) break
      this.input.take('|')
      this.input.skip(true)
      elements.push(this.element(false))
    }
    return { kind: 'pipeline', elements, source: this.input.text.slice(start, this.input.at).trim() }
  }

  private statement(): Statement {
    const start = this.input.at
    const word = this.input.match(WORD)?.[1]?.toLowerCase()
    switch (word) {
      case undefined:
        return this.assignment() ?? this.pipeline()
      case 'if':
        return this.choice()
      case 'foreach':
        return this.input.sees(/\s*\(\s*\$/y) ? this.loop() : this.back(start)
      case 'for':
        return this.counting()
      case 'while':
        return { kind: 'while', test: this.condition(), body: this.body() }
      case 'try':
        return this.attempt()
      case 'function':
        return this.definition()
      default:
        return this.flow(word as 'return' | 'throw' | 'break' | 'continue')
    }
  }

  private back(to: number): Statement {
    this.input.at = to
    return this.pipeline()
  }

  /** Parses an assignment, such as `$x = …` or `$x.y += …`; undefined when it isn't one. */
  private assignment(): Statement | undefined {
    if (!/[$[]/.test(this.input.char)) return undefined
    const start = this.input.at
    const target = this.unary()
    this.input.skip()
    const step = this.input.match(/(\+|-)\1/y)?.[1]
    if (step !== undefined) return { kind: 'assign', target, operator: `${step}=`, value: ONE }
    const operator = this.input.match(/[+*/-]?=(?!=)/y)?.[0]
    if (operator === undefined) {
      this.input.at = start
      return undefined
    }
    this.input.skip(true)
    return { kind: 'assign', target, operator, value: this.statement() }
  }

  private condition(): Statement {
    this.input.skip(true)
    this.input.need('(')
    return this.closed(')', () => this.pipeline())
  }

  private body(): Statement[] {
    this.input.skip(true)
    this.input.need('{')
    return this.closed('}', () => this.statements())
  }

  private choice(): Statement {
    const branches = [{ test: this.condition(), body: this.body() }]
    while (this.follows(/elseif(?=[\s(])/iy)) branches.push({ test: this.condition(), body: this.body() })
    return { kind: 'if', branches, otherwise: this.follows(/else(?=[\s{])/iy) ? this.body() : [] }
  }

  private loop(): Statement {
    this.input.skip()
    this.input.need('(')
    this.input.skip(true)
    const name = this.input.match(/\$(\w+)\s+in\b/iy)?.[1]
    if (name === undefined) throw new ParseError('Missing variable name after foreach.')
    const list = this.closed(')', () => (this.input.skip(true), this.pipeline()))
    return { kind: 'foreach', name, list, body: this.body() }
  }

  /** `for (first; test; step)`. */
  private counting(): Statement {
    this.input.skip()
    this.input.need('(')
    const parts = this.closed(')', () => {
      const first = (this.input.skip(true), this.statement())
      this.input.match(/\s*;\s*/y)
      const test = this.pipeline()
      this.input.match(/\s*;\s*/y)
      return { first, test, step: this.statement() }
    })
    return { kind: 'for', ...parts, body: this.body() }
  }

  private attempt(): Statement {
    const body = this.body()
    let caught: Statement[] | undefined
    while (this.follows(/catch(\s*\[[^\]]*\])*(?=\s*\{)/iy)) caught = this.body()
    const last = this.follows(/finally(?=[\s{])/iy) ? this.body() : []
    return { kind: 'try', body, caught, last }
  }

  private definition(): Statement {
    this.input.skip()
    const name = this.input.match(/[\w-]+/y)?.[0] ?? ''
    this.input.skip(true)
    const parameters = this.input.char === '(' ? this.parameters() : []
    this.input.skip(true)
    this.input.need('{')
    return { kind: 'function', name, ...this.closed('}', () => this.blockBody(parameters)) }
  }

  private flow(word: 'return' | 'throw' | 'break' | 'continue'): Statement {
    this.input.skip()
    const value = this.input.sees(/[\r\n;})]|$/y) ? undefined : this.pipeline()
    return { kind: 'flow', word, value }
  }

  /** Consumes a word on this line or a later one. */
  private follows(pattern: RegExp): boolean {
    const start = this.input.at
    this.input.skip(true)
    if (this.input.match(pattern) !== undefined) return true
    this.input.at = start
    return false
  }

  private element(first: boolean): Element {
    this.input.skip()
    if (first && this.input.sees(/[$"'(@[{]|-?\.?\d|![^!]|-(?:not|split|join)\b|,/iy)) {
      const node = this.expression()
      return { kind: 'expression', node, redirections: this.redirections() }
    }
    return this.command()
  }

  private command(): Element {
    const start = this.input.at
    const called = this.input.match(/[&.](?=[\s"'$({])\s*/y) !== undefined
    const name = called && /["'$({]/.test(this.input.char) ? this.postfix() : this.bareWord()
    const args: Argument[] = []
    const redirections: Redirection[] = []
    for (;;) {
      this.input.skip()
      for (const one of this.redirections()) redirections.push(one)
      if (this.input.sees(/[\r\n|;)}]|$/y)) break
      args.push(this.argument())
    }
    return { kind: 'command', name, args, redirections, source: this.input.text.slice(start, this.input.at).trim() }
  }

  private redirections(): Redirection[] {
    const all: Redirection[] = []
    for (this.input.skip(); ; this.input.skip()) {
      const [, from = '', arrow] = this.input.match(/([*1-6]?)(>>?)/y) ?? []
      if (arrow === undefined) return all
      const merged = this.input.match(/&[1-6]/y)?.[0]
      this.input.skip()
      all.push({
        from: from || '1',
        append: arrow === '>>',
        to: merged === undefined ? this.argumentValue() : { kind: 'value', value: merged },
      })
    }
  }

  private argument(): Argument {
    const parameter = this.input.match(/-([A-Za-z_][\w-]*)(:?)/y)
    if (parameter === undefined) return { value: this.argumentList() }
    const [, name = '', colon] = parameter
    return { parameter: name, value: colon === ':' ? this.argumentList() : undefined }
  }

  /** Parses an argument: values separated by commas make one list. */
  private argumentList(): Node {
    const items = [this.argumentValue()]
    while (this.input.match(/\s*,\s*/y) !== undefined) items.push(this.argumentValue())
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind: 'list', items }
  }

  /** Parses one value after a command: a word, unless all of it is an expression. */
  private argumentValue(): Node {
    this.input.skip()
    if (/[$"'(@{]/.test(this.input.char)) {
      const start = this.input.at
      const node = this.postfix()
      if (this.input.sees(END)) return node
      this.input.at = start
    }
    return this.bareWord()
  }

  private bareWord(): Node {
    const parts = this.parts(/[\s|;(){},]/)
    const [only] = parts
    if (parts.length === 0) throw new ParseError(`Unexpected token '${this.input.rest()}' in expression or statement.`)
    if (parts.length === 1 && typeof only === 'string') return { kind: 'value', value: numeric(only) ?? only }
    return { kind: 'text', parts }
  }
}
