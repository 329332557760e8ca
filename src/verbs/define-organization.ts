import type { Format } from '../core/format.ts'
import type { AnyCall } from '../api/any-call.ts'
import type { DeviceControl } from '../api/device-control.ts'
import type { Devices } from '../api/devices.ts'
import type { Jobs } from '../api/jobs.ts'
import type { LiveResponse } from '../api/live-response.ts'
import type { Policies } from '../api/policies.ts'
import type { Ledger } from '../core/ledger.ts'
import type { Clock, LocalFiles, Progress, Random } from '../core/ports.ts'
import type { Question } from '../core/question.ts'
import type { Result, Row } from '../core/result.ts'
import type { Target } from '../remote/lifecycle.ts'
import type { Argument, Effect, Option, Plan, Verb } from './define.ts'

/** What a verb on the organization is given besides its input. */
export interface OrganizationContext {
  liveResponse: LiveResponse
  devices: Devices
  usb: DeviceControl
  policies: Policies
  jobs: Jobs
  anyCall: AnyCall
  ledger: Ledger
  local: LocalFiles
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
  /** Milliseconds that what is waited for has: an endpoint that is to take a session up, an export job. */
  patience: number
  /** The form of output that was asked for. */
  output?: Format
  /** The one device that is meant by a name or id. @throws CbcError usage, not_found */
  device(typed: string): Promise<Target>
  /** All devices that are meant by several texts, each once. @throws CbcError usage, not_found */
  targets(typed: readonly string[]): Promise<Target[]>
  /** The device as the Devices API describes it, or what is known of it where that may not be read. */
  describe(device: Target): Promise<Row>
  /** Says in one line what happened beside the work. */
  notice(line: string): void
  /** What comes in on standard input. */
  stdin(): AsyncIterable<Uint8Array>
  /**
   * Shows a person something beside the result: a table, or a line. Scripts that asked for JSON are shown nothing.
   * @returns whether it was shown
   */
  show(what: Extract<Result, { kind: 'list' }> | string): Promise<boolean>
  /** A dry run: nothing is changed. */
  readonly planning: boolean
  /**
   * Sends what changes something.
   * @param step what it is, for a dry run: `{name: 'close session', session_id: …}`
   * @throws Planned: in a dry run, instead of sending it
   */
  change<T>(step: Row, send: () => Promise<T>): Promise<T>
}

/** What a verb on the organization is about to do. */
export interface OrganizationPlan<Targets> extends Plan<Targets> {
  /** Names that have to be typed, always, instead of a question: `--yes` doesn't spare it. */
  pledge?: Pledge
  /** Lets go of what the targets hold, where nothing is done with them. */
  discard?(): Promise<void>
}

/** What is about to happen to each thing, with the name to be typed; `given` are those that were typed already, with `--confirm`. */
export interface Pledge {
  things: readonly { question: Question; name: string }[]
  given: readonly string[]
}

type Values<Spec> = { [Name in keyof Spec]: Spec[Name] extends Argument<infer T> | Option<infer T> ? T : never }

/**
 * A verb that needs no session on an endpoint: it is about sessions, what is in them, USB devices, and the organization. Its examples are
 * whole, below its command: `session list`.
 */
export interface OrganizationVerb<
  A = Record<string, Argument<unknown>>,
  O = Record<string, Option<unknown>>,
  Targets = undefined,
> extends Pick<
  Verb<A, O>,
  'name' | 'summary' | 'details' | 'examples' | 'effect' | 'fields' | 'arguments' | 'options' | 'patience' | 'check'
> {
  /** What it changes where that depends on its input; `effect` is the most that it can. */
  effectOf?(input: Values<A> & Values<O>): Effect
  /** Looks up what is meant, and changes nothing. A dry run and `--yes` plan too. */
  plan?(input: Values<A> & Values<O>, context: OrganizationContext): Promise<OrganizationPlan<Targets>>
  /** @param targets what `plan` found */
  run(input: Values<A> & Values<O>, context: OrganizationContext, targets: Targets): Promise<Result>
}

/** A verb whose types are not known: what the list of verbs holds. */
export type AnyOrganizationVerb = Omit<OrganizationVerb, 'check' | 'effectOf' | 'plan' | 'run'> & {
  check?(input: Record<string, unknown>): void
  effectOf?(input: Record<string, unknown>): Effect
  plan?(input: Record<string, unknown>, context: OrganizationContext): Promise<OrganizationPlan<unknown>>
  run(input: Record<string, unknown>, context: OrganizationContext, targets?: unknown): Promise<Result>
}

/** Checks a definition's types, so that `run` gets exactly what its arguments and options say. */
export function defineOrganizationVerb<
  A extends Record<string, Argument<unknown>>,
  O extends Record<string, Option<unknown>>,
  Targets = undefined,
>(verb: OrganizationVerb<A, O, Targets>): AnyOrganizationVerb {
  return verb as unknown as AnyOrganizationVerb
}

/** Verbs that hang below one command of the program. */
export interface VerbFamily {
  /** That command: `lr`, `usb`; empty: the program itself. */
  readonly path: string
  /** Each loaded when it is needed. */
  readonly verbs: readonly { name: string; load(): Promise<AnyOrganizationVerb> }[]
  /** Its groups, and what they are about. */
  readonly groups: Readonly<Record<string, string>>
}
