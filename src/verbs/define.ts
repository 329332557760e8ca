import type { Clock, LocalFiles, Progress, Random } from '../core/ports.ts'
import type { Question } from '../core/question.ts'
import type { Result, Row } from '../core/result.ts'
import type { CommandName } from '../api/live-response.ts'
import type { RemoteSession } from '../remote/session.ts'

/** What an argument or an option's value is: completion and the shell go by it. */
export type Kind =
  | 'remote-path'
  | 'local-path'
  | 'registry-key'
  | 'registry-value'
  | 'pid'
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
  /** All that can be given, where that is known. */
  readonly choices?: readonly string[]
  readonly _value?: T
}

/** An option. `T` is what `run` gets. */
export interface Option<T> {
  /** As commander writes them: `-l, --long` or `--head <bytes>`. */
  readonly flags: string
  readonly summary: string
  readonly kind: Kind
  /** Reads the text given; throws CbcError usage. Absent: a switch. */
  readonly parse?: (text: string) => unknown
  /** May be given several times: `T` is a list, of what `parse` reads or of what the lists hold that it reads. */
  readonly repeat?: boolean
  /** All that can be given, where that is known. */
  readonly choices?: readonly string[]
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

/** The endpoint that is meant. */
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

type Values<Spec> = { [Name in keyof Spec]: Spec[Name] extends Argument<infer T> | Option<infer T> ? T : never }

/** An example that really runs (test/contract runs each one against the lab). */
export interface Example {
  /** As typed in the shell; one-shot it is `cbc lr <verb> <device> <rest>`. */
  line: string
  does: string
}

/** What running a verb changes: `--read-only` refuses all but `read`. */
export type Effect = 'read' | 'change' | 'destroy'

/** What a verb is given besides its input. Nothing in it knows of a terminal, of other devices, or of who is calling. */
export interface Context {
  session: RemoteSession
  /** The remote directory that relative paths start from, absolute. */
  directory: string
  local: LocalFiles
  clock: Clock
  random: Random
  progress: Progress
  /** Tells in one line what the user should know beside the result. */
  notice(line: string): void
  /** A line for this endpoint as whoever is told of it has to type it, each word quoted where it must be: `get --resume C:\x`. */
  lineOf(words: readonly string[]): string
  /** A person watches the bytes of the result come: what is printed meanwhile is wanted as it grows. */
  watched?: boolean
  signal: AbortSignal
  /** The device as the Devices API describes it, or what is known of it where that may not be read. @param tell is told then why */
  describe(tell?: (why: string) => void): Promise<Row>
  /** Milliseconds for one command on the endpoint. */
  patience: number
}

/** What a verb is about to do, looked up once: what is confirmed is what is done, whatever is there by then. */
export interface Plan<Targets> {
  /**
   * To be confirmed first; absent where the verb is pointed at one exact thing. A function where more is looked up for it: `--yes` spares
   * that.
   */
  question?: Question | (() => Promise<Question>) | undefined
  /** What `run` gets. */
  targets: Targets
}

/** A verb: data around a plain function. Shell, one-shot commands, help, completion and the reference are projections of it. */
export interface Verb<Arguments = Record<string, Argument<unknown>>, Options = Record<string, Option<unknown>>, Targets = undefined> {
  /** What is typed: `ls`, `reg query`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** More for `--help`. */
  readonly details?: string
  readonly examples: readonly Example[]
  readonly effect: Effect
  /** What `--columns` can name, found wrong before anything is sent; absent: whatever the service answers with. */
  readonly fields?: readonly string[]
  /** The endpoint's commands that it can't do without. */
  readonly needs: readonly CommandName[]
  /** Positional, in the order of typing. */
  readonly arguments: Arguments
  readonly options: Options
  /** reg.exe's own switches and what they stand for: `/v` is `-v`. */
  readonly slashes?: Readonly<Record<string, string>>
  /** What one of them means beside `/f` where no value follows it: `/v` alone is a place to look in. */
  readonly bareSlashes?: Readonly<Record<string, string>>
  /** Letters that mean an option of all commands where they stand beside others: `-lh` is `-l --human`, while `-h` is `--help`. */
  readonly clustered?: Readonly<Record<string, string>>
  /**
   * Switches of cmd.exe that may stand among its paths on Windows, and what they mean: values of options, or a hint where there is nothing
   * of the kind.
   */
  readonly cmdSwitches?: Readonly<Record<string, Readonly<Record<string, unknown>> | string>>
  /** Milliseconds that one of its commands may take where `--timeout` says nothing. */
  readonly patience?: number
  /** What can be told of wrong input without asking the endpoint: throws CbcError usage, and nothing is sent. */
  check?(input: Values<Arguments> & Values<Options>): void
  /** What can be told of local files without asking the endpoint: throws CbcError, and nothing is sent. */
  checkLocal?(input: Values<Arguments> & Values<Options>, files: LocalFiles): Promise<void>
  /** Looks up what is meant, and changes nothing. A dry run and `--yes` plan too. */
  plan?(input: Values<Arguments> & Values<Options>, context: Context): Promise<Plan<Targets>>
  /** @param targets what `plan` found */
  run(input: Values<Arguments> & Values<Options>, context: Context, targets: Targets): Promise<Result>
}

/** A verb whose types are not known: what the list of verbs holds. */
export type AnyVerb = Omit<Verb, 'check' | 'checkLocal' | 'plan' | 'run'> & {
  check?(input: Record<string, unknown>): void
  checkLocal?(input: Record<string, unknown>, files: LocalFiles): Promise<void>
  plan?(input: Record<string, unknown>, context: Context): Promise<Plan<unknown>>
  run(input: Record<string, unknown>, context: Context, targets?: unknown): Promise<Result>
}

/** Checks a definition's types, so that `run` gets exactly what its arguments and options say. */
export function defineVerb<A extends Record<string, Argument<unknown>>, O extends Record<string, Option<unknown>>, Targets = undefined>(
  verb: Verb<A, O, Targets>,
): AnyVerb {
  return verb as unknown as AnyVerb
}

/** Patience of verbs whose work may well take hours, milliseconds. */
export const LONG_WORK_TIMEOUT_MS = 24 * 3_600_000
