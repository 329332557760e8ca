import type { CaseRecorder, RecordedDevice } from '../core/case-record.ts'
import { asCbcError, type CbcError } from '../core/errors.ts'
import { isJson } from '../core/format.ts'
import type { Ledger } from '../core/ledger.ts'
import type { Clock, LocalFiles, Progress, Random } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'
import type { Result, Row } from '../core/result.ts'
import type { Target } from '../remote/lifecycle.ts'
import type { CommandPlace } from '../remote/known-commands.ts'
import { RemoteSession, type SessionOptions } from '../remote/session.ts'
import type { Takeover } from '../remote/takeover.ts'
import type { AnyVerb } from '../verbs/define.ts'
import type { OrganizationContext } from '../verbs/define-organization.ts'
import type { Connection } from './connection.ts'
import { describeDevice, systemOf } from './devices.ts'
import type { Globals } from './globals.ts'
import { absenceOf } from './inventory.ts'
import { isTooMany } from './outcome.ts'
import { recordInSession, type Recording } from './recording.ts'
import { invoke, type Policy } from './invoke.ts'
import type { SelectorSources } from './selector.ts'

export type { CommandPlace, RemoteSession, Takeover, Target }

/** The time limits for an endpoint to accept a session, and for a command, unless `--timeout` is given; milliseconds. */
export const SESSION_ESTABLISH_TIMEOUT_MS = 120_000
const COMMAND_TIMEOUT_MS = 300_000

/** The services that a job on an endpoint uses. */
export interface RuntimeContext extends Pick<OrganizationContext, 'stdin' | 'show'> {
  connection: Connection
  clock: Clock
  random: Random
  local: LocalFiles
  /** The sources of device lists. */
  sources: SelectorSources
  progress: Progress
  ledger: Ledger
  notice(line: string): void
  /** The case in which everything is recorded. */
  case?: CaseRecorder
  /** What a person typed, for the case. */
  typed?: string
  /** The group of a verb on the organization where that isn't `lr`: `usb`. */
  family?: string
  /** The run on several devices that the work belongs to, for the case. */
  run?: string
  /** A person watches the result as it comes. */
  watched?: boolean
  /** How sessions are opened and used, where that differs. */
  session?: Pick<SessionOptions, 'absence' | 'intent' | 'later' | 'sessions' | 'takeover'>
  /**
   * Writes a line for a device as the user would type it; default: as a command in a local shell.
   * @param words the verb's whole name (`reg delete`), and the words after it
   */
  lineOf(device: Target, words: readonly string[]): string
}

/** A connection to an organization, with all that commands need. */
export interface OpenRuntime extends RuntimeContext {
  /** What the options and the profile allow, and who may be asked. */
  policy: Policy
  /** The queue server that the environment or the profile names. */
  queue?: Secret
  close(): Promise<void>
}

/**
 * Opens a session on a device ("Start Session"). Where there is a case, it tells of a device that could not be reached.
 * @throws CbcError as `RemoteSession.open`; io: the case can't be written
 */
export async function openSession(
  device: Target,
  globals: Globals,
  runtime: RuntimeContext,
  signal: AbortSignal,
  plan?: Row[],
  keep = false,
): Promise<RemoteSession> {
  try {
    return await reach(device, globals, runtime, signal, plan, keep)
  } catch (error) {
    if (plan === undefined) await recordUnreached(device, runtime, asCbcError(error))
    throw error
  }
}

/** Tells the case, where there is one, of a device that could not be reached. Too many sessions or requests are no failure of a device: it has another turn. */
export async function recordUnreached(
  device: Target,
  { case: recorder, typed = 'connect', run }: RuntimeContext,
  error: CbcError,
): Promise<void> {
  if (recorder === undefined || isTooMany(error)) return
  const operation = recorder.begin({ verb: 'connect', line: typed, arguments: {}, effect: 'read', device, run })
  await operation.failed(error, error.code === 'interrupted' ? 'interrupted' : 'failed')
}

async function reach(
  device: Target,
  globals: Globals,
  runtime: RuntimeContext,
  signal: AbortSignal,
  plan: Row[] | undefined,
  keep: boolean,
): Promise<RemoteSession> {
  const { connection, clock, random, progress, ledger, notice } = runtime
  return await RemoteSession.open(
    {
      api: connection.liveResponse,
      device,
      clock,
      random,
      ledger,
      notice,
      keep,
      establishTimeoutMs: globals.timeout ?? SESSION_ESTABLISH_TIMEOUT_MS,
      timeoutMs: globals.timeout ?? COMMAND_TIMEOUT_MS,
      // With JSON a program is reading, which expects only errors on stderr.
      ...(isJson(globals.output)
        ? {}
        : { absence: async stop => absenceOf(await connection.devices.get(device.id, { signal: stop }), clock.now()) }),
      ...runtime.session,
      ...(plan === undefined
        ? {}
        : {
            plan: step => {
              plan.push(step)
            },
          }),
    },
    progress,
    signal,
  )
}

/** One verb's work in a session. */
export interface VerbRun {
  verb: AnyVerb
  input: Record<string, unknown>
  session: RemoteSession
  /** The remote directory, absolute. */
  directory: string
  globals: Globals
  policy: Policy
  runtime: RuntimeContext
  signal: AbortSignal
  /** The steps of a dry run, filled by the session. */
  plan?: Row[] | undefined
}

/**
 * Runs a verb in a session, and records that where there is a case.
 * @throws CbcError as `invoke` does; io: the case can't be written
 */
export async function runVerb(run: VerbRun): Promise<Result> {
  const { verb, input, session, runtime, plan, signal } = run
  const recorder = runtime.case
  if (recorder === undefined || plan !== undefined) return await carryOut(run)
  const { name: verbName, effect } = verb
  const device = await identified(session.device, runtime, signal)
  const line = runtime.typed ?? verbName
  const command = { verb: verbName, line, arguments: input, effect, device, run: runtime.run }
  return await recordInSession(recorder, session, command, ({ session: recorded, ...recording }) =>
    carryOut({ ...run, session: recorded }, recording),
  )
}

/** A device with its name and system, where they can be found out: an id alone says little to whoever reads the case. */
async function identified(device: Target, { connection: { devices } }: RuntimeContext, signal: AbortSignal): Promise<RecordedDevice> {
  if (device.name !== undefined) return device
  const found = await devices.get(device.id, { signal }).catch(() => undefined)
  if (found === undefined) return device
  const [{ name }, os] = [found, systemOf(found)]
  return { id: device.id, ...(name === '' ? {} : { name }), ...(os === undefined ? {} : { os }) }
}

async function carryOut(
  { verb, input, session, directory, globals, policy, runtime, signal, plan }: VerbRun,
  recording?: Omit<Recording, 'session'>,
): Promise<Result> {
  const { clock, random, local, progress, notice, connection, lineOf, watched = false } = runtime
  return await invoke(
    verb,
    input,
    {
      session,
      directory,
      local,
      clock,
      random,
      progress,
      notice,
      signal,
      watched,
      lineOf: words => lineOf(session.device, words),
      readOnly: policy.readOnly,
      timeoutMs: globals.timeout ?? verb.timeoutMs ?? COMMAND_TIMEOUT_MS,
      describe: tell => describeDevice(connection.devices, session.device, signal, tell),
      ...recording,
    },
    policy,
    plan,
  )
}
