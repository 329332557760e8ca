import { NOTHING, snapshotOf, type Identity, type Snapshot } from '../core/difference.ts'
import { CbcError } from '../core/errors.ts'
import type { Column, Result, Row } from '../core/result.ts'
import type { AnyVerb } from '../verbs/define.ts'
import type { Globals } from './globals.ts'
import { openSession, runVerb, type OpenRuntime, type Target } from './remote-job.ts'

/** What is looked at. */
export interface Subject {
  verb: AnyVerb
  identity: Identity
  input: Record<string, unknown>
  device: Target
  globals: Globals
  runtime: Omit<OpenRuntime, 'close'>
}

/** What was seen. */
export interface Seen {
  snapshot: Snapshot
  /** Those of the verb's result; absent where it found nothing. */
  columns?: readonly Column[]
  /** Why it found nothing: the file or key doesn't exist. */
  missing?: string
}

/** Runs a verb once for what it sees, in a session that is open there or in one of its own. What it doesn't find is not there. */
export async function look({ verb, identity, input, device, globals, runtime }: Subject, signal: AbortSignal): Promise<Seen> {
  const session = await openSession(device, globals, runtime, signal)
  try {
    const result = await runVerb({ verb, input, session, directory: session.home, globals, policy: runtime.policy, runtime, signal })
    return { snapshot: await snapshotOf(rowsOf(result), identity), columns: identity.columns ?? columnsOf(result) }
  } catch (error) {
    if (!isMissing(error)) throw error
    return { snapshot: NOTHING, missing: error.message }
  } finally {
    runtime.progress.end()
    await session.close(signal)
  }
}

/** Whether the endpoint says that something is not there. That the service doesn't know a session or command is no such answer. */
function isMissing(error: unknown): error is CbcError {
  return error instanceof CbcError && error.code === 'not_found' && error.facts.http_status === undefined
}

/** Returns the rows of a result; bytes have none. */
export function rowsOf(result: Result): Iterable<Row> | AsyncIterable<Row> {
  return result.kind === 'list' ? result.rows : result.kind === 'object' ? [result.value] : []
}

/** Returns the columns of a result; bytes have none. */
export function columnsOf(result: Result): readonly Column[] {
  return result.kind === 'bytes' ? [] : result.columns
}
