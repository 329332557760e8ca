import { trimEnd } from './text/trim.ts'

/** Quotes words for whatever parses the line: one place for each language, so that a name never becomes a command. */

/** A word that no shell interprets. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** The syntaxes of the shells that users have. */
export type ShellLanguage = 'posix' | 'fish' | 'cmd' | 'other'

/** Quotes a word for sh, bash, zsh and similar shells. */
export function posixWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Quotes a word for fish, which has two escapes between single quotes. */
export function fishWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replace(/[\\']/g, '\\$&')}'`
}

/**
 * Quotes a word for a Windows program that parses its command line as the C runtime does (CommandLineToArgvW). cmd.exe parses it
 * differently: see `cmdWord`.
 */
export function windowsWord(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text
  // Backslashes are literal, except before a quote.
  const doubled = (part: string) => part + '\\'.repeat(part.length - trimEnd(part, '\\').length)
  return `"${text.split('"').map(doubled).join('\\"')}"`
}

/**
 * Quotes a word for cmd.exe, where all operators are literal between quotes. It still expands %NAME% there, and it has no escape for a
 * quote.
 */
export function cmdWord(text: string): string {
  return /^[\w\\/:.@%+~$#-]+$/.test(text) ? text : `"${text}"`
}

/** Quotes a word for a local shell; undefined where that shell can't express it, or its syntax is unknown. */
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
