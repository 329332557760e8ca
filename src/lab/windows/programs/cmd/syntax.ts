/** The syntax tree of a line of the command shell, after its variables were replaced. */

export interface Redirect {
  /** The stream that is redirected: 0 input, 1 output, 2 errors. */
  fd: number
  kind: 'read' | 'write' | 'append' | 'join'
  /** A path, or for `join` the number of the stream to join. */
  target: string
}

export type Condition =
  | { kind: 'exist' | 'defined' | 'errorlevel'; operand: string }
  | { kind: 'compare'; left: string; operator: string; right: string; ignoreCase: boolean }

export type Node =
  | { kind: 'command'; text: string; redirects: Redirect[] }
  | { kind: 'group'; body: Node; redirects: Redirect[] }
  | { kind: 'then' | 'and' | 'or' | 'pipe'; left: Node; right: Node }
  | { kind: 'if'; negated: boolean; condition: Condition; yes: Node; no: Node | undefined }
  | { kind: 'for'; variable: string; counting: boolean; set: string; body: Node }

/** The line has a syntax error. */
export class SyntaxProblem extends Error {
  override name = 'SyntaxProblem'
}

/** @throws SyntaxProblem */
export function parse(line: string): Node | undefined {
  const parser = new Parser(line)
  const node = parser.sequence()
  parser.expectEnd()
  return node
}

class Parser {
  private at = 0
  private depth = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  expectEnd(): void {
    if (this.at < this.text.length) throw unexpected(this.text.slice(this.at).split(/\s/)[0] ?? '')
  }

  sequence(): Node | undefined {
    let left: Node | undefined
    for (;;) {
      this.take(left === undefined ? /\s*/y : /[\s&]*/y)
      if (this.ended()) return left
      const right = this.either()
      if (right === undefined) return left
      left = left === undefined ? right : { kind: 'then', left, right }
      if (!this.peek(/[ \t]*(&(?!&)|\n)/y)) return left
    }
  }

  private either(): Node | undefined {
    return this.binary('or', /[ \t]*\|\|/y, () =>
      this.binary('and', /[ \t]*&&/y, () => this.binary('pipe', /[ \t]*\|(?!\|)/y, () => this.unit())),
    )
  }

  private binary(kind: 'and' | 'or' | 'pipe', operator: RegExp, operand: () => Node | undefined): Node | undefined {
    let left = operand()
    while (left !== undefined && this.take(operator) !== undefined) {
      this.take(/[ \t]*/y)
      const right = operand()
      if (right === undefined) throw unexpected(this.text[this.at] ?? '')
      left = { kind, left, right }
    }
    return left
  }

  private unit(): Node | undefined {
    this.take(/[ \t@]*/y)
    if (this.take(/if(?=[\s/])/iy) !== undefined) return this.condition()
    if (this.take(/for(?=\s)/iy) !== undefined) return this.loop()
    if (this.take(/\(/y) !== undefined) return this.group()
    return this.command()
  }

  private group(): Node {
    this.depth += 1
    const body = this.sequence()
    this.take(/\s*/y)
    if (body === undefined || this.take(/\)/y) === undefined) throw unexpected(')')
    this.depth -= 1
    const redirects: Redirect[] = []
    for (;;) {
      this.take(/[ \t]*/y)
      const redirect = this.redirect('')
      if (redirect === undefined) return { kind: 'group', body, redirects }
      redirects.push(redirect)
    }
  }

  private command(): Node | undefined {
    let text = ''
    let quoted = false
    const redirects: Redirect[] = []
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? ''
      if (char === '\n') break
      if (!quoted && (char === '&' || char === '|' || (char === ')' && this.depth > 0))) break
      if (!quoted && (char === '<' || char === '>')) {
        const fd = /(^|\s)([0-9])$/.exec(text)?.[2] ?? ''
        if (fd !== '') text = text.slice(0, -1)
        const redirect = this.redirect(fd)
        if (redirect !== undefined) redirects.push(redirect)
        continue
      }
      this.at += 1
      if (char === '^' && !quoted) {
        text += this.text[this.at] ?? ''
        this.at += 1
        continue
      }
      if (char === '"') quoted = !quoted
      text += char
    }
    return text.trim() === '' && redirects.length === 0 ? undefined : { kind: 'command', text: text.trimStart(), redirects }
  }

  private redirect(digit: string): Redirect | undefined {
    const operator = this.take(/[0-9]?(>>|>|<)/y)
    if (operator === undefined) return undefined
    const sign = operator.replace(/[0-9]/, '')
    const fd = Number(digit || /[0-9]/.exec(operator)?.[0] || (sign === '<' ? 0 : 1))
    const joined = this.take(/&[0-9]/y)
    if (joined !== undefined) return { fd, kind: 'join', target: joined.slice(1) }
    this.take(/[ \t]*/y)
    const target = this.word()
    if (target === '') throw new SyntaxProblem('The syntax of the command is incorrect.')
    return { fd, kind: sign === '<' ? 'read' : sign === '>' ? 'write' : 'append', target: target.replaceAll('"', '') }
  }

  private condition(): Node {
    const ignoreCase = this.take(/[ \t]*\/i(?=\s)/iy) !== undefined
    const negated = this.take(/[ \t]*not(?=\s)/iy) !== undefined
    this.take(/[ \t]*/y)
    const kind = this.take(/(exist|defined|errorlevel)(?=\s)/iy)?.toLowerCase()
    this.take(/[ \t]*/y)
    const condition: Condition =
      kind === 'exist' || kind === 'defined' || kind === 'errorlevel'
        ? {
            kind,
            operand: this.word(),
          }
        : this.comparison(ignoreCase)
    const yes = this.branch()
    const no = this.take(/[ \t]*else(?=[\s(])/iy) === undefined ? undefined : this.branch()
    return { kind: 'if', negated, condition, yes, no }
  }

  private comparison(ignoreCase: boolean): Condition {
    const left = this.word(/[\s&|<>()=]/)
    const operator = this.take(/[ \t]*(==|equ|neq|lss|leq|gtr|geq)[ \t]*/iy)
      ?.trim()
      .toLowerCase()
    if (operator === undefined) throw unexpected(left)
    return { kind: 'compare', left, operator, right: this.word(), ignoreCase }
  }

  /** Parses a group, or everything to the end of the line. */
  private branch(): Node {
    this.take(/[ \t]*/y)
    const node = this.text[this.at] === '(' ? this.unit() : this.rest()
    if (node === undefined) throw new SyntaxProblem('The syntax of the command is incorrect.')
    return node
  }

  private rest(): Node | undefined {
    let left = this.either()
    while (left !== undefined && this.take(/[ \t]*&(?!&)[ \t]*/y) !== undefined) {
      const right = this.either()
      if (right === undefined) break
      left = { kind: 'then', left, right }
    }
    return left
  }

  private loop(): Node {
    const head = this.take(/\s+(\/l\s+)?%+\w\s+in\s*\(/iy)
    if (head === undefined) throw new SyntaxProblem('The syntax of the command is incorrect.')
    const variable = /%(\w)/.exec(head)?.[1] ?? ''
    const set = this.take(/[^)]*/y) ?? ''
    if (this.take(/\)\s*do(?=[\s(])/iy) === undefined) throw unexpected(')')
    return { kind: 'for', variable, counting: /\/l\s/i.test(head), set, body: this.branch() }
  }

  private word(end = /[\s&|<>()]/): string {
    let word = ''
    let quoted = false
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] ?? ''
      if (char === '"') quoted = !quoted
      if (!quoted && end.test(char)) break
      word += char
    }
    return word
  }

  private ended(): boolean {
    return this.at >= this.text.length || (this.depth > 0 && this.text[this.at] === ')')
  }

  private peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    return pattern.test(this.text)
  }

  /** Consumes and returns what the (sticky) pattern matches here. */
  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }
}

function unexpected(what: string): SyntaxProblem {
  return new SyntaxProblem(`${what} was unexpected at this time.`)
}
