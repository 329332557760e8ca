import { linked, within } from '../core/abort.ts'
import { inMemory } from '../core/bounded.ts'
import type { CaseRecorder } from '../core/case-record.ts'
import { asCbcError, CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import type { Result, Row } from '../core/result.ts'
import type { Globals } from '../engine/globals.ts'
import type { Policy } from '../engine/invoke.ts'
import { isInDoubt, isTooMany, mayHaveChanged } from '../engine/outcome.ts'
import {
  openSession,
  runVerb,
  type CommandPlace,
  type RemoteSession,
  type Takeover,
  type RuntimeContext,
  type Target,
  type VerbRun,
} from '../engine/remote-job.ts'
import { Refused } from './embedded.ts'
import type { Settled } from './engine.ts'
import type { EndState } from './journal.ts'
import type { Place } from './places.ts'

/** A verb with its input, to be run on each device of a run. */
export interface Job extends Pick<VerbRun, 'verb' | 'input'> {
  globals: Globals
  /** What was confirmed for all devices is not asked again. */
  policy: Policy
  /** Leave the sessions open. */
  keep: boolean
}

export interface AttemptOptions {
  job: Job
  runtime: RuntimeContext
  device: Target
  /** Where its files go. */
  place: Place
  /**
   * Awaited before the first change is sent, and before the first one in another session; when it fails, nothing is sent.
   * @param at where it is sent
   */
  intent(change: string, at: CommandPlace): Promise<void>
  /**
   * Records what came of the device as soon as that is known, before the session is closed and temporary files are removed: whatever
   * happens then, nobody does the work again. Absent where it is recorded when `attempt` returns.
   */
  record?(settled: Settled): Promise<void>
  /** The device was begun by a worker that is gone. */
  takeover?: Takeover
  /** Says why the device is absent, where that is known. */
  absence(): string | undefined
  sessions: NonNullable<NonNullable<RuntimeContext['session']>['sessions']>
  leaveSlot(): void
  signal: AbortSignal
}

/** How long a session may stay PENDING before the device's turn passes to another one, milliseconds. */
const SLOT_MS = 5000

/**
 * Runs a verb on one device, in a session that is closed again, and says what came of it.
 * @throws Refused: too many sessions or requests, and nothing was changed
 */
export async function attempt(options: AttemptOptions): Promise<Settled> {
  const { job, runtime, signal } = options
  const { clock } = runtime
  const course: Course = { from: clock.monotonic(), opened: false, made: false }
  try {
    await within(clock, job.globals.timeout, job.verb.name, signal, stop => carryOut(options, course, stop))
  } catch (error) {
    if (error instanceof Refused) throw error
    course.settled ??= failed(error, options, course)
  }
  return course.settled as Settled
}

/** Does what follows work, however that ended. A failure of the work itself comes first. */
async function andThen<T>(next: () => Promise<void>, work: Promise<T>): Promise<T> {
  const done = await work.catch(async (error: unknown) => {
    await next().catch(() => {})
    throw error
  })
  await next()
  return done
}

/** How far the work on a device has come. */
interface Course {
  /** When it began, monotonic milliseconds. */
  from: number
  opened: boolean
  /** A change was made, or may have been. */
  made: boolean
  /** What came of it, once that is known. */
  settled?: Settled
}

async function carryOut(options: AttemptOptions, course: Course, outer: AbortSignal): Promise<void> {
  const { job, device } = options
  const { signal, abort, clear } = linked(outer)
  const later: (() => Promise<void>)[] = []
  const runtime = runtimeOf(options, course, later, abort)
  const plan: Row[] | undefined = job.globals.dryRun ? [] : undefined
  try {
    const session = await openSession(device, job.globals, runtime, signal, plan, job.keep)
    course.opened = true
    try {
      await work({ ...options, runtime }, course, session, signal, plan)
    } finally {
      for (const tidy of later) await tidy()
      await session.close(signal)
    }
  } finally {
    clear()
  }
}

/** Runs the verb in the session, and has what came of it recorded. */
async function work(
  options: AttemptOptions,
  course: Course,
  session: RemoteSession,
  signal: AbortSignal,
  plan: Row[] | undefined,
): Promise<void> {
  const { runtime, record, place } = options
  const { verb, input, globals, policy } = options.job
  const run = async () =>
    await whole(await runVerb({ verb, input, session, directory: session.home, globals, policy, runtime, signal, plan }))
  try {
    course.settled = ended(await andThen(() => place.end(), run()), options, course)
  } catch (error) {
    course.settled = failed(error, options, course)
  }
  await record?.(course.settled)
}

/** The verb's world: nothing on the screen, and whoever keeps the record is told of changes first. */
function runtimeOf(
  options: AttemptOptions,
  course: Course,
  later: (() => Promise<void>)[],
  abort: (reason: unknown) => void,
): RuntimeContext {
  const { place, sessions, record, takeover, device } = options
  const { case: recorder } = options.runtime
  const name = device.name ?? `device ${device.id}`
  let noted: { at: string; done: Promise<void> } | undefined
  return {
    ...options.runtime,
    progress: SILENT,
    local: place.local,
    ...(recorder === undefined ? {} : { case: withHome(recorder, place) }),
    watched: false,
    // Several devices speak at once.
    notice: line => options.runtime.notice(line.includes(name) ? line : `${name}: ${line}`),
    session: {
      sessions,
      ...(takeover === undefined ? {} : { takeover }),
      ...(record === undefined ? {} : { later: tidy => void later.push(tidy) }),
      absence: stop => giveUp(options, abort, stop),
      async intent(name, at) {
        if (noted?.at !== at.sessionId) noted = { at: at.sessionId, done: options.intent(name, at) }
        await noted.done
        return failure => {
          if (failure === undefined || mayHaveChanged(failure)) course.made = true
        }
      },
    },
  }
}

/** A recorder whose place for files is that of the run. */
function withHome(recorder: CaseRecorder, place: Place): CaseRecorder {
  return {
    path: recorder.path,
    begin: command => recorder.begin(command),
    note: event => recorder.note(event),
    home: (device, announce) => place.home(recorder.home(device, announce)),
    keep: bytes => recorder.keep(bytes),
    close: () => recorder.close(),
  }
}

/** Passes the turn on while a device keeps its session waiting, and gives up one that the inventory has not seen for long. */
async function giveUp(
  { absence, device, leaveSlot, runtime: { clock } }: AttemptOptions,
  abort: (reason: unknown) => void,
  stop: AbortSignal,
): Promise<undefined> {
  await clock.sleep(SLOT_MS, stop)
  leaveSlot()
  const why = absence()
  if (why === undefined) return
  const { id, name = `device ${id}` } = device
  abort(new CbcError('timeout', `${name}: is offline, ${why}`, { device_id: id, hint: '--wait 24h waits for it' }))
}

/** Reads a result to its end, while its session is open. */
async function whole(result: Result): Promise<Result> {
  if (result.kind === 'list') {
    const rows: Row[] = []
    for await (const row of result.rows) rows.push(row)
    return { ...result, rows }
  }
  if (result.kind === 'object') return result
  const bytes = await inMemory(result.bytes)
  return {
    ...result,
    bytes: {
      async *[Symbol.asyncIterator]() {
        yield bytes
      },
    },
  }
}

/** What came of a device whose verb has returned. */
function ended(result: Result, options: AttemptOptions, course: Course): Settled {
  const parts = failedParts(result)
  if (parts === undefined) return { ...common(options, course), state: 'done', result }
  const state: EndState = parts.some(part => mayHaveChanged(part)) ? 'unknown' : 'failed'
  return { ...common(options, course), state, result, error: partial(parts, result, options.job) }
}

/** What came of a device whose work failed. @throws Refused: too many sessions or requests, and nothing was changed */
function failed(thrown: unknown, options: AttemptOptions, course: Course): Settled {
  const error = asCbcError(thrown)
  if (isTooMany(error) && !course.made && !mayHaveChanged(error)) throw new Refused(error)
  return { ...common(options, course), state: stateOf(error, course, options.signal), error: withDevice(error, options.device) }
}

function common(
  { device, place, runtime: { clock } }: AttemptOptions,
  { from }: Course,
): Pick<Settled, 'device' | 'duration_ms' | 'bytes'> {
  return { device, duration_ms: clock.monotonic() - from, bytes: place.bytes() }
}

/** The failures of items of a result; undefined where all went well. */
function failedParts(result: Result): unknown[] | undefined {
  const rows = result.kind === 'list' ? (result.rows as Row[]) : result.kind === 'object' ? (result.failed ?? []) : []
  const within = result.kind === 'list' ? (result.failures?.() ?? []) : []
  const failed = [...rows.flatMap(({ error }) => (error instanceof Error ? [error] : [])), ...within]
  return failed.length === 0 ? undefined : failed
}

function partial(failed: readonly unknown[], result: Result, { verb }: Job): CbcError {
  const [first] = failed
  // What failed need not be rows: a row of `collect` stands for many files.
  const all = result.kind === 'list' && result.failures === undefined ? (result.rows as Row[]).length : undefined
  if (failed.length === 1 && (all ?? 1) === 1) return asCbcError(first)
  const one = first instanceof Error ? `: ${first.message}` : ''
  return new CbcError('partial', `${verb.name}: ${failed.length}${all === undefined ? '' : ` of ${all}`} failed${one}`)
}

function stateOf(error: CbcError, { opened, made }: Course, { aborted }: AbortSignal): Settled['state'] {
  if (isInDoubt(error, made)) return 'unknown'
  if (aborted) return 'not begun'
  return !opened && error.code === 'timeout' ? 'offline' : 'failed'
}

function withDevice(error: CbcError, { id }: Target): CbcError {
  return error.facts.device_id === undefined ? error.with(error.message, { device_id: id }) : error
}
