import { usage } from '../core/errors.ts'

/** A word of a line, or an operator between words: section 5 of the contract. */
export type Token =
  | { kind: 'word', text: string, /** where it starts in the line */ at: number, /** whether quotes were used */ quoted: boolean }
  | { kind: 'operator', text: Operator, at: number }

export type Operator = ';' | '&&' | '&' | '|' | '>' | '>>'

const OPERATORS: readonly Operator[] = ['&&', '>>', ';', '&', '|', '>']

/**
 * Splits a line: at blanks; `"…"` and `'…'` group; backslash is an ordinary character; `""` inside double quotes is a quote; `#` at the
 * start of a word begins a comment.
 * @param lenient take a quote that is not closed as closed by the end of the line: a line that is still being typed
 * @throws CbcError usage: a quote that is not closed
 */
export function tokenize(line: string, lenient = false): Token[] {
  const tokens: Token[] = []
  let word: { text: string, at: number, quoted: boolean } | undefined
  const push = () => {
    if (word !== undefined) tokens.push({ kind: 'word', ...word })
    word = undefined
  }
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (/\s/.test(character)) {
      push()
      continue
    }
    if (word === undefined && character === '#') break
    const operator = OPERATORS.find(text => line.startsWith(text, at))
    if (operator !== undefined) {
      push()
      tokens.push({ kind: 'operator', text: operator, at })
      at += operator.length - 1
      continue
    }
    word ??= { text: '', at, quoted: false }
    if (character !== '"' && character !== '\'') {
      word.text += character
      continue
    }
    const { text, end } = quotedText(line, at, lenient)
    word.text += text
    word.quoted = true
    at = end
  }
  push()
  return tokens
}

/** The text between the quote at `from` and its partner, whose place is `end`. */
function quotedText(line: string, from: number, lenient: boolean): { text: string, end: number } {
  const quote = line.charAt(from)
  let text = ''
  for (let at = from + 1; at < line.length; at++) {
    const character = line.charAt(at)
    if (character !== quote) text += character
    else if (quote === '"' && line.charAt(at + 1) === '"') {
      text += '"'
      at += 1
    } else return { text, end: at }
  }
  if (lenient) return { text, end: line.length }
  throw usage(`the quote ${quote} at column ${from + 1} is not closed`, 'close it, or quote it with the other kind')
}

/** The words of a line that holds no operators; an operator is taken as the text that it is. */
export function words(line: string): string[] {
  return tokenize(line).map(token => token.text)
}

/** A word so that `tokenize` reads it back as it is. */
export function quoteWord(text: string): string {
  if (text !== '' && !/[\s"';&|>#]/.test(text)) return text
  if (!text.includes('"')) return `"${text}"`
  return text.includes('\'') ? `"${text.replaceAll('"', '""')}"` : `'${text}'`
}
