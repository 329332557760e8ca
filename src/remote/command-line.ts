/** Words as one command line that Windows' and POSIX' usual parsers split into the same words; one word is taken as a whole line. */
export function commandLine(words: string[], windows: boolean): string {
  if (words.length === 1) return words[0] ?? ''
  return words.map(word => quote(word, windows)).join(' ')
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
