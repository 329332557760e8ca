/** The words after a built-in command: switches in lower case without their slash, and the others without quotes. */
export interface Words {
  switches: string[]
  words: string[]
}

/** Splits words at blanks, commas, semicolons and `=`; a slash outside quotes begins a switch, even within a word (`dir/b/s`). */
export function parseWords(tail: string): Words {
  const switches: string[] = []
  const words: string[] = []
  for (const [token] of tail.matchAll(/\/[^\s/,;="]*|(?:"[^"]*"?|[^\s/,;="])+/g)) {
    if (token.startsWith('/')) switches.push(token.slice(1).toLowerCase())
    else words.push(token.replaceAll('"', ''))
  }
  return { switches, words }
}

/** Whether a switch is given; `s:…` counts as `s` too. */
export function has(words: Words, letter: string): boolean {
  return words.switches.some(one => one === letter || one.startsWith(`${letter}:`))
}
