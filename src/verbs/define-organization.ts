import type { Format } from '../core/format.ts'
import type { AnyCall } from '../api/any-call.ts'
import type { DeviceControl } from '../api/device-control.ts'
import type { Devices } from '../api/devices.ts'
import type { Jobs } from '../api/jobs.ts'
import type { LiveResponse } from '../api/live-response.ts'
import type { Policies } from '../api/policies.ts'
import type { MovedFile } from '../core/case-record.ts'
import type { Ledger } from '../core/ledger.ts'
import type { Clock, LocalFiles, Progress, Random } from '../core/ports.ts'
import type { Question } from '../core/question.ts'
import type { Result, Row } from '../core/result.ts'
import type { Target } from '../remote/lifecycle.ts'
import type { Argument, Effect, Option, Plan, Values, Verb } from './define.ts'

/** The typed clients of one organization, one for each API document. */
export interface Clients {
  liveResponse: LiveResponse
  devices: Devices
  usb: DeviceControl
  policies: Policies
  jobs: Jobs
  anyCall: AnyCall
}

/** What a verb on the organization receives besides its input. */
export interface OrganizationContext extends Clients {
  ledger: Ledger
  local: LocalFiles
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
  /** How long to wait for an endpoint to open a session, or for an export job, in milliseconds. */
  timeoutMs: number
  /** The output format that the user asked for. */
  output?: Format
  /** Resolves a name or id to exactly one device. @throws CbcError usage, not_found */
  device(typed: string): Promise<Target>
  /** Resolves several names, ids or patterns to devices, each listed once. @throws CbcError usage, not_found */
  targets(typed: readonly string[]): Promise<Target[]>
  /** Returns the device as the Devices API describes it, or what is known otherwise if the key may not read devices. */
  describe(device: Target): Promise<Row>
  /** Shows the user a one-line note that is not part of the result. */
  notice(line: string): void
  /** Reads standard input. */
  stdin(): AsyncIterable<Uint8Array>
  /**
   * Shows a person something that is not part of the result: a table or a line. Scripts that asked for JSON see nothing.
   * @returns whether it was shown
   */
  show(what: Extract<Result, { kind: 'list' }> | string): Promise<boolean>
  /** Notes for the case a file that came home, or was sent. */
  moved?(file: MovedFile): void
  /** Whether this is a dry run, which changes nothing. */
  readonly planning: boolean
  /**
   * Sends a request that changes something.
   * @param step the change as a dry run shows it: `{name: 'close session', session_id: …}`
   * @throws Planned instead of sending, in a dry run
   */
  change<T>(step: Row, send: () => Promise<T>): Promise<T>
}

/** What a verb on the organization is about to do. */
export interface OrganizationPlan<Targets> extends Plan<Targets> {
  /** Names that the user must always type, in place of a question. `--yes` does not skip this. */
  nameConfirmation?: NameConfirmation
  /** Releases what the targets hold when the verb does not run. */
  discard?(): Promise<void>
}

/** What is about to happen to each thing, and the name to type for it. `given` holds the names already given with `--confirm`. */
export interface NameConfirmation {
  things: readonly { question: Question; name: string }[]
  given: readonly string[]
}

/**
 * A verb that needs no session on an endpoint: it works on sessions and their contents, USB devices, and the organization. Its examples
 * start with its full name below the program's command: `session list`.
 */
export interface OrganizationVerb<
  A = Record<string, Argument<unknown>>,
  O = Record<string, Option<unknown>>,
  Targets = undefined,
> extends Pick<
  Verb<A, O>,
  'name' | 'summary' | 'details' | 'examples' | 'effect' | 'fields' | 'identity' | 'arguments' | 'options' | 'timeoutMs' | 'check'
> {
  /** What this call changes, where that depends on the input. `effect` is the strongest effect possible. */
  effectOf?(input: Values<A> & Values<O>): Effect
  /** Looks up the targets and changes nothing. Dry runs and `--yes` call it too. */
  plan?(input: Values<A> & Values<O>, context: OrganizationContext): Promise<OrganizationPlan<Targets>>
  /** @param targets what `plan` found */
  run(input: Values<A> & Values<O>, context: OrganizationContext, targets: Targets): Promise<Result>
}

/** A verb with its input types erased, as the list of verbs holds it. */
export type AnyOrganizationVerb = Omit<OrganizationVerb, 'check' | 'effectOf' | 'plan' | 'run'> & {
  check?(input: Record<string, unknown>): void
  effectOf?(input: Record<string, unknown>): Effect
  plan?(input: Record<string, unknown>, context: OrganizationContext): Promise<OrganizationPlan<unknown>>
  run(input: Record<string, unknown>, context: OrganizationContext, targets?: unknown): Promise<Result>
}

/** Checks the types of a definition: `run` receives exactly what its arguments and options declare. */
export function defineOrganizationVerb<
  A extends Record<string, Argument<unknown>>,
  O extends Record<string, Option<unknown>>,
  Targets = undefined,
>(verb: OrganizationVerb<A, O, Targets>): AnyOrganizationVerb {
  return verb as unknown as AnyOrganizationVerb
}

/** The verbs below one command of the program. */
export interface VerbFamily {
  /** The command, for example `lr` or `usb`. Empty for the program itself. */
  readonly path: string
  /** Each verb is loaded when it is first needed. */
  readonly verbs: readonly { name: string; load(): Promise<AnyOrganizationVerb> }[]
  /** The groups of the command, each with its summary. */
  readonly groups: Readonly<Record<string, string>>
}
