import { usage } from '../core/errors.ts'

/** A word of a line, or an operator between words: section 5 of the contract. */
export type Token =
  | { kind: 'word'; text: string; /** where it starts in the line */ at: number; /** whether quotes were used */ quoted: boolean }
  | { kind: 'operator'; text: Operator; at: number }

export type Operator = ';' | '&&' | '&' | '|' | '>' | '>>'

const OPERATORS: readonly Operator[] = ['&&', '>>', ';', '&', '|', '>']

/**
 * Splits a line at blanks: `"…"` and `'…'` group; backslash is an ordinary character; `""` inside double quotes is a quote; `#` at the
 * start of a word begins a comment.
 * @param lenient treat an open quote as closed by the end of the line, for a line that is still being typed
 * @throws CbcError usage: a quote is not closed
 */
export function tokenize(line: string, lenient = false): Token[] {
  return [...scan(line, 0, lenient)]
}

/** Yields the tokens one by one from a position on, because the rest of the line may be in another language. */
export function* scan(line: string, from = 0, lenient = false): Generator<Token, void> {
  for (let at = from; at < line.length;) {
    if (/\s/.test(line.charAt(at))) {
      at += 1
      continue
    }
    if (line.charAt(at) === '#') return
    const operator = operatorAt(line, at)
    if (operator !== undefined) {
      yield { kind: 'operator', text: operator, at }
      at += operator.length
      continue
    }
    const { token, end } = wordAt(line, at, lenient)
    yield token
    at = end
  }
}

/** Returns the operator at a position of a line. */
export function operatorAt(line: string, at: number): Operator | undefined {
  return OPERATORS.find(text => line.startsWith(text, at))
}

function wordAt(line: string, from: number, lenient: boolean): { token: Token; end: number } {
  let text = ''
  let quoted = false
  let at = from
  for (; at < line.length && !/\s/.test(line.charAt(at)) && operatorAt(line, at) === undefined; at++) {
    const character = line.charAt(at)
    if (character !== '"' && character !== "'") {
      text += character
      continue
    }
    const inside = quotedText(line, at, lenient)
    text += inside.text
    quoted = true
    at = inside.end
  }
  return { token: { kind: 'word', text, at: from, quoted }, end: at }
}

/** Returns the text between the quote at `from` and the closing one, whose position is `end`. */
function quotedText(line: string, from: number, lenient: boolean): { text: string; end: number } {
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

/** Returns the words of a line without operators; an operator becomes a word. */
export function words(line: string): string[] {
  return tokenize(line).map(token => token.text)
}

/** Quotes a word so that `tokenize` reads it back unchanged. */
export function quoteWord(text: string): string {
  if (text !== '' && !/[\s"';&|>#]|^!/.test(text)) return text
  if (!text.includes('"')) return `"${text}"`
  return text.includes("'") ? `"${text.replaceAll('"', '""')}"` : `'${text}'`
}
