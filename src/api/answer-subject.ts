import { trimEnds } from '../core/text/trim.ts'
import type { Command, CommandRequest } from './live-response-types.ts'

/**
 * Whether a command answers a request: its name, what it acts on (`object`), and the ids and paths that only some commands have must match.
 * A missing field can't differ.
 */
export function isAnswerTo(request: CommandRequest, command: Command): boolean {
  const { input } = command
  const asked: Record<string, unknown> = { ...request }
  const [name, target] = [nameOf(command), asked['path'] ?? asked['pid']]
  const form = request.name.startsWith('reg ') ? keyForm : pathForm
  return (
    (name === '' || name === request.name) &&
    ['object', 'path', 'pid'].every(field => alike(input?.[field], target, form)) &&
    ['output_file', 'file_id'].every(field => alike(input?.[field], asked[field], pathForm))
  )
}

/** Returns a command's name in lower case; empty where it has none. */
export function nameOf({ name, input }: Command): string {
  return String(name || (input?.['name'] ?? '')).toLowerCase()
}

/** The most that a service adds to a text that it repeats, characters. */
const MAX_ADDED_CHARS = 100

/** Compares what a server repeats, which may be in another form; an empty value matches. */
function alike(said: unknown, asked: unknown, form: (text: string) => string): boolean {
  if (said == null || said === '' || asked == null) return true
  const [given, wanted] = [String(said), String(asked)]
  return given.length <= wanted.length + MAX_ADDED_CHARS && form(given) === form(wanted)
}

/** A path without regard to case, kind of slashes, and quotes. */
function pathForm(text: string): string {
  return trimEnds(
    text
      .toLowerCase()
      .replace(/[\\/]+/g, '/')
      .replace(/["\s]+/g, ' '),
    ' /',
  )
}

/** The same for a registry key, whose hive has a short and a long name. */
function keyForm(text: string): string {
  return pathForm(text).replace(/^[^/]*/, '')
}
