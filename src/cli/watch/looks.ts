import { within } from '../../core/abort.ts'
import { asCbcError, type CbcError, type ErrorCode } from '../../core/errors.ts'
import { formatDuration } from '../../core/quantity.ts'
import { look, type Seen, type Subject } from '../../engine/look.ts'
import type { OpenRuntime } from '../../engine/remote-job.ts'
import type { Until, WatchOptions } from './options.ts'

/** Failures that are no use waiting for: the next look would fail in the same way. */
const FINAL: readonly ErrorCode[] = ['usage', 'auth', 'refused', 'internal', 'io', 'interrupted']

/** What is watched. */
export interface Watched extends Subject {
  options: WatchOptions
  /** Aborted by Ctrl-C: nothing more is looked at. */
  interrupt: AbortSignal
}

/** What was seen at a time, in milliseconds since 1970. */
export interface Look extends Seen {
  time: number
}

/**
 * Looks again and again, and yields what was seen, until the time is over or Ctrl-C. A failure is told once, and its end once; looks that
 * fail yield nothing.
 * @throws CbcError what the last look failed with, where none succeeded; a failure that would not pass
 */
export async function* looks(watched: Watched): AsyncGenerator<Look> {
  const { verb, device, runtime, options, interrupt } = watched
  const { clock, notice } = runtime
  const where = device.name ?? `device ${device.id}`
  const left = timeLeft(options.until, clock)
  let isSeen = false
  let away: { since: number; error: CbcError } | undefined
  while (!interrupt.aborted) {
    const begun = clock.monotonic()
    try {
      const seen = await lookOnce(watched)
      if (away !== undefined) notice(`${where} is back after ${formatDuration(clock.monotonic() - away.since)}: the watch goes on`)
      away = undefined
      isSeen = true
      yield seen
    } catch (thrown) {
      if (interrupt.aborted && isSeen) return
      const error = asCbcError(thrown)
      if (FINAL.includes(error.code)) throw error
      if (away === undefined) notice(`${where}: ${verb.name}: ${error.message}; looking again every ${formatDuration(options.every)}`)
      away = { since: away?.since ?? begun, error }
    }
    const rest = options.every - (clock.monotonic() - begun)
    if (left() <= Math.max(0, rest)) {
      await pause(left())
      break
    }
    await pause(rest)
  }
  if (!isSeen) throw away?.error ?? asCbcError(interrupt.reason)

  /** Waits; Ctrl-C ends the wait. */
  async function pause(ms: number): Promise<void> {
    if (ms > 0 && Number.isFinite(ms)) await clock.sleep(ms, interrupt).catch(() => {})
  }
}

/** Returns how long a watch has left, in milliseconds. */
function timeLeft(until: Until | undefined, clock: OpenRuntime['clock']): () => number {
  if (until === undefined) return () => Infinity
  if ('at' in until) return () => until.at - clock.now()
  const begun = clock.monotonic()
  return () => begun + until.after - clock.monotonic()
}

async function lookOnce(watched: Watched): Promise<Look> {
  const { verb, device, globals, runtime, interrupt } = watched
  const { clock, progress } = runtime
  const endWait = progress.wait({ kind: 'work', what: () => `${device.name ?? device.id}: ${verb.name}`, signal: interrupt })
  try {
    const seen = await within(clock, globals.timeout, verb.name, interrupt, signal => look(watched, signal))
    // It may have waited for the endpoint for long: what is new was there by now, and not before it was asked.
    return { ...seen, time: clock.now() }
  } finally {
    endWait()
  }
}
