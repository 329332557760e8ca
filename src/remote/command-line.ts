import { cmdWord, posixWord, windowsWord } from '../core/quote.ts'

/** Extensions of what Windows starts as a program. */
const PROGRAM = /\.(?:exe|com|scr|pif|bat|cmd)(?=\s|$)/i

/** A word that is an operator of the endpoint's shell and means it: `|`, `&&`, `2>&1`, `>>file`. */
const OPERATOR = /^(?:&&?|\|\|?|;|\d?>&\d|\d?(?:>>?|<)[^&|<>]*)$/

/**
 * Words as one command line that the usual parsers of Windows and POSIX split into the same words; one word is taken as a whole line. What
 * is for cmd.exe, after
 * its /c and in the arguments of a batch file, is written as cmd.exe reads it.
 */
export function commandLine(words: readonly string[], windows: boolean): string {
  if (words.length < 2) return windows ? withQuotedProgram(words[0] ?? '') : (words[0] ?? '')
  if (!windows) return words.map(posixWord).join(' ')
  const [program = '', ...rest] = words
  const at = /(?:^|[\\/])cmd(?:\.exe)?$/i.test(program) ? rest.findIndex(word => /^\/[ckr]/i.test(word)) : -1
  if (at >= 0) {
    const before = rest.slice(0, at)
    const [start = '', ...more] = rest.slice(at)
    // `/c` and its line may be one word.
    const tail = start.length > 2 ? [start.slice(2).trimStart(), ...more] : more
    return [program, ...before]
      .map(windowsWord)
      .concat(start.slice(0, 2), tail.length === 0 ? [] : cmdTail(tail, before))
      .join(' ')
  }
  return [windowsWord(program), ...rest.map(/\.(?:bat|cmd)$/i.test(program) ? cmdArgument : windowsWord)].join(' ')
}

/** A line for the endpoint's own shell. */
export function shellLine(words: readonly string[], windows: boolean): string {
  return windows ? `cmd.exe /c ${cmdTail(words, [])}` : `/bin/sh -c ${posixWord(lineOf(words, /[\s;&|<>()`"'\\]|\$\(|^$/, posixWord))}`
}

/** The program that a command line starts, as far as that can be told: without quotes a blank may end its name or be in it. */
export function programOf(line: string, windows: boolean): string {
  const text = line.trimStart()
  // A shell that was logged in to has a dash before its name, and a server's process its title after a colon.
  if (!windows) return (/^\S+/.exec(text)?.[0] ?? '').replace(/^-/, '').replace(/:$/, '')
  if (text.startsWith('"')) return text.slice(1).split('"', 1)[0] ?? ''
  const end = PROGRAM.exec(text)
  return end === null ? (/^\S*/.exec(text)?.[0] ?? '') : text.slice(0, end.index + end[0].length)
}

/**
 * A line with the path of its program in quotes, where there is a blank in that: without them Windows tries `C:\Program.exe` first. Only
 * what can be
 * nothing else is taken for one.
 */
function withQuotedProgram(line: string): string {
  const program = programOf(line, true)
  const isPath =
    /^(?:[A-Za-z]:|\\)\\[^"]*$/.test(program) && program.includes(' ') && PROGRAM.test(program) && !/ (?:[-/"]|[A-Za-z]:)/.test(program)
  return isPath && line.startsWith(program) ? `"${program}"${line.slice(program.length)}` : line
}

/**
 * What stands after cmd.exe's /c: operators stay what they are, and so does a single word, which is a whole line. cmd.exe takes the first
 * and the last
 * quote away where the line begins with one: such a line gets a pair for that, unless it has one already, or /s says that it has.
 */
function cmdTail(words: readonly string[], switches: readonly string[]): string {
  const line = words.length === 1 ? withQuotedProgram(words[0] ?? '') : lineOf(words, /[\s&|<>^]|^$/, cmdArgument)
  return /^\s*"(?!")/.test(line) && !switches.some(one => /^\/s$/i.test(one)) ? `"${line}"` : line
}

/** Words for a shell: what would make more than one of a word is quoted, but not what is an operator as a whole. */
function lineOf(words: readonly string[], live: RegExp, quote: (word: string) => string): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(word => (live.test(word) && !OPERATOR.test(word) ? quote(word) : word)).join(' ')
}

/** A word with quotes of its own is as it was typed: cmd.exe has no way to write one. */
function cmdArgument(word: string): string {
  return word.includes('"') ? word : cmdWord(word)
}
