import { within } from '../core/abort.ts'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { Result, Row } from '../core/result.ts'
import { invoke } from '../engine/invoke.ts'
import type { Context } from '../verbs/define.ts'
import type { CheckedStep } from './check.ts'
import { evaluate, ExpressionError, isTrue, UNKNOWN, type Value } from './expression.ts'
import type { Playbook, Step } from './playbook.ts'
import { placeOf } from './source.ts'
import { checkOnEndpoint, readStep, type StepCommand } from './step-line.ts'
import { readResult, valueOf, type StepResult } from './step-result.ts'
import { fill, lineOf, type FilledWord } from './template.ts'

/** What is run on an endpoint. */
export interface Work {
  playbook: Playbook
  steps: readonly CheckedStep[]
  inputs: Readonly<Record<string, Value>>
  /** Where artifact definitions are read from besides those that ship. */
  artifacts: readonly string[]
  /** Returns what conditions call the endpoint's system. */
  os: string
}

/** How far the work on an endpoint has come. */
interface Course extends Work {
  context: Context
  /** What expressions see of the steps so far. */
  known: Record<string, Value>
  /** The remote directory. */
  directory: string
  /** A step failed, and nothing more has its turn. */
  stopped: boolean
  /** The step before did well. */
  wentWell: boolean
}

/** Whether a step has its turn: not yet known in a dry run, where that depends on steps that are not carried out. */
type Turn = 'runs' | 'skipped' | 'not run' | typeof UNKNOWN

/** What became of a step, and what of it is told. */
interface Outcome {
  status: 'done' | 'failed' | 'not found' | 'skipped' | 'not run'
  line: string
  result?: StepResult
  error?: CbcError
}

/**
 * Carries out the steps on an endpoint, one after the other; in a dry run those that change nothing, and the others go into its plan.
 * @returns a row for each step @throws what ends the work: an interruption, its deadline
 */
export async function* runSteps(work: Work, context: Context): AsyncGenerator<Row> {
  const { clock, session } = context
  const course: Course = { ...work, context, known: {}, directory: context.directory, stopped: false, wentWell: true }
  let isForNobody = true
  for (const checked of work.steps) {
    const from = clock.monotonic()
    const outcome = await outcomeOf(course, checked)
    isForNobody &&= outcome.status === 'skipped'
    if (!session.planning) yield rowOf(checked.step, outcome, clock.monotonic() - from)
  }
  if (isForNobody) context.notice(`${session.label}: no step of ${work.playbook.name} is for this endpoint`)
}

/** Does a step, or plans it, where it has its turn. */
async function outcomeOf(course: Course, { step, line }: CheckedStep): Promise<Outcome> {
  const { session, signal } = course.context
  const now: { line: string } = { line }
  try {
    const turn = turnOf(step, course)
    if (session.planning) return await planned(course, step, turn, now)
    if (turn !== 'runs') return settled(course, step, { status: turn === 'not run' ? turn : 'skipped', line })
    const result = await done(course, step, wordsOf(course, step, now))
    const [failure] = result.failed
    if (failure !== undefined) return failed(course, step, { error: failure, result, ...now })
    if (!result.ok) return failed(course, step, { error: new CbcError('remote', `${now.line}: ${result.summary}`), result, ...now })
    return settled(course, step, { status: 'done', result, ...now })
  } catch (error) {
    if (signal.aborted) throw error
    return failed(course, step, { error, ...now })
  }
}

function rootsOf({ inputs, os, known }: Course): Record<string, Value> {
  return { inputs, os, steps: known }
}

function turnOf({ when, chained }: Step, course: Course): Turn {
  if (course.stopped) return 'not run'
  if (chained && !course.wentWell) return 'skipped'
  const value = when === undefined ? true : evaluate(when.expression, rootsOf(course))
  return value === UNKNOWN ? UNKNOWN : isTrue(value) ? 'runs' : 'skipped'
}

/** Returns the words of a step. @param now is told the line that they make @throws ExpressionError: a value isn't there */
function wordsOf(course: Course, { template }: Step, now: { line: string }): FilledWord[] {
  const words = fill(template, expression => evaluate(expression, rootsOf(course)))
  now.line = lineOf(words)
  return words
}

async function done(course: Course, step: Step, words: readonly FilledWord[]): Promise<StepResult> {
  const command = await commandOf(course, words)
  const result = await readResult(await invokeStep(course, command, course.context))
  goTo(course, command, result)
  return result
}

async function commandOf({ artifacts, context: { session, local } }: Course, words: readonly FilledWord[]): Promise<StepCommand> {
  const command = await readStep(words, artifacts)
  checkOnEndpoint(command, words, session.paths.windows)
  await command.verb.checkLocal?.(command.input, local)
  return command
}

/** @param plan receives what would be sent, in a dry run */
async function invokeStep(
  { directory }: Course,
  { verb, input, globals: { timeout } }: StepCommand,
  context: Context,
  plan?: Row[],
): Promise<Result> {
  const timeoutMs = timeout ?? Math.max(context.timeoutMs, verb.timeoutMs ?? 0)
  return await within(context.clock, timeout, verb.name, context.signal, signal =>
    // What was confirmed for the whole playbook is not asked again.
    invoke(verb, input, { ...context, directory, timeoutMs, signal, watched: false }, { readOnly: false, yes: true }, plan),
  )
}

/** Notes what later steps see of a step. */
function settled(course: Course, { id }: Step, outcome: Outcome): Outcome {
  const { status, result } = outcome
  course.wentWell = status === 'done'
  const seen = { ok: course.wentWell, rows: result?.rows ?? [] }
  if (id !== undefined) course.known[id] = valueOf(seen, status === 'skipped' || status === 'not run')
  return outcome
}

/** What isn't there is no failure of a step that says `on_error: continue`. */
function failed(
  course: Course,
  step: Step,
  { error: thrown, result, line }: { error: unknown; result?: StepResult; line: string },
): Outcome {
  const isAbsent = step.onError === 'continue' && thrown instanceof CbcError && thrown.code === 'not_found'
  const error = isAbsent ? thrown : told(course, step, thrown)
  course.stopped ||= step.onError === 'stop'
  return settled(course, step, { status: isAbsent ? 'not found' : 'failed', line, error, ...(result === undefined ? {} : { result }) })
}

/** An error that says where in the playbook it happened, and on which device. */
function told({ playbook: { source }, context: { session } }: Course, { position }: Step, thrown: unknown): CbcError {
  const at = thrown instanceof ExpressionError ? thrown.at : 0
  const error = thrown instanceof ExpressionError ? new CbcError('usage', thrown.message) : asCbcError(thrown)
  return error.with(`${placeOf(source, position(at))}: ${session.label}: ${error.message}`, { device_id: session.device.id })
}

/** Puts a step into the plan of a dry run. A step that only reads is carried out, so that what depends on it is known. */
async function planned(course: Course, step: Step, turn: Turn, now: { line: string }): Promise<Outcome> {
  const { session, notice } = course.context
  const sent: Row[] = []
  const { depends, ...outcome } = await planOf(course, step, turn, { now, sent })
  const { error } = outcome
  const status = error !== undefined ? 'fails' : depends ? 'depends on earlier steps' : outcome.status === 'done' ? 'runs' : outcome.status
  const more = status === 'runs' ? '' : ` (${status})`
  session.plan({ name: `step ${step.number}${more}`, path: now.line, step: step.number, status, run: now.line })
  for (const request of sent) session.plan({ ...request, step: step.number })
  if (error !== undefined) notice(error.message)
  return outcome
}

interface Planning {
  now: { line: string }
  /** What would be sent. */
  sent: Row[]
}

/** @returns with `depends`: whether the step has its turn, or what it does, is known only when it is carried out */
async function planOf(course: Course, step: Step, turn: Turn, { now, sent }: Planning): Promise<Outcome & { depends: boolean }> {
  const { context } = course
  const depends = turn === UNKNOWN
  if (turn === 'skipped' || turn === 'not run') return { ...settled(course, step, { status: turn, ...now }), depends }
  try {
    const words = wordsOf(course, step, now)
    const isOpen = words.some(({ unknown }) => unknown)
    const done = isOpen ? undefined : await rehearsed(course, words, sent)
    if (done !== undefined && !depends)
      return { ...settled(course, step, { status: done.ok ? 'done' : 'failed', ...now, result: done }), depends }
    if (step.id !== undefined) course.known[step.id] = UNKNOWN
    course.wentWell = true
    return { status: 'done', ...now, depends: depends || isOpen }
  } catch (error) {
    if (context.signal.aborted) throw error
    return { ...failed(course, step, { error, ...now }), depends }
  }
}

/** @returns what a command came to that changes nothing, and brings nothing home */
async function rehearsed(course: Course, words: readonly FilledWord[], sent: Row[]): Promise<StepResult | undefined> {
  const { context } = course
  const command = await commandOf(course, words)
  const session = context.session.planned(request => {
    sent.push(request)
  })
  const result = await invokeStep(course, command, { ...context, session }, sent)
  if (command.verb.effect !== 'read' || sent.length > 0) return undefined
  const read = await readResult(result)
  goTo(course, command, read)
  return read
}

/** The steps after `cd` start from its directory. */
function goTo(course: Course, { verb }: StepCommand, { rows }: StepResult): void {
  if (verb.name === 'cd') course.directory = String(rows[0]?.['path'])
}

function rowOf(step: Step, { status, line, result, error }: Outcome, duration_ms: number): Row {
  return {
    step: step.number,
    name: step.name ?? null,
    run: line,
    line: step.position(0).line,
    status,
    ok: status === 'done',
    count: result?.rows.length ?? 0,
    summary: result?.summary ?? (status === 'not found' ? (error?.message ?? '') : ''),
    ...(result === undefined ? {} : { result: result.json, part: result.part }),
    ...(status === 'failed' ? { error } : {}),
    duration_ms,
  }
}
