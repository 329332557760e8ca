import { trimEnds } from '../core/text/trim.ts'
import type { Command, CommandRequest } from './live-response-types.ts'

/**
 * Whether a command says of itself what a request asked for: its name, what it acts on (`object`), and the ids and places that only some
 * have. What it doesn't say can't differ.
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

/** A command's name in lower case; empty where it doesn't say. */
export function nameOf({ name, input }: Command): string {
  return String(name || (input?.['name'] ?? '')).toLowerCase()
}

/** More than a service adds to what it repeats, characters. */
const MAX_ADDED_CHARS = 100

/** Servers repeat a path in a form of their own; what is empty says nothing. */
function alike(said: unknown, asked: unknown, form: (text: string) => string): boolean {
  if (said == null || said === '' || asked == null) return true
  const [given, wanted] = [String(said), String(asked)]
  return given.length <= wanted.length + MAX_ADDED_CHARS && form(given) === form(wanted)
}

/** Without case, the kind of slashes, and quotes. */
function pathForm(text: string): string {
  return trimEnds(
    text
      .toLowerCase()
      .replace(/[\\/]+/g, '/')
      .replace(/["\s]+/g, ' '),
    ' /',
  )
}

/** The same, of a registry key: its hive has a short name and a long one. */
function keyForm(text: string): string {
  return pathForm(text).replace(/^[^/]*/, '')
}
