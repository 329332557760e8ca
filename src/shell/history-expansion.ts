import { usage } from '../core/errors.ts'
import { quoteWord, scan } from '../engine/tokenize.ts'
import { localCommandAt } from './local-command.ts'

/** The last word of a line, as it can be typed again; undefined: it has none. */
export function lastWordOf(line: string): string | undefined {
  const last = [...scan(line, 0, true)].findLast(({ kind }) => kind === 'word')
  return last === undefined ? undefined : quoteWord(last.text)
}

/**
 * A line with the one before it in the place of `!!`, and its last word in that of `!$`. Both are words of their own: what begins with `!`
 * otherwise is a command
 * of this machine, in which nothing is put in.
 * @param before lines of before, the newest last
 * @throws CbcError usage: there is none
 */
export function expandHistory(line: string, before: readonly string[]): string {
  let expanded = ''
  let copied = 0
  for (const token of scan(line, 0, true)) {
    if (
      token.kind !== 'word' ||
      token.quoted ||
      (token.text !== '!!' && token.text !== '!$') ||
      localCommandAt(line.slice(0, token.at)) !== undefined
    )
      continue
    const last = before.at(-1)
    const text = last === undefined || token.text === '!!' ? last : lastWordOf(last)
    if (text === undefined) throw usage(`${token.text}: there is no line before this one`)
    expanded += line.slice(copied, token.at) + text
    copied = token.at + token.text.length
  }
  return expanded + line.slice(copied)
}
