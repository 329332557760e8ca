import type { Identity } from '../core/difference.ts'
import type { CaseHome, MovedFile } from '../core/case-record.ts'
import type { Clock, LocalFiles, Progress, Random } from '../core/ports.ts'
import type { Question } from '../core/question.ts'
import type { Result, Row } from '../core/result.ts'
import type { CommandName } from '../api/live-response.ts'
import type { RemoteSession } from '../remote/session.ts'

/** What kind of value an argument or option takes. Completion and the shell depend on it. */
export type Kind =
  | 'remote-path'
  | 'local-path'
  | 'registry-key'
  | 'registry-value'
  | 'pid'
  | 'artifact'
  | 'playbook'
  | 'device'
  | 'user'
  | 'column'
  | 'profile'
  | 'setting'
  | 'command-line'
  | 'text'

/** A positional argument. `T` is what `run` gets. */
export interface Argument<T> {
  readonly kind: Kind
  readonly summary: string
  readonly required: boolean
  readonly many: boolean
  /** All possible values, where they are known. */
  readonly choices?: readonly string[]
  readonly _value?: T
}

/** An option. `T` is what `run` gets. */
export interface Option<T> {
  /** In commander's notation: `-l, --long` or `--head <bytes>`. */
  readonly flags: string
  readonly summary: string
  readonly kind: Kind
  /** Parses the text that was given. Throws CbcError usage. Absent for a switch. */
  readonly parse?: (text: string) => unknown
  /** May be given several times: `T` is then a list of what `parse` returns, with lists that it returns flattened. */
  readonly repeat?: boolean
  /** All possible values, where they are known. */
  readonly choices?: readonly string[]
  /** The environment variable that gives the value where the option is not typed. */
  readonly variable?: { readonly name: string; read(text: string): unknown }
  readonly _value?: T
}

export const required = (kind: Kind, summary: string): Argument<string> => ({ kind, summary, required: true, many: false })
export const optional = (kind: Kind, summary: string): Argument<string | undefined> => ({ kind, summary, required: false, many: false })
export const many = (kind: Kind, summary: string): Argument<string[]> => ({ kind, summary, required: true, many: true })
export const any = (kind: Kind, summary: string): Argument<string[]> => ({ kind, summary, required: false, many: true })

export const choice = (choices: readonly string[], summary: string): Argument<string> => ({
  kind: 'text',
  summary,
  required: true,
  many: false,
  choices,
})

/** The endpoint to work on. */
export const DEVICE = required('device', 'id, name, or pattern that fits one: see `cbc device get --help`')

export const flag = (flags: string, summary: string): Option<boolean> => ({ flags, summary, kind: 'text' })
export function value(flags: string, summary: string, options?: { kind?: Kind }): Option<string | undefined>
export function value<T>(
  flags: string,
  summary: string,
  options: { kind?: Kind; choices?: readonly string[]; parse: (text: string) => T },
): Option<T | undefined>
export function value(
  flags: string,
  summary: string,
  { kind = 'text', choices, parse = text => text }: { kind?: Kind; choices?: readonly string[]; parse?: (text: string) => unknown } = {},
): Option<unknown> {
  return { flags, summary, kind, parse, ...(choices === undefined ? {} : { choices }) }
}
export const values = (flags: string, summary: string): Option<string[]> => ({
  flags,
  summary,
  kind: 'text',
  parse: text => text,
  repeat: true,
})

/** What `run` gets for arguments or options. */
export type Values<Spec> = { [Name in keyof Spec]: Spec[Name] extends Argument<infer T> | Option<infer T> ? T : never }

/** An example that works as written: test/contract runs each one against the lab. */
export interface Example {
  /** As typed in the shell. The one-shot form is `cbc lr <verb> <device> <rest>`. */
  line: string
  does: string
}

/** What running a verb changes. `--read-only` refuses everything but `read`. */
export type Effect = 'read' | 'change' | 'destroy'

/** What a verb receives besides its input. Nothing in it depends on a terminal, on other devices, or on the caller. */
export interface Context {
  session: RemoteSession
  /** The remote directory that relative paths start from, as an absolute path. */
  directory: string
  local: LocalFiles
  clock: Clock
  random: Random
  progress: Progress
  /** Shows the user a one-line note that is not part of the result. */
  notice(line: string): void
  /** Returns a command line for this endpoint as the user has to type it, each word after the verb's whole name quoted where needed: `get --resume C:\x`. */
  lineOf(words: readonly string[]): string
  /** The case's place for what comes home from this device when no other place is named; absent where there is no case. */
  home?: CaseHome
  /** Notes for the case a file that came home, or was sent. */
  moved?(file: MovedFile): void
  /** Whether a person watches the output arrive, so that it should be shown while the program still runs. */
  watched?: boolean
  signal: AbortSignal
  /** Whether nothing may be changed, on the endpoint or in the organization; absent: it may. */
  readOnly?: boolean
  /** Returns the device as the Devices API describes it, or what is known otherwise. @param tell receives the reason in that case */
  describe(tell?: (why: string) => void): Promise<Row>
  /** How long one command on the endpoint may take, in milliseconds. */
  timeoutMs: number
}

/** What a verb is about to do, looked up once, so that exactly what was confirmed is done even if the endpoint changes meanwhile. */
export interface Plan<Targets> {
  /**
   * The question to confirm first. Absent when the verb is given one exact thing. It is a function where asking needs further requests, which
   * `--yes` then saves.
   */
  question?: Question | (() => Promise<Question>) | undefined
  /**
   * The question where even a change of one exact thing is confirmed: what will be changed, and what is there now. `nothing`: nothing will
   * be changed.
   */
  exact?: Question | (() => Promise<Question>) | 'nothing' | undefined
  /** Passed on to `run`. */
  targets: Targets
}

/** What a verb came to on one of several devices. */
export interface DeviceResult {
  device: { readonly id: number; readonly name?: string }
  result: Result
}

/** A verb: data around a plain function. The shell, one-shot commands, help, completion and the reference are all derived from it. */
export interface Verb<Arguments = Record<string, Argument<unknown>>, Options = Record<string, Option<unknown>>, Targets = undefined> {
  /** As typed: `ls`, `reg query`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** More for `--help`. */
  readonly details?: string
  readonly examples: readonly Example[]
  readonly effect: Effect
  /** What this call changes, where that depends on the input. `effect` is what its page in the reference says. */
  effectOf?(input: Values<Arguments> & Values<Options>): Effect
  /** The names that `--columns` accepts, checked before anything is sent. If absent, any field of the answer is accepted. */
  readonly fields?: readonly string[]
  /** The endpoint commands that it requires. */
  readonly needs: readonly CommandName[]
  /** Positional arguments, in order. */
  readonly arguments: Arguments
  /** Whether the device stands after them in a command outside the shell; default: before them. */
  readonly deviceLast?: boolean
  readonly options: Options
  /** Switches of reg.exe and the options they stand for: `/v` is `-v`. */
  readonly slashes?: Readonly<Record<string, string>>
  /** What such a switch means next to `/f` when no value follows it: `/v` alone says where to search. */
  readonly bareSlashes?: Readonly<Record<string, string>>
  /** Letters that mean a global option when combined with others: `-lh` is `-l --human`, while `-h` alone is `--help`. */
  readonly clustered?: Readonly<Record<string, string>>
  /**
   * Switches of cmd.exe that may appear among its paths on Windows, and what they mean: option values, or a hint where there is no
   * equivalent.
   */
  readonly cmdSwitches?: Readonly<Record<string, Readonly<Record<string, unknown>> | string>>
  /**
   * Brings files home. What its local path names when it runs on several devices: the folder for their folders, or a file in each of those.
   */
  readonly brings?: 'folder' | 'file'
  /** How its rows are told apart. Where it is there, results can be compared: with an earlier one, or with another device's. */
  readonly identity?: Identity
  /** How long one of its commands may take without `--timeout`, in milliseconds. */
  readonly timeoutMs?: number
  /**
   * How people see the results of several devices: together, as what they come to, or each drawn below a heading, as it comes. Programs get a
   * line a device.
   */
  readonly across?: ((results: readonly DeviceResult[]) => Result) | 'each'
  /** Finds wrong input before anything is sent. Throws CbcError usage. */
  check?(input: Values<Arguments> & Values<Options>): void
  /** Checks local files before anything is sent. Throws CbcError. */
  checkLocal?(input: Values<Arguments> & Values<Options>, files: LocalFiles): Promise<void>
  /** Looks up the targets and changes nothing. Dry runs and `--yes` call it too. */
  plan?(input: Values<Arguments> & Values<Options>, context: Context): Promise<Plan<Targets>>
  /** @param targets what `plan` found */
  run(input: Values<Arguments> & Values<Options>, context: Context, targets: Targets): Promise<Result>
}

/** A verb with its input types erased, as the list of verbs holds it. */
export type AnyVerb = Omit<Verb, 'effectOf' | 'check' | 'checkLocal' | 'plan' | 'run'> & {
  effectOf?(input: Record<string, unknown>): Effect
  check?(input: Record<string, unknown>): void
  checkLocal?(input: Record<string, unknown>, files: LocalFiles): Promise<void>
  plan?(input: Record<string, unknown>, context: Context): Promise<Plan<unknown>>
  run(input: Record<string, unknown>, context: Context, targets?: unknown): Promise<Result>
}

/** Checks the types of a definition: `run` receives exactly what its arguments and options declare. */
export function defineVerb<A extends Record<string, Argument<unknown>>, O extends Record<string, Option<unknown>>, Targets = undefined>(
  verb: Verb<A, O, Targets>,
): AnyVerb {
  return verb as unknown as AnyVerb
}

/** Default time limit of verbs whose work may take hours, in milliseconds. */
export const LONG_WORK_TIMEOUT_MS = 24 * 3_600_000
