import { usage } from '../../core/errors.ts'
import { formatDuration, parseDuration } from '../../core/quantity.ts'
import { parseTime } from '../../core/time.ts'
import { value } from '../../verbs/define.ts'

/** Milliseconds between two looks, unless `--every` says otherwise, and the least that it may say: each look opens a session. */
const EVERY_MS = 5 * 60_000
const LEAST_EVERY_MS = 1000

/** When a watch ends: so many milliseconds after its beginning, or at a time (milliseconds since 1970). */
export type Until = { after: number } | { at: number }

/** How a verb is watched. */
export interface WatchOptions {
  every: number
  until?: Until
  /** A line for the local shell. */
  exec?: string
}

/** The options of `lr watch`, which may stand before the verb and among its words. */
export const WATCH_OPTIONS = {
  every: value('--every <duration>', 'how often to look: 30s, 5m, 1h; default: 5m', { parse: parseEvery }),
  until: value('--until <time>', 'end after so long, or at a time: 8h, 2026-12-01T08:00:00Z; default: Ctrl-C ends it', {
    parse: parseUntil,
  }),
  exec: value('--exec <command>', 'run this in the local shell for each change, which it gets as JSON on its standard input'),
}

/** Takes the options of the watch out of what was typed. */
export function splitWatch(typed: Record<string, unknown>): { input: Record<string, unknown>; options: WatchOptions } {
  const { every, until, exec, ...input } = typed
  return {
    input,
    options: {
      every: (every as number | undefined) ?? EVERY_MS,
      ...(until === undefined ? {} : { until: until as Until }),
      ...(exec === undefined ? {} : { exec: exec as string }),
    },
  }
}

/** @throws CbcError usage */
function parseEvery(text: string): number {
  const every = parseDuration(text)
  if (every < LEAST_EVERY_MS) throw usage(`--every: "${text}" is too often`, `write at least ${formatDuration(LEAST_EVERY_MS)}`)
  return every
}

/** Reads a duration, or a time, which is in UTC unless it says otherwise. @throws CbcError usage */
function parseUntil(text: string): Until {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)/.test(text)) return { after: parseDuration(text) }
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? parseTime(text) : undefined
  if (at === undefined) throw usage(`--until: "${text}" is neither a duration nor a time`, 'write 8h, or 2026-12-01T08:00:00Z')
  return { at }
}
