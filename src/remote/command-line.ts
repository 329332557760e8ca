import { cmdWord, posixWord, windowsWord } from '../core/quote.ts'

/** The extensions of files that Windows starts as programs. */
const PROGRAM = /\.(?:exe|com|scr|pif|bat|cmd)(?=\s|$)/i

/** A word that is an operator of the endpoint's shell: `|`, `&&`, `2>&1`, `>>file`. */
const OPERATOR = /^(?:&&?|\|\|?|;|\d?>&\d|\d?(?:>>?|<)[^&|<>]*)$/

/**
 * Joins words into a command line that the usual parsers of Windows and POSIX split into the same words. A single word is a whole line
 * already. Text for cmd.exe, after its /c or in the arguments of a batch file, is quoted for cmd.exe.
 */
export function commandLine(words: readonly string[], windows: boolean): string {
  if (words.length < 2) return windows ? withQuotedProgram(words[0] ?? '') : (words[0] ?? '')
  if (!windows) return words.map(posixWord).join(' ')
  const [program = '', ...rest] = words
  const at = /(?:^|[\\/])cmd(?:\.exe)?$/i.test(program) ? rest.findIndex(word => /^\/[ckr]/i.test(word)) : -1
  if (at >= 0) {
    const before = rest.slice(0, at)
    const [start = '', ...more] = rest.slice(at)
    // `/c` and its command may be one word.
    const tail = start.length > 2 ? [start.slice(2).trimStart(), ...more] : more
    return [program, ...before]
      .map(windowsWord)
      .concat(start.slice(0, 2), tail.length === 0 ? [] : cmdTail(tail, before))
      .join(' ')
  }
  return [windowsWord(program), ...rest.map(/\.(?:bat|cmd)$/i.test(program) ? cmdArgument : windowsWord)].join(' ')
}

/** Joins words into a command line for the endpoint's own shell. */
export function shellLine(words: readonly string[], windows: boolean): string {
  return windows ? `cmd.exe /c ${cmdTail(words, [])}` : `/bin/sh -c ${posixWord(lineOf(words, /[\s;&|<>()`"'\\]|\$\(|^$/, posixWord))}`
}

/**
 * Returns the program that a command line starts. This is a guess when its path isn't quoted, because a blank may end it or be part of it.
 */
export function programOf(line: string, windows: boolean): string {
  const text = line.trimStart()
  // A login shell has a dash before its name, and a server process may have a title after a colon.
  if (!windows) return (/^\S+/.exec(text)?.[0] ?? '').replace(/^-/, '').replace(/:$/, '')
  if (text.startsWith('"')) return text.slice(1).split('"', 1)[0] ?? ''
  const end = PROGRAM.exec(text)
  return end === null ? (/^\S*/.exec(text)?.[0] ?? '') : text.slice(0, end.index + end[0].length)
}

/**
 * Quotes the path of the program in a line if it contains a blank: without quotes Windows tries `C:\Program.exe` first. Only what is
 * certainly a path is quoted.
 */
function withQuotedProgram(line: string): string {
  const program = programOf(line, true)
  const isPath =
    /^(?:[A-Za-z]:|\\)\\[^"]*$/.test(program) && program.includes(' ') && PROGRAM.test(program) && !/ (?:[-/"]|[A-Za-z]:)/.test(program)
  return isPath && line.startsWith(program) ? `"${program}"${line.slice(program.length)}` : line
}

/**
 * Joins the words after cmd.exe's /c. Operators stay as they are, and so does a single word, which is a whole line. cmd.exe removes the
 * first and the last quote of a line that begins with one: such a line gets an extra pair, unless it has one already, or /s says that it
 * has.
 */
function cmdTail(words: readonly string[], switches: readonly string[]): string {
  const line = words.length === 1 ? withQuotedProgram(words[0] ?? '') : lineOf(words, /[\s&|<>^]|^$/, cmdArgument)
  return /^\s*"(?!")/.test(line) && !switches.some(one => /^\/s$/i.test(one)) ? `"${line}"` : line
}

/** Joins words for a shell: a word that the shell would split or interpret is quoted, unless the whole word is an operator. */
function lineOf(words: readonly string[], live: RegExp, quote: (word: string) => string): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(word => (live.test(word) && !OPERATOR.test(word) ? quote(word) : word)).join(' ')
}

/** Leaves a word that contains quotes as it was typed, because cmd.exe has no way to escape them. */
function cmdArgument(word: string): string {
  return word.includes('"') ? word : cmdWord(word)
}
