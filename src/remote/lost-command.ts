import { isAnswerTo, nameOf, type Command, type CommandRequest, type LiveResponse } from '../api/live-response.ts'
import type { Clock } from '../core/ports.ts'
import type { KnownBefore } from './known-commands.ts'

/** Milliseconds for which a command whose answer was lost is looked for, because its request may still be on its way. */
const SETTLE_MS = 2000
/** Milliseconds beyond that in which the list has to show the command that was issued later. */
const MAX_LIST_LAG_MS = 10_000
/** Milliseconds between two requests for the list. */
const LOOK_INTERVAL_MS = 250

/**
 * What became of a command whose answer was lost:
 * - `found`: the service has accepted it
 * - `absent`: the session has no command that could be it
 * - `unclear`: some commands could be it and none must be, or the list proves nothing
 */
export type Fate = { kind: 'found'; command: Command } | { kind: 'absent' } | { kind: 'unclear' }

/** A command whose answer was lost. */
export interface Lost {
  request: CommandRequest
  /** A part of the request that is unique to it: a command that has it is ours. */
  mark?: string
  sessionId: string
  before: KnownBefore
  /** No part of its request is still on its way. */
  isOver: boolean
  /** Nobody else is known to work in the session. */
  alone: () => boolean
  /**
   * Issues a harmless command in the same session and returns its id. Absent when issuing the lost command again does no harm, so that no
   * proof is needed.
   */
  later?: () => Promise<number>
}

/**
 * Finds out whether the service has accepted a command although its answer was lost ("Get Commands List"). A list without it proves nothing
 * by itself, because lists may lag. It counts as absent once the list shows a command that was issued later, and not this one.
 * @throws CbcError the list can't be fetched, or the later command can't be issued: nothing is known then
 */
export async function fateOf(lost: Lost, { api, clock, signal }: { api: LiveResponse; clock: Clock; signal: AbortSignal }): Promise<Fate> {
  const settled = clock.monotonic() + (lost.isOver ? 0 : SETTLE_MS)
  let later: number | undefined
  for (;;) {
    const listed = await api.listCommands(lost.sessionId, { signal })
    const fate = matchLostCommand(lost, listed, lost.alone())
    const now = clock.monotonic()
    if (fate.kind !== 'absent') return fate
    // Ids only grow, unless the session was restarted under its id.
    if (later !== undefined && listed.some(({ id }) => id === later)) return later < lost.before.next ? { kind: 'unclear' } : fate
    if (now >= settled + MAX_LIST_LAG_MS) return { kind: 'unclear' }
    if (now >= settled && lost.later === undefined) return fate
    if (now >= settled && later === undefined) later = await lost.later?.()
    else await clock.sleep(LOOK_INTERVAL_MS, signal)
  }
}

/**
 * Decides which of a session's commands is the lost one. Others may work in the session too, and a command of theirs must not be taken for
 * ours even if it is identical.
 * @param alone whether nobody else is known to work in the session
 */
export function matchLostCommand(
  { request, mark, before: { next, names } }: Pick<Lost, 'request' | 'mark' | 'before'>,
  listed: readonly Command[],
  alone: boolean,
): Fate {
  // The session was restarted under its id: what was known of it no longer holds.
  if (listed.some(command => names.has(command.id) && names.get(command.id) !== nameOf(command))) return { kind: 'unclear' }
  const unknown = listed.filter(({ id }) => !names.has(id))
  const candidates = unknown.filter(command => nameOf(command) === request.name)
  const fitting = candidates.filter(command => fits(request, command))
  const [one, ...others] = fitting.filter(({ id }) => id >= next)
  const ours = fitting.find(({ input }) => mark !== undefined && Object.values(input ?? {}).includes(mark))
  if (ours !== undefined) return { kind: 'found', command: ours }
  if (one !== undefined && others.length === 0 && alone && unknown.every(({ id }) => id < next || id === one.id))
    return { kind: 'found', command: one }
  return { kind: fitting.length > 0 || candidates.some(({ id }) => id >= next) ? 'unclear' : 'absent' }
}

/** Fields that only some requests have, as `input` repeats them. */
const DETAILS = ['working_directory', 'value_data', 'wait'] as const

/** Whether a command agrees with a request in every field that it repeats. */
export function fits(request: CommandRequest, command: Command): boolean {
  const { input, file_details: range } = command
  const asked: Record<string, unknown> = { ...request }
  if (!isAnswerTo(request, command)) return false
  if (request.name === 'get file' && range?.offset !== undefined && range.offset !== (request.offset ?? 0)) return false
  return DETAILS.every(name => input?.[name] == null || asked[name] === undefined || same(input[name], asked[name]))
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || String(one) === String(other)
}
