import { trimEnd } from './trim.ts'

/** Which part of a line, at its end, is searched for a blank where words may be broken: a line should not be left half empty. */
const BREAKABLE = 1 / 3

/** The longest beginning of a text that fits into a line; never empty. */
export type Fit = (text: string) => string

/**
 * Breaks a text into lines, of which each ends behind a blank; nothing is left out.
 * @param inWords a word that is too long for a line is broken too; otherwise it gets a line of its own
 */
export function breakLines(text: string, fit: Fit, inWords: boolean): string[] {
  const lines: string[] = []
  for (let rest = text; ;) {
    const most = fit(rest)
    if (most === rest) return [...lines, rest]
    const line = inWords ? lineWithin(rest, most, fit) : lineOfWords(rest, most)
    lines.push(line)
    rest = rest.slice(line.length)
    if (rest === '') return lines
  }
}

function lineOfWords(rest: string, most: string): string {
  const blank = most.lastIndexOf(' ') + 1
  const end = blank > 0 ? blank : rest.indexOf(' ') + 1
  return end === 0 ? rest : rest.slice(0, end)
}

/** Breaks after a blank, unless the word behind it is too long for a line and the blank is not near the end. */
function lineWithin(rest: string, most: string, fit: Fit): string {
  const blank = most.lastIndexOf(' ') + 1
  const word = fit(rest.slice(blank))
  const isWhole = word.includes(' ') || blank + word.length >= rest.length || rest.charAt(blank + word.length) === ' '
  return blank > 0 && (blank > most.length * (1 - BREAKABLE) || isWhole) ? most.slice(0, blank) : most
}

/** Wraps text to lines of at most `width` characters, broken between words. A longer word gets a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(1, width)
  // The blank behind the last word of a line needs no room.
  const fit: Fit = rest => rest.slice(0, rest.charAt(most) === ' ' ? most + 1 : most)
  return breakLines(text, fit, false).map(line => trimEnd(line, ' '))
}

/** The greatest width of the column of terms, characters; a longer term gets a line of its own. */
const MAX_TERM_WIDTH = 28
const INDENT = 2
const GAP = 2

/** Lays out terms in a column, with their meanings wrapped beside them. */
export function definitions(rows: readonly (readonly [term: string, meaning: string])[], width: number): string[] {
  const column = rows.reduce((widest, [term]) => (term.length > MAX_TERM_WIDTH ? widest : Math.max(widest, term.length)), 0)
  const start = INDENT + column + GAP
  return rows.flatMap(([term, meaning]) => {
    const [first = '', ...more] = wrapped(meaning, Math.max(20, width - start)).map(line => line.padStart(line.length + start))
    const beside =
      term.length > column
        ? [' '.repeat(INDENT) + term, first]
        : [`${' '.repeat(INDENT)}${term.padEnd(column)}${first.slice(INDENT + column)}`]
    return [...beside, ...more]
  })
}
