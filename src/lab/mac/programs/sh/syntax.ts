/** The part of the shell's language that the lab knows: lists, pipelines, groups, redirections, quotes, variables and `$(…)`. */

/** A piece of a word. */
export type Piece =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'variable'; name: string; quoted: boolean }
  | { kind: 'output'; list: List; quoted: boolean }
export type Word = readonly Piece[]

export interface Redirection {
  /** 0, 1 or 2. */
  from: number
  kind: '<' | '>' | '>>' | '>&'
  to: Word
}

export type Command = { redirections: readonly Redirection[] } & (
  { kind: 'simple'; words: readonly Word[] } | { kind: 'group'; list: List }
)

/** Commands with what decides whether each runs: always, or by the exit code of the one before. */
export type List = readonly { when: ';' | '&&' | '||'; negated: boolean; pipeline: readonly Command[] }[]

/** The text is not in the part of the language that the lab knows. */
export class SyntaxError extends Error {}

const KEYWORDS = new Set(['if', 'then', 'else', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'function'])
const VARIABLE = /^\$(?:\{(\w+|[?#@*$])\}|(\w+|[?#@*$]))/
const REDIRECTION = /^(\d?)(<|>>|>&|>)/

/** Parses a script. @throws SyntaxError */
export function parseScript(text: string): List {
  const parser = new Parser(text)
  const list = parser.list('')
  if (!parser.done) throw new SyntaxError(`syntax error near unexpected token \`${parser.rest.slice(0, 1)}'`)
  return list
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get rest(): string {
    return this.#text.slice(this.#at)
  }

  get done(): boolean {
    this.#blanks(/^(?:[ \t\n]|\\\n|#[^\n]*)+/)
    return this.#at >= this.#text.length
  }

  /** Reads commands up to the end, or up to the character `end`, which is left there. */
  list(end: string): List {
    const list: List[number][] = []
    let when: List[number]['when'] = ';'
    for (;;) {
      if (this.done || (end !== '' && this.rest.startsWith(end))) {
        if (when !== ';') throw new SyntaxError('syntax error: unexpected end of file')
        return list
      }
      const negated = this.#take(/^![ \t]+/) !== undefined
      const pipeline = [this.#command()]
      while (this.#take(/^[ \t]*\|(?!\|)[ \t\n]*/) !== undefined) pipeline.push(this.#command())
      list.push({ when, negated, pipeline })
      const next = this.#take(/^[ \t]*(?:&&|\|\||[;\n]|&(?!>))/)?.trim()
      if (next === undefined && !this.done && !(end !== '' && this.rest.startsWith(end)))
        throw new SyntaxError(`syntax error near unexpected token \`${this.rest.slice(0, 1)}'`)
      when = next === '&&' || next === '||' ? next : ';'
    }
  }

  #command(): Command {
    this.#blanks(/^(?:[ \t]|\\\n)+/)
    const open = this.#take(/^(?:\(|\{(?=[ \t\n]))/)
    if (open !== undefined) {
      const close = open === '(' ? ')' : '}'
      const list = this.list(close)
      if (this.#take(close === ')' ? /^\)/ : /^\}/) === undefined) throw new SyntaxError('syntax error: unexpected end of file')
      return { kind: 'group', list, redirections: this.#simple().redirections }
    }
    const { words, redirections } = this.#simple()
    const [first] = words[0] ?? []
    if (words.length === 0 && redirections.length === 0)
      throw new SyntaxError(`syntax error near unexpected token \`${this.rest.slice(0, 1) || 'newline'}'`)
    if (first?.kind === 'text' && !first.quoted && KEYWORDS.has(first.text))
      throw new SyntaxError(`${first.text}: not part of the lab's shell`)
    return { kind: 'simple', words, redirections }
  }

  #simple(): { words: Word[]; redirections: Redirection[] } {
    const [words, redirections]: [Word[], Redirection[]] = [[], []]
    for (;;) {
      this.#blanks(/^(?:[ \t]|\\\n)+/)
      const [whole = '', from = '', sign] = REDIRECTION.exec(this.rest) ?? []
      if (sign !== undefined) {
        this.#at += whole.length
        this.#blanks(/^[ \t]+/)
        const kind = sign as Redirection['kind']
        redirections.push({ from: from === '' ? (kind === '<' ? 0 : 1) : Number(from), kind, to: this.#word() ?? [] })
        continue
      }
      const word = this.#word()
      if (word === undefined) return { words, redirections }
      words.push(word)
    }
  }

  #word(): Word | undefined {
    const pieces: Piece[] = []
    for (;;) {
      const single = this.#take(/^'[^']*'/)
      const plain = single === undefined ? this.#take(/^(?:[^ \t\n'"\\$`;&|<>()#]|(?<=[^ \t\n])#)+/) : undefined
      const escaped = single === undefined && plain === undefined ? this.#take(/^\\[^\n]/) : undefined
      if (single !== undefined) pieces.push({ kind: 'text', text: single.slice(1, -1), quoted: true })
      else if (plain !== undefined) pieces.push({ kind: 'text', text: plain, quoted: false })
      else if (escaped !== undefined) pieces.push({ kind: 'text', text: escaped.slice(1), quoted: true })
      else if (this.#take(/^"/) !== undefined) this.#quoted(pieces)
      else if (this.rest.startsWith('$')) pieces.push(this.#dollar(false))
      else if (/^['`]/.test(this.rest))
        throw new SyntaxError(this.rest.startsWith("'") ? 'a quote is not closed' : "backquotes: not part of the lab's shell")
      else return pieces.length > 0 ? pieces : undefined
    }
  }

  /** Reads what is between double quotes. */
  #quoted(pieces: Piece[]): void {
    pieces.push({ kind: 'text', text: '', quoted: true })
    for (;;) {
      if (this.#take(/^"/) !== undefined) return
      const text = this.#take(/^(?:[^"\\$`]|\\[^])+/)
      if (text !== undefined) pieces.push({ kind: 'text', text: text.replace(/\\(?:\n|([$`"\\]))/g, '$1'), quoted: true })
      else if (this.rest.startsWith('$')) pieces.push(this.#dollar(true))
      else throw new SyntaxError('a quote is not closed')
    }
  }

  #dollar(quoted: boolean): Piece {
    if (this.#take(/^\$\(/) !== undefined) {
      const list = this.list(')')
      if (this.#take(/^\)/) === undefined) throw new SyntaxError('syntax error: unexpected end of file')
      return { kind: 'output', list, quoted }
    }
    const [whole, braced, bare] = VARIABLE.exec(this.rest) ?? []
    const name = braced ?? bare
    this.#at += whole?.length ?? 1
    return name === undefined ? { kind: 'text', text: '$', quoted: true } : { kind: 'variable', name, quoted }
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.rest)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #blanks(pattern: RegExp): void {
    this.#take(pattern)
  }
}
