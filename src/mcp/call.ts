import { within } from '../core/abort.ts'
import type { Host } from '../core/host.ts'
import { noFiles } from '../core/no-files.ts'
import type { Progress } from '../core/ports.ts'
import { CbcError } from '../core/errors.ts'
import type { Globals } from '../engine/globals.ts'
import type { Policy } from '../engine/invoke.ts'
import type { OpenRuntime, RuntimeContext } from '../engine/remote-job.ts'
import type { Consent, Wanted } from './consent.ts'
import { NO_LISTS, type Scope } from './scope.ts'
import type { SessionPool } from './session-pool.ts'

/** What all calls of a server share. */
export interface Setting {
  readonly host: Host
  readonly globals: Globals
  readonly runtime: OpenRuntime
  readonly scope: Scope
  readonly sessions: SessionPool
  readonly consent: Consent
  /** Whether changes may be asked for. */
  readonly changes: boolean
  /** Writes a call as a line of the case. */
  lineOf(verb: string, given: Readonly<Record<string, unknown>>): string
}

/** One call of a tool. */
export interface Call {
  /** What the assistant gave. */
  readonly given: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Says that the case has a record of the call from here on. */
  recorded(): void
  /** Takes a line that is not part of the result. */
  notice(line: string): void
}

const NO_FILES = noFiles("an assistant can not use files of the analyst's machine")

/** The services for the work of a call: no files, no input, and messages of its own. */
export function runtimeFor({ runtime, scope, lineOf }: Setting, { progress, notice, given }: Call, verb: string): RuntimeContext {
  const { connection } = runtime
  const devices = scope.only === undefined ? connection.devices : connection.devices.only(scope.only.map(({ id }) => id))
  return {
    ...runtime,
    connection: { ...connection, devices },
    local: NO_FILES,
    sources: NO_LISTS,
    stdin: () => {
      throw new CbcError('refused', 'an assistant has no standard input')
    },
    show: async () => false,
    progress,
    notice,
    watched: false,
    typed: lineOf(verb, given),
  }
}

/** What a call may do: a change is shown to a person first, whatever it is pointed at. */
export function policyFor({ changes, consent }: Setting, wanted: Wanted): Policy {
  if (!changes) return { readOnly: true, yes: false }
  return {
    readOnly: false,
    yes: false,
    unasked: { what: `${wanted.verb} on ${wanted.where}` },
    confirm: (question, signal) => consent.ask(wanted, question, signal),
  }
}

/** @throws CbcError refused: this server only reads, or nobody could be asked about a change */
export function checkChange(name: string, { changes, consent }: Setting): void {
  if (changes) return consent.check()
  throw new CbcError('refused', `${name}: refused, because this changes the endpoint, and this server only reads`, {
    hint: 'a person can start it with --allow change, for devices that are named with --device',
  })
}

/** Runs the work of a call within the time limit of the command line. */
export async function timely<T>(
  { host, globals }: Setting,
  what: string,
  { signal }: Call,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return await within(host.clock, globals.timeout, what, signal, work)
}
