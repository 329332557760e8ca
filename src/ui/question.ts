import { firstOf } from '../core/lists.ts'
import type { Question } from '../core/question.ts'
import { shortened } from '../core/text/shorten.ts'
import { escapeLine } from './escape.ts'

/** How many lines about the subject of a question are shown. */
const MAX_SHOWN_LINES = 50

/**
 * Formats a question for a person.
 * @returns `above`, whole lines about its subject, and the question itself: `Delete 2 on WIN-FIN-01?`
 */
export function questionLines({ what, to = [], most = MAX_SHOWN_LINES, shown: before = false }: Question): {
  above: string
  asked: string
} {
  return {
    above: (before ? [] : firstOf(to, most)).map(line => `  ${shown(line)}\n`).join(''),
    asked: `${shown(what.charAt(0).toUpperCase() + what.slice(1))}?`,
  }
}

/** Escapes and shortens a name: one that fills the screen would hide all others. */
function shown(text: string): string {
  return escapeLine(shortened(text))
}
