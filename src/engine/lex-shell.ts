/** What a line of a shell contains up to the cursor. */
export interface Lexed {
  /** The words before the one that is being typed, the command's name first, as the program would receive them. */
  words: string[]
  /** The word that is being typed, in the same form; empty after a blank. */
  typed: string
  /** The same word as it is written in the line. */
  raw: string
  /** The quote that is still open in it. */
  quote: '' | '"' | "'"
  /** The position of that quote in `raw`. */
  quotedFrom: number
  /** It contains a quote that was closed. */
  closed: boolean
  /** The position in `raw` after the last unquoted, unescaped character that splits words for completion. */
  breaksAt: number
  /** It is the target of a redirection. */
  redirected: boolean
}

/** How a shell quotes. */
export interface Quoting {
  /** What a backslash escapes between single quotes. */
  single: string
  /** What a backslash escapes between double quotes. */
  double: string
  /** Characters that split words for completion only. */
  breaks: string
}

/** sh, bash, zsh and similar shells. */
export const POSIX: Quoting = { single: '', double: '"$`\\', breaks: '' }
export const FISH: Quoting = { single: "'\\", double: '"$\\', breaks: '' }

/** Splits a line that is still being typed as its shell would. Nothing is expanded: `$HOME` stays as it is. */
export function lex(line: string, { single, double, breaks }: Quoting): Lexed {
  const words: string[] = []
  const fresh = (redirected: boolean) => ({
    text: '',
    from: -1,
    quote: '' as Lexed['quote'],
    quotedFrom: 0,
    closed: false,
    breaksAt: 0,
    redirected,
  })
  let word = fresh(false)
  const start = (at: number) => {
    if (word.from < 0) word.from = at
  }
  const end = (redirects: boolean) => {
    if (word.from >= 0 && !word.redirected) words.push(word.text)
    // The target is the next word: `> file`.
    word = fresh(redirects || (word.redirected && word.from < 0))
  }
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    const next = line.charAt(at + 1)
    if (word.quote !== '') {
      if (character === word.quote) Object.assign(word, { quote: '', closed: true })
      else if (character === '\\' && next !== '' && (word.quote === '"' ? double : single).includes(next)) {
        word.text += next
        at += 1
      } else word.text += character
      continue
    }
    if (/[ \t\n]/.test(character)) {
      end(false)
    } else if (character === '\\') {
      start(at)
      word.text += next
      at += 1
    } else if (character === '"' || character === "'") {
      start(at)
      Object.assign(word, { quote: character, quotedFrom: at - word.from })
    } else if (character === '<' || character === '>') {
      // `2>file`: the number belongs to the redirection.
      if (/^\d+$/.test(word.text)) word = fresh(true)
      end(true)
    } else {
      start(at)
      word.text += character
      // Readline treats @ as the beginning of a host name.
      if (breaks.includes(character)) word.breaksAt = at - word.from + (character === '@' ? 0 : 1)
    }
  }
  const { text, from, quote, quotedFrom, closed, breaksAt, redirected } = word
  return { words, typed: text, raw: from < 0 ? '' : line.slice(from), quote, quotedFrom, closed, breaksAt, redirected }
}
