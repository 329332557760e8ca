import { within } from '../../core/abort.ts'
import { NOTHING, snapshotOf, type Identity, type Snapshot } from '../../core/difference.ts'
import { asCbcError, CbcError, type ErrorCode } from '../../core/errors.ts'
import { formatDuration } from '../../core/quantity.ts'
import type { Column, Result, Row } from '../../core/result.ts'
import type { Globals } from '../../engine/globals.ts'
import { openSession, runVerb, type OpenRuntime, type Target } from '../../engine/remote-job.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import type { Until, WatchOptions } from './options.ts'

/** Failures that are no use waiting for: the next look would fail in the same way. */
const FINAL: readonly ErrorCode[] = ['usage', 'auth', 'refused', 'internal', 'io', 'interrupted']

/** What is looked at. */
export interface Watched {
  verb: AnyVerb
  identity: Identity
  input: Record<string, unknown>
  device: Target
  globals: Globals
  runtime: OpenRuntime
  options: WatchOptions
  /** Aborted by Ctrl-C: nothing more is looked at. */
  interrupt: AbortSignal
}

/** What was seen. */
export interface Look {
  /** Milliseconds since 1970. */
  time: number
  snapshot: Snapshot
  /** Those of the verb's result; absent where it found nothing. */
  columns?: readonly Column[]
  /** Why it found nothing: the file or key doesn't exist. */
  missing?: string
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
  let seen = false
  let away: { since: number; error: CbcError } | undefined
  while (!interrupt.aborted) {
    const begun = clock.monotonic()
    try {
      const look = await lookOnce(watched)
      if (away !== undefined) notice(`${where} is back after ${formatDuration(clock.monotonic() - away.since)}: the watch goes on`)
      away = undefined
      seen = true
      yield look
    } catch (thrown) {
      if (interrupt.aborted && seen) return
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
  if (!seen) throw away?.error ?? asCbcError(interrupt.reason)

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

/** Runs the verb once, in a session that is open there or in one of its own. What it doesn't find is not there. */
async function lookOnce({ verb, identity, input, device, globals, runtime, interrupt }: Watched): Promise<Look> {
  const { clock, progress, policy } = runtime
  const endWait = progress.wait({ kind: 'work', what: () => `${device.name ?? device.id}: ${verb.name}`, signal: interrupt })
  try {
    return await within(clock, globals.timeout, verb.name, interrupt, async signal => {
      const time = clock.now()
      const session = await openSession(device, globals, runtime, signal)
      try {
        const result = await runVerb({ verb, input, session, directory: session.home, globals, policy, runtime, signal })
        return { time, snapshot: await snapshotOf(rowsOf(result), identity), columns: identity.columns ?? columnsOf(result) }
      } catch (error) {
        if (!isMissing(error)) throw error
        return { time, snapshot: NOTHING, missing: error.message }
      } finally {
        progress.end()
        await session.close(signal)
      }
    })
  } finally {
    endWait()
  }
}

/** Whether the endpoint says that something is not there. That the service doesn't know a session or command is no such answer. */
function isMissing(error: unknown): error is CbcError {
  return error instanceof CbcError && error.code === 'not_found' && error.facts.http_status === undefined
}

function rowsOf(result: Result): Iterable<Row> | AsyncIterable<Row> {
  return result.kind === 'list' ? result.rows : result.kind === 'object' ? [result.value] : []
}

function columnsOf(result: Result): readonly Column[] {
  return result.kind === 'bytes' ? [] : result.columns
}
