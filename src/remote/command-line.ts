/** Words as one command line that Windows' and POSIX' usual parsers split into the same words; one word is taken as a whole line. */
export function commandLine(words: string[], windows: boolean): string {
  if (words.length === 1) return words[0] ?? ''
  return words.map(word => quote(word, windows)).join(' ')
}

/** The program that a command line starts, as far as that can be told: without quotes a blank may end its name or be in it. */
export function programOf(line: string, windows: boolean): string {
  const text = line.trimStart()
  // A shell that was logged in to has a dash before its name, and a server's process its title after a colon.
  if (!windows) return (/^\S+/.exec(text)?.[0] ?? '').replace(/^-/, '').replace(/:$/, '')
  if (text.startsWith('"')) return text.slice(1).split('"', 1)[0] ?? ''
  return /^(.+?\.(?:exe|com|scr|pif|bat|cmd))(?=\s|$)/i.exec(text)?.[1] ?? /^\S*/.exec(text)?.[0] ?? ''
}

/** A word as the usual parser of the system reads it back. */
export function quote(word: string, windows: boolean): string {
  if (windows) {
    if (word !== '' && !/[\s"]/.test(word)) return word
    return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
  }
  if (word !== '' && /^[\w@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll('\'', '\'\\\'\'')}'`
}

/**
 * A line for the endpoint's own shell. Operators stay what they are; of several words, one that holds a blank stays one word.
 * cmd.exe takes the first and the last quote away where the line begins with one: such a line gets a pair for that.
 */
export function shellLine(words: string[], windows: boolean): string {
  const line = words.length === 1 ? words[0] ?? '' : words.map(word => (word === '' || /\s/.test(word) ? quote(word, windows) : word)).join(' ')
  if (!windows) return commandLine(['/bin/sh', '-c', line], false)
  return `cmd.exe /c ${/^\s*"/.test(line) ? `"${line}"` : line}`
}
