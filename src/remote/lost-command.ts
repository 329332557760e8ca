import type { Command, CommandRequest, LiveResponse } from '../api/live-response.ts'
import type { Clock } from '../core/ports.ts'

/** Milliseconds for which a command whose answer was lost is looked for: its request may still be on its way. */
const SETTLING = 2000
/** Milliseconds between two looks. */
const LOOK = 250

/** What was known of a session before a command was issued in it. */
export interface Before {
  /** The commands that are known have smaller ids than this. */
  next: number
  /** Ids of commands that were answered, here. */
  ids: ReadonlySet<number>
}

/**
 * What became of a command whose answer was lost:
 * - `found`: it is there
 * - `absent`: the session has no command that could be it
 * - `unclear`: there are some that could be, and not one that must be
 */
export type Fate = { kind: 'found', command: Command } | { kind: 'absent' } | { kind: 'unclear' }

/**
 * Finds out whether the service has taken a command although its answer was lost ("Get Commands List"): looks until it is there, or long enough that what
 * was on its way has arrived.
 * @throws CbcError the list can't be had: nothing is known then
 */
export async function fateOf(request: CommandRequest, sessionId: string, before: Before, { api, clock, signal }: { api: LiveResponse, clock: Clock, signal: AbortSignal }): Promise<Fate> {
  for (const until = clock.monotonic() + SETTLING; ;) {
    const fate = judge(request, await api.listCommands(sessionId, { signal }), before)
    if (fate.kind !== 'absent' || clock.monotonic() >= until) return fate
    await clock.sleep(LOOK, signal)
  }
}

/** Which of a session's commands is the one that was lost. Others work in the session too: what they issued must not be taken for ours. */
export function judge(request: CommandRequest, listed: readonly Command[], { next, ids }: Before): Fate {
  const candidates = listed.filter(({ id, ...command }) => !ids.has(id) && nameOf(command) === request.name)
  const fitting = candidates.filter(command => fits(request, command))
  const fresh = fitting.filter(({ id }) => id >= next)
  const last = fresh.at(-1)
  // The same asked for by several has the same effect, whose ever it is; but a program runs as often as it is started.
  if (last !== undefined && (fresh.length === 1 || request.name !== 'create process')) return { kind: 'found', command: last }
  const possible = fitting.length > 0 || candidates.some(({ id }) => id >= next)
  return { kind: possible ? 'unclear' : 'absent' }
}

function nameOf({ name, input }: Pick<Command, 'name' | 'input'>): string {
  return String(name || input?.['name']).toLowerCase()
}

/** What only some requests have, as `input` repeats it. */
const DETAILS = ['output_file', 'working_directory', 'file_id', 'value_data', 'wait'] as const

/** Whether a command says of itself what a request asked for ("input" of "Issue Command"): what it acts on is `object`, and what it doesn't repeat can't differ. */
function fits(request: CommandRequest, { input = {}, file_details: range }: Command): boolean {
  const asked: Record<string, unknown> = { ...request }
  const target = asked['path'] ?? asked['pid']
  if (target !== undefined && same(input['object'] ?? input['path'] ?? input['pid'], target) === false) return false
  if (request.name === 'get file' && range?.offset !== undefined && range.offset !== (request.offset ?? 0)) return false
  return DETAILS.every(name => input[name] == null || asked[name] === undefined || same(input[name], asked[name]))
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || String(one) === String(other)
}
