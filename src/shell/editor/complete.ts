import { type Buffer, replaceBefore } from './buffer.ts'
import type { Completion } from './types.ts'

/**
 * What a completion makes of the line: the one candidate, or what all candidates start with; where that adds nothing, the
 * candidates are to be listed.
 */
export function applyCompletion(buffer: Buffer, { from, candidates }: Completion): { buffer: Buffer; listed?: string[] } {
  const [first] = candidates
  const start = Math.max(0, Math.min(from, buffer.cursor))
  if (!first) return { buffer }
  if (candidates.length === 1) return { buffer: replaceBefore(buffer, start, wholeWord(buffer, first.text, first.final)) }
  const typed = buffer.text.slice(start, buffer.cursor)
  const common = commonPrefix(
    candidates.map(({ text }) => text),
    typed,
  )
  if (common.length > typed.length || (common.length === typed.length && common !== typed))
    return { buffer: replaceBefore(buffer, start, common) }
  return { buffer, listed: candidates.map(({ text, label }) => label ?? text) }
}

/** A final word is followed by a blank, unless there is one. */
function wholeWord({ text, cursor }: Buffer, word: string, final: boolean): string {
  return final && text.charAt(cursor) !== ' ' ? `${word} ` : word
}

/**
 * The start that all texts share. Where what was typed isn't the start of them all, whoever found them doesn't look at case: nor is it
 * looked at here, and the first spelling is taken.
 */
function commonPrefix(texts: readonly string[], typed: string): string {
  const fold = texts.every(text => text.startsWith(typed)) ? (text: string) => text : (text: string) => text.toLowerCase()
  let common = [...(texts[0] ?? '')]
  for (const text of texts) {
    let shared = 0
    for (const letter of text) {
      if (fold(letter) !== fold(common[shared] ?? '')) break
      shared += 1
    }
    if (shared < common.length) common = common.slice(0, shared)
  }
  return common.join('')
}
