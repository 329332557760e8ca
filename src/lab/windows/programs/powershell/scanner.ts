/** A script has a syntax error. */
export class ParseError extends Error {
  override name = 'ParseError'
}

/** A script's text, and the position in it. */
export class Scanner {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  get char(): string {
    return this.text[this.at] ?? ''
  }

  /** Skips blanks, comments and continued lines. @param newlines whether line breaks count as blanks too */
  skip(newlines = false): void {
    const blank = newlines ? /(?:\s|`\r?\n|#[^\n]*|<#[^]*?#>)+/y : /(?:[ \t]|`\r?\n|#[^\r\n]*|<#[^]*?#>)+/y
    this.match(blank)
  }

  /** Consumes what the pattern matches here. @param pattern sticky */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text) ?? undefined
    if (found !== undefined) this.at = pattern.lastIndex
    return found
  }

  /** Whether the pattern matches here. @param pattern sticky */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    return pattern.test(this.text)
  }

  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  /** @throws ParseError when it doesn't come next */
  need(text: string): void {
    if (!this.take(text))
      throw new ParseError(
        this.done
          ? `Missing closing '${text}' in statement block or expression.`
          : `Unexpected token '${this.rest()}' in expression or statement.`,
      )
  }

  /** Returns the next word, for an error message. */
  rest(): string {
    return this.text.slice(this.at).split(/\s/, 1)[0] ?? ''
  }
}

/** Parses a number in a script: 16, 1.5, 0x1F, 10MB. */
export function numeric(word: string): number | undefined {
  const [, digits, unit = ''] = /^(-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?|\.\d+))(kb|mb|gb|tb)?$/i.exec(word) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * 1024 ** ['', 'kb', 'mb', 'gb', 'tb'].indexOf(unit.toLowerCase())
}
