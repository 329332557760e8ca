/** Wraps text to lines of at most `width` characters, broken between words. A longer word gets a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
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
