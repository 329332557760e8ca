import { MAX_HELP_WIDTH } from '../engine/help/width.ts'
import type { HelpTexts } from './help-texts.ts'

declare const __CBC_HELP__: string

/** What the build inserted, as JSON, which is read faster than a program; the sources themselves have none. */
const PREPARED: HelpTexts = typeof __CBC_HELP__ === 'string' ? (JSON.parse(__CBC_HELP__) as HelpTexts) : { texts: [], places: {} }

/**
 * Returns the help that a command line asks for, without reading any definition: that takes longer than all the rest.
 * @param words what was typed after `cbc`
 * @param output where it is shown
 * @returns undefined where it was not laid out in advance: words that name nothing, further options, a terminal that is narrower
 */
export function preparedHelp(
  words: readonly string[],
  { isTTY, columns }: { isTTY?: boolean; columns?: number },
  { texts, places } = PREPARED,
): string | undefined {
  if (isTTY === true && !((columns ?? 0) >= MAX_HELP_WIDTH)) return undefined
  const path = words[0] === 'help' ? words.slice(1) : ['--help', '-h'].includes(words.at(-1) ?? '') ? words.slice(0, -1) : undefined
  const place = JSON.stringify(path) ?? ''
  return Object.hasOwn(places, place) ? texts[places[place] ?? NaN] : undefined
}
