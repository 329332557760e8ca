import { trimEnd } from './text/trim.ts'

/** How words are written for those who take lines of text apart: one place for each, so that no name is ever a command. */

/** A word that no shell reads anything into. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** The languages of the shells that people have. */
export type ShellLanguage = 'posix' | 'fish' | 'cmd' | 'other'

/** A word for sh, bash, zsh and their kin. */
export function posixWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A word for fish, which knows two escapes between single quotes. */
export function fishWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replace(/[\\']/g, '\\$&')}'`
}

/**
 * A word for a program on Windows that takes its command line apart as the C runtime does (CommandLineToArgvW). cmd.exe reads it otherwise:
 * `cmdWord`.
 */
export function windowsWord(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text
  // Backslashes mean themselves, but before a quote.
  const doubled = (part: string) => part + '\\'.repeat(part.length - trimEnd(part, '\\').length)
  return `"${text.split('"').map(doubled).join('\\"')}"`
}

/** A word for cmd.exe: between quotes all of its operators are letters. %NAME% it expands there too, and for a quote it has no way. */
export function cmdWord(text: string): string {
  return /^[\w\\/:.@%+~$#-]+$/.test(text) ? text : `"${text}"`
}

/** A word for a shell of this machine; undefined where that has no way to write it, or it isn't known how. */
export function shellWord(text: string, language: ShellLanguage): string | undefined {
  switch (language) {
    case 'posix':
      return posixWord(text)
    case 'fish':
      return fishWord(text)
    case 'cmd':
      return /["%\r\n]/.test(text) ? undefined : cmdWord(text)
    case 'other':
      return PLAIN.test(text) ? text : undefined
  }
}
