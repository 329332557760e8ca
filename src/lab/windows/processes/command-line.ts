/** How Windows splits a command line. */

/**
 * Returns the program's possible names in the order in which CreateProcess tries them, each with the rest of the line: without quotes every
 * blank may end the name.
 */
export function programCandidates(line: string): { program: string; tail: string }[] {
  const text = line.trimStart()
  if (text.startsWith('"')) {
    const end = text.indexOf('"', 1)
    return end < 0 ? [{ program: text.slice(1), tail: '' }] : [{ program: text.slice(1, end), tail: text.slice(end + 1) }]
  }
  const blanks = [...text.matchAll(/[ \t]+/g)].map(match => match.index)
  const candidates = blanks.map(at => ({ program: text.slice(0, at), tail: text.slice(at) }))
  return [...candidates, { program: text.trimEnd(), tail: '' }].filter(({ program }) => program !== '')
}

/** Splits arguments as the C runtime does: blanks, quotes, `\"`, and `""` within quotes. */
export function splitArguments(tail: string): string[] {
  const args: string[] = []
  let current: string | undefined
  let quoted = false
  for (let at = 0; at < tail.length; at++) {
    const char = tail[at] ?? ''
    if (char === '\\') {
      const run = /^\\+/.exec(tail.slice(at))?.[0].length ?? 1
      const beforeQuote = tail[at + run] === '"'
      current = (current ?? '') + '\\'.repeat(beforeQuote ? run >> 1 : run)
      at += run - 1
      if (beforeQuote && run % 2 === 1) {
        current += '"'
        at += 1
      }
    } else if (char === '"') {
      current ??= ''
      if (quoted && tail[at + 1] === '"') {
        current += '"'
        at += 1
      } else {
        quoted = !quoted
      }
    } else if (/[ \t]/.test(char) && !quoted) {
      if (current !== undefined) args.push(current)
      current = undefined
    } else {
      current = (current ?? '') + char
    }
  }
  if (current !== undefined) args.push(current)
  return args
}
