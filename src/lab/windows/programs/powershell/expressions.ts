import { numeric, ParseError, Scanner } from './scanner.ts'
import type { Node, Statement } from './syntax.ts'

const COMPARISON =
  /-[ci]?(eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|replace|contains|notcontains|in|notin|split|join|is|isnot|as)(?=[\s("'$@[{]|$)/iy
/** The operators, from the loosest to the tightest binding. */
const LEVELS: RegExp[] = [
  /-(and|or|xor)\b/iy,
  /-(band|bor)\b/iy,
  COMPARISON,
  /[+-](?![+=])(?=[\s\d$("'@[])/y,
  /[*/%](?!=)/y,
  /-(f)\b/iy,
  /(\.\.)/y,
]
const VARIABLE = /\$(?:\{([^}]+)\}|((?:env|script|global|local|private|using):\w+|\w+|[?^$]))/iy
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', 0: '\0', a: '\x07', b: '\b' }

/** Parses expressions; the parser of statements parses what is in their brackets. */
export abstract class ExpressionParser {
  readonly input: Scanner
  /** Whether a line break counts as a blank, as in round brackets. */
  private lines = false
  /** Whether commas separate arguments, as in the brackets of a method. */
  private commas = true

  constructor(text: string) {
    this.input = new Scanner(text)
  }

  abstract statements(): Statement[]
  abstract pipeline(): Statement

  expression(level = 0): Node {
    const operator = LEVELS[level]
    if (operator === undefined) return this.comma()
    let left = this.expression(level + 1)
    for (;;) {
      this.input.skip(this.lines)
      const found = this.input.match(operator)
      if (found === undefined) return left
      this.input.skip(true)
      if (this.input.done) throw new ParseError(`You must provide a value expression following the '${found[0]}' operator.`)
      left = { kind: 'binary', operator: (found[1] ?? found[0]).toLowerCase(), left, right: this.expression(level + 1) }
    }
  }

  private comma(): Node {
    const items = [this.unary()]
    while (this.commas) {
      const start = this.input.at
      this.input.skip(this.lines)
      if (!this.input.take(',')) {
        this.input.at = start
        break
      }
      this.input.skip(true)
      items.push(this.unary())
    }
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind: 'list', items }
  }

  protected unary(): Node {
    this.input.skip(this.lines)
    const operator = this.input.match(/!|-(not|split|join)\b|-(?=[$(])/iy)
    if (operator !== undefined) return { kind: 'unary', operator: (operator[1] ?? operator[0]).toLowerCase(), of: this.unary() }
    const start = this.input.at
    const cast = this.input.match(/\[([\w.]+(?:\[\])?)\](?=\s*[$("'@[\d{-])/y)?.[1]
    if (cast !== undefined) return { kind: 'cast', type: cast, of: this.unary() }
    this.input.at = start
    return this.postfix()
  }

  protected postfix(): Node {
    let node = this.primary()
    for (;;) {
      const access = this.input.match(/(?:(::)|\.(?!\.))(?=[\w"'$({])/y)
      if (access !== undefined) {
        const [fixed, name] = [access[1] !== undefined, this.memberName()]
        node = this.input.take('(')
          ? { kind: 'call', of: node, name, args: this.list(')'), fixed }
          : { kind: 'member', of: node, name, fixed }
      } else if (this.input.take('[')) {
        node = { kind: 'index', of: node, at: this.closed(']', () => this.expression(), true) }
      } else {
        return node
      }
    }
  }

  private memberName(): Node {
    const word = this.input.match(/\w+/y)?.[0]
    return word === undefined ? this.primary() : { kind: 'value', value: word }
  }

  private list(end: string): Node[] {
    return this.closed(
      end,
      () => {
        this.input.skip(true)
        if (this.input.char === end) return []
        this.commas = false
        const all = [this.expression()]
        while (this.input.match(/\s*,\s*/y) !== undefined) all.push(this.expression())
        return all
      },
      true,
    )
  }

  private primary(): Node {
    const { input } = this
    if (input.take('@(')) return { kind: 'script', body: this.closed(')', () => this.statements()), list: true }
    if (input.take('$(')) return { kind: 'script', body: this.closed(')', () => this.statements()), list: false }
    if (input.take('(')) return { kind: 'script', body: this.closed(')', () => (input.skip(true), [this.pipeline()]), true), list: false }
    if (input.take('@{')) return this.hash()
    if (input.take('{')) return { kind: 'block', ...this.closed('}', () => this.blockBody([])) }
    if (input.sees(/@["']\r?\n/y)) return this.hereString()
    if (input.take('"')) return { kind: 'text', parts: this.parts(/"/, true) }
    if (input.take("'")) return { kind: 'value', value: this.literal() }
    const variable = input.match(VARIABLE)
    if (variable !== undefined) return { kind: 'variable', name: (variable[1] ?? variable[2] ?? '').toLowerCase() }
    const type = input.match(/\[([\w.]+(?:\[\])?)\]/y)?.[1]
    if (type !== undefined) return { kind: 'type', name: type }
    const number = numeric(input.match(/-?(?:0x[0-9a-f]+|\d+(?:\.(?!\.)\d+)?|\.\d+)(?:kb|mb|gb|tb)?/iy)?.[0] ?? '')
    if (number !== undefined) return { kind: 'value', value: number }
    throw new ParseError(input.done ? 'An expression was expected.' : `Unexpected token '${input.rest()}' in expression or statement.`)
  }

  /** Parses the contents of brackets, up to the closing one. @param lines whether line breaks count as blanks there */
  protected closed<T>(end: string, read: () => T, lines = false): T {
    const [before, commas] = [this.lines, this.commas]
    this.lines = lines
    this.commas = true
    const value = read()
    this.input.skip(true)
    this.input.need(end)
    this.lines = before
    this.commas = commas
    return value
  }

  protected blockBody(parameters: string[]): { body: Statement[]; parameters: string[] } {
    this.input.skip(true)
    const named = this.input.match(/param(?=\s*\()/iy) === undefined ? parameters : this.parameters()
    this.input.match(/\s*(?:process|begin|end)(?=\s*\{)/iy)
    return { body: this.statements(), parameters: named }
  }

  /** Parses the names in the brackets of `param(…)`. */
  protected parameters(): string[] {
    this.input.skip(true)
    this.input.need('(')
    return this.closed(
      ')',
      () => {
        const names: string[] = []
        for (;;) {
          this.input.match(/(?:\s|,|\[[^\]]*\])+/y)
          const name = this.input.match(/\$(\w+)/y)?.[1]
          if (name === undefined) return names
          names.push(name.toLowerCase())
          this.input.skip(true)
          if (this.input.take('=')) this.expression(1)
        }
      },
      true,
    )
  }

  private hash(): Node {
    return {
      kind: 'hash',
      entries: this.closed('}', () => {
        const entries: [Node, Statement][] = []
        for (;;) {
          this.input.match(/(?:\s|;)+/y)
          if (this.input.char === '}' || this.input.done) return entries
          const word = this.input.match(/[\w-]+/y)?.[0]
          const name: Node = word === undefined ? this.primary() : { kind: 'value', value: word }
          this.input.skip()
          this.input.need('=')
          this.input.skip(true)
          entries.push([name, this.pipeline()])
        }
      }),
    }
  }

  private literal(): string {
    const [all, text = ''] = this.input.match(/((?:[^']|'')*)'/y) ?? []
    if (all === undefined) throw new ParseError("The string is missing the terminator: '.")
    return text.replaceAll("''", "'")
  }

  private hereString(): Node {
    const [, quote, text = ''] = this.input.match(/@(["'])\r?\n([^]*?)\r?\n\1@/y) ?? []
    if (quote === undefined) throw new ParseError('The string is missing the terminator.')
    if (quote === "'") return { kind: 'value', value: text }
    return { kind: 'text', parts: this.within(text).parts(/$^/, true) }
  }

  /** Returns a parser of the same kind for another text. */
  private within(text: string): this {
    return new (this.constructor as new (text: string) => this)(text)
  }

  /**
   * Parses text with expressions in it, up to `end`.
   * @param quoted whether it is in double quotes, which are consumed; otherwise it is a word that may contain quotes
   */
  protected parts(end: RegExp, quoted = false): (string | Node)[] {
    const parts: (string | Node)[] = []
    const add = (text: string) =>
      typeof parts[parts.length - 1] === 'string' ? parts.push(`${String(parts.pop())}${text}`) : parts.push(text)
    const { input } = this
    while (!input.done) {
      const { char } = input
      if (end.test(char)) {
        if (!quoted) return parts
        input.at += 1
        if (!input.take('"')) return parts
        add('"')
      } else if (char === '`') {
        const next = input.text[input.at + 1] ?? ''
        add(ESCAPES[next] ?? next)
        input.at += 2
      } else if (char === '$' && input.sees(/\$\(/y)) {
        parts.push(this.primary())
      } else if (char === '$' && input.sees(VARIABLE)) {
        parts.push({ kind: 'variable', name: variableName(input.match(VARIABLE)) })
      } else if (!quoted && (char === '"' || char === "'")) {
        const inner = this.primary()
        if (inner.kind === 'value') add(String(inner.value))
        if (inner.kind === 'text') for (const part of inner.parts) parts.push(part)
      } else {
        add(char)
        input.at += 1
      }
    }
    if (quoted && end.source === '"') throw new ParseError('The string is missing the terminator: ".')
    return parts
  }
}

function variableName(match: RegExpExecArray | undefined): string {
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase()
}
