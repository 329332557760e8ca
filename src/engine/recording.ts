import type { CaseHome, CaseOperation, CaseRecorder, MovedFile, RecordedCommand } from '../core/case-record.ts'
import { asCbcError } from '../core/errors.ts'
import type { Result } from '../core/result.ts'
import type { RemoteSession, SessionOptions } from '../remote/session.ts'
import { stateBefore } from '../remote/undo/state-before.ts'
import { changeOutcome, isInDoubt, mayHaveChanged } from './outcome.ts'

/** How a verb's work is recorded in a case. */
export interface Recording {
  /** The session, whose changes are noted before they are sent. */
  session: RemoteSession
  /** Where what comes home goes when no other place is named. */
  home?: CaseHome
  /** Notes a file that came home, or was sent. */
  moved(file: MovedFile): void
}

/**
 * Records a verb's work in a session. What it changes is noted before it is sent; its end with its result, as that is read.
 * @throws CbcError io: the case can't be written; whatever `work` throws
 */
export async function recordInSession(
  recorder: CaseRecorder,
  session: RemoteSession,
  command: Omit<RecordedCommand, 'session'> & Required<Pick<RecordedCommand, 'device'>>,
  work: (recording: Recording) => Promise<Result>,
): Promise<Result> {
  const { device } = command
  const operation = recorder.begin({ ...command, session: () => session.id })
  const course = { made: false }
  const intent: NonNullable<SessionOptions['intent']> = async (name, { sessionId }, undo) => {
    const ended = await operation.started(name, { session_id: sessionId, ...(undo === undefined ? {} : { undo }) })
    return failure => {
      ended(changeOutcome(failure))
      if (failure === undefined || mayHaveChanged(failure)) course.made = true
    }
  }
  const issued: NonNullable<SessionOptions['issued']> = done => operation.issued(done)
  // What looks at the state before a change is recorded as well, but has no state before of its own.
  const looking = session.recorded({ intent, before: async () => undefined, issued })
  const recorded = session.recorded({
    intent,
    before: async (request, { signal }) => await stateBefore(looking, request, { signal, keep: bytes => recorder.keep(bytes) }),
    issued,
  })
  const home = recorder.home(device ?? session.device, file => operation.kept(file))
  return await toItsEnd(operation, course, () =>
    work({ session: recorded, ...(home === undefined ? {} : { home }), moved: file => operation.moved(file) }),
  )
}

/**
 * Does work, and ends its record.
 * @param course whether a change was made, or may have been
 */
export async function toItsEnd(operation: CaseOperation, course: { made: boolean }, work: () => Promise<Result>): Promise<Result> {
  let result
  try {
    result = await work()
  } catch (thrown) {
    const error = asCbcError(thrown)
    const outcome = isInDoubt(error, course.made) ? 'unknown' : error.code === 'interrupted' ? 'interrupted' : 'failed'
    // The failure of the work itself comes first.
    await operation.failed(error, outcome).catch(() => {})
    throw thrown
  }
  return await operation.result(result)
}
