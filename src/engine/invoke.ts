import { CbcError } from '../core/errors.ts'
import { firstOf } from '../core/lists.ts'
import type { Question } from '../core/question.ts'
import type { Column, Result, Row } from '../core/result.ts'
import type { AnyVerb, Context, Plan } from '../verbs/define.ts'
import { Planned } from '../remote/session.ts'
import { withoutCmdSwitches } from './cmd-switches.ts'
import type { Globals } from './globals.ts'

/** What the caller permits. */
export interface Policy {
  /** Refuse everything that changes an endpoint or the organization. */
  readOnly: boolean
  /** The read-only profile, where the profile is what forbids it. */
  profile?: string
  /** `--yes`: don't ask. */
  yes: boolean
  /** Asked about a change that the verb itself would not ask about; absent: nothing is. */
  unasked?: Question
  /** Asks the user to confirm; absent where nobody can be asked. */
  confirm?: (question: Question, signal: AbortSignal) => Promise<boolean>
  /** Asks the user to type a name; absent where nobody can be asked. */
  askForName?: (question: Question, name: string, signal: AbortSignal) => Promise<string>
}

/** Targets that a refusal names; it is one line. */
export const MAX_NAMED_TARGETS = 10

const PLAN: Column[] = [
  { key: 'name', title: 'command' },
  { key: 'path', text: row => String(row['path'] ?? row['pid'] ?? row['upload'] ?? ''), evidence: true },
]

/** Returns the policy of the options and, once it is known, the profile, for when nobody can be asked. */
export function policyFor({ readOnly = false, yes = false }: Globals, profile?: { name: string; readOnly: boolean }): Policy {
  return !readOnly && profile?.readOnly ? { readOnly: true, profile: profile.name, yes } : { readOnly, yes }
}

/**
 * Refuses what can be refused before anything is sent: invalid input, and a change where only reading is allowed.
 * @param changes what the verb changes, for the message
 * @throws CbcError usage, refused
 */
export function preflight(
  verb: Pick<AnyVerb, 'name' | 'effect' | 'check'>,
  input: Record<string, unknown>,
  policy: Policy,
  changes = 'the endpoint',
): void {
  verb.check?.(input)
  refuseChange(verb, policy, changes)
}

/** Returns a verb with the effect that it has with this input. */
export function withEffect<V extends Pick<AnyVerb, 'effect' | 'effectOf'>>(verb: V, input: Record<string, unknown>): V {
  return verb.effectOf === undefined ? verb : { ...verb, effect: verb.effectOf(input) }
}

/** @throws CbcError refused: the verb changes something where only reading is allowed */
export function refuseChange(
  { name, effect }: Pick<AnyVerb, 'name' | 'effect'>,
  { readOnly, profile }: Policy,
  changes = 'the endpoint',
): void {
  if (!readOnly || effect === 'read') return
  throw profile === undefined
    ? new CbcError('refused', `${name}: refused, because --read-only is set and this changes ${changes}`, {
        hint: 'leave --read-only off, if you may',
      })
    : new CbcError('refused', `${name}: refused, because profile "${profile}" is read-only and this changes ${changes}`, {
        hint: 'use another profile, if you may',
      })
}

/**
 * Runs a verb on one endpoint: the verb plans, the user confirms the plan, and the verb carries it out.
 * @param plan receives the steps of a dry run from the session; where it is given, the result is the plan
 * @throws CbcError refused: not confirmed, or the endpoint lacks the command; whatever the verb throws
 */
export async function invoke(
  verb: AnyVerb,
  typed: Record<string, unknown>,
  context: Context,
  policy: Policy,
  plan?: Row[],
): Promise<Result> {
  const { session, signal } = context
  for (const need of verb.needs) {
    if (!session.supports(need))
      throw new CbcError('refused', `${verb.name}: ${session.label} does not have the command "${need}"`, {
        hint: 'its sensor or operating system does not offer it',
        device_id: session.device.id,
      })
  }
  const input = withoutCmdSwitches(verb, typed, session.paths)
  const planned = await verb.plan?.(input, context)
  const question = planned?.question ?? unaskedOf(verb, policy, planned?.exact)
  const run = () => verb.run(input, context, planned?.targets)
  if (plan !== undefined) return await dryRun(verb, run, plan)
  if (question !== undefined && !policy.yes)
    await ask(verb, await withMachineName(await resolveQuestion(question), context), policy, signal)
  return await run()
}

/** Returns the question about a change that is pointed at one exact thing, where even that is asked about. @param exact the verb's own */
export function unaskedOf(
  { effect }: Pick<AnyVerb, 'effect'>,
  { unasked }: Policy,
  exact?: Plan<unknown>['exact'],
): Exclude<Plan<unknown>['exact'], 'nothing'> {
  return effect === 'read' || unasked === undefined || exact === 'nothing' ? undefined : (exact ?? unasked)
}

/** Asks for confirmation of a change. @throws CbcError refused */
export async function ask(verb: Pick<AnyVerb, 'name'>, question: Question, { confirm }: Policy, signal: AbortSignal): Promise<void> {
  if (confirm === undefined) {
    throw new CbcError('refused', `${verb.name}: refused, because nobody is there to confirm: ${inOneLine(question)}`, {
      hint: 'add --yes if that is what you want',
    })
  }
  if (!(await confirm(question, signal))) throw new CbcError('refused', `${verb.name}: not confirmed, nothing was done`)
}

/** Returns a plan's question, after any look-ups for it. */
export async function resolveQuestion(question: NonNullable<Plan<unknown>['question']>): Promise<Question> {
  return typeof question === 'function' ? await question() : question
}

/** Writes a question in one line, with its first targets. */
export function inOneLine({ what, to = [], shown = false }: Question): string {
  return shown || to.length === 0 ? what : `${what}: ${firstOf(to, MAX_NAMED_TARGETS).join(', ')}`
}

/** Adds the machine's name to a question where only its id was given. */
async function withMachineName(question: Question, { session: { device }, describe }: Context): Promise<Question> {
  if (device.name !== undefined) return question
  const { name } = await describe()
  return typeof name === 'string' && name !== ''
    ? { ...question, to: [`device ${device.id} is ${name}`, ...(question.to ?? [])] }
    : question
}

/** Returns the steps that would be sent; a verb that only reads is run, and returns its result. */
async function dryRun({ effect }: AnyVerb, run: () => Promise<Result>, plan: Row[]): Promise<Result> {
  try {
    const result = await run()
    // Some verbs do their work while the result is read, so it is read here, once.
    const rows: Row[] = []
    if (result.kind === 'list') for await (const row of result.rows) rows.push(row)
    else if (result.kind === 'bytes') for await (const _ of result.bytes) continue
    if (effect === 'read' && plan.length === 0 && result.kind !== 'bytes') return result.kind === 'list' ? { ...result, rows } : result
  } catch (error) {
    if (!(error instanceof Planned)) throw error
  }
  return { kind: 'list', rows: plan, columns: PLAN, none: 'nothing would be sent' }
}
