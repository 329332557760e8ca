import type { CbcError } from '../core/errors.ts'
import type { Output } from '../core/ports.ts'
import { escapeJson } from '../core/text/escape-json.ts'
import { message } from './message.ts'

/** How many faults of a file are shown; JSON has all of them. */
const MAX_SHOWN_FAULTS = 20

/** Where an error is shown. */
type Place = Pick<Output, 'color' | 'isTerminal' | 'columns' | 'inShell'>

const PROGRAM = 'cbc:'

/** Returns an error as text: `cbc: what: why`, the faults of a file line by line, and `hint: …` if there is something to do. */
export async function errorLines(error: CbcError, place: Place): Promise<string> {
  const { hint } = error.facts
  const lines =
    message(`${PROGRAM} ${error.message}`, place) + faultLines(error, place) + (hint === undefined ? '' : message(`hint: ${hint}`, place))
  // Colours are loaded only where there are any: most errors of scripts have none.
  return place.color ? (await import('./theme.ts')).theme(true).bad(PROGRAM) + lines.slice(PROGRAM.length) : lines
}

/** Returns the faults of a file as lines. A single fault is in the message already. */
function faultLines({ facts: { errors = [] } }: CbcError, place: Place): string {
  if (errors.length < 2) return ''
  const lines = errors
    .slice(0, MAX_SHOWN_FAULTS)
    .map(fault => message(`  line ${fault.line}${fault.column === undefined ? '' : `:${fault.column}`}: ${fault.message}`, place))
  return `${lines.join('')}${errors.length > MAX_SHOWN_FAULTS ? `  and ${errors.length - MAX_SHOWN_FAULTS} more: --json shows all\n` : ''}`
}

/** Returns the object that section 2 of the contract shows as `error`. */
export function errorJson(error: CbcError): Record<string, unknown> {
  const { hint = null, http_status, result_code, device_id, errors, notices } = error.facts
  const facts = Object.entries({ http_status, result_code, device_id, errors, notices }).filter(([, fact]) => fact !== undefined)
  return { code: error.code, message: error.message, hint, ...Object.fromEntries(facts) }
}

/** Returns the line that replaces the text on stderr if JSON was asked for. */
export function errorDocument(error: CbcError): string {
  return `${escapeJson(JSON.stringify({ error: errorJson(error) }))}\n`
}
