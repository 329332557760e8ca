import { asCbcError, CbcError } from '../core/errors.ts'
import { firstOf } from '../core/lists.ts'
import type { Column, Result, Row } from '../core/result.ts'
import { Planned } from '../remote/session.ts'
import type { AnyOrganizationVerb, OrganizationContext, OrganizationPlan, NameConfirmation } from '../verbs/define-organization.ts'
import { describeDevice, resolveDevice, resolveDevices } from './devices.ts'
import type { Globals } from './globals.ts'
import { ask, inOneLine, MAX_NAMED_TARGETS, resolveQuestion, unaskedOf, type Policy } from './invoke.ts'
import { isInDoubt } from './outcome.ts'
import { toItsEnd } from './recording.ts'
import { SESSION_ESTABLISH_TIMEOUT_MS, type RuntimeContext } from './remote-job.ts'

/**
 * Runs a verb that needs no session on an endpoint: the verb plans, the user confirms the plan, and the verb carries it out. It is recorded
 * where there is a case.
 * @throws CbcError refused: not confirmed; io: the case can't be written; whatever the verb throws
 */
export async function runOrganizationVerb(
  verb: AnyOrganizationVerb,
  input: Record<string, unknown>,
  globals: Globals,
  policy: Policy,
  runtime: RuntimeContext,
  signal: AbortSignal,
): Promise<Result> {
  const recorder = runtime.case
  if (recorder === undefined || globals.dryRun === true)
    return await carryOut(verb, input, policy, contextOf(verb, globals, runtime, signal))
  const name = runtime.family === undefined ? verb.name : `${runtime.family} ${verb.name}`
  const operation = recorder.begin({ verb: name, line: runtime.typed ?? name, arguments: input, effect: verb.effect })
  const course = { made: false }
  const context = contextOf(verb, globals, runtime, signal)
  const recorded: PlannedContext = {
    ...context,
    moved: file => operation.moved(file),
    async change(step, send) {
      const ended = await operation.started(String(step['name']))
      course.made = true
      try {
        const answer = await send()
        ended('done')
        return answer
      } catch (error) {
        ended(isInDoubt(asCbcError(error), true) ? 'unknown' : 'failed')
        throw error
      }
    },
  }
  return await toItsEnd(operation, course, () => carryOut(verb, input, policy, recorded))
}

async function carryOut(
  verb: AnyOrganizationVerb,
  input: Record<string, unknown>,
  policy: Policy,
  context: PlannedContext,
): Promise<Result> {
  const { signal, steps } = context
  const plan = await verb.plan?.(input, context)
  const run = () => verb.run(input, context, plan?.targets)
  if (context.planning) return await dryRun(verb, run, steps)
  await confirmed(verb, plan ?? { targets: undefined }, policy, signal)
  return await run()
}

/** What a verb gets, and the steps of a dry run. */
type PlannedContext = OrganizationContext & { steps: Row[] }

/** @throws CbcError refused */
async function confirmed(
  verb: AnyOrganizationVerb,
  { nameConfirmation, discard, ...plan }: OrganizationPlan<unknown>,
  policy: Policy,
  signal: AbortSignal,
): Promise<void> {
  const question = plan.question ?? unaskedOf(verb, policy)
  try {
    if (nameConfirmation !== undefined) await confirmByName(verb, nameConfirmation, policy, signal)
    else if (question !== undefined && !policy.yes) await ask(verb, await resolveQuestion(question), policy, signal)
  } catch (error) {
    await discard?.()
    throw error
  }
}

/** Returns what would be sent, and the items that can't be; where nothing would be sent, the result itself. */
async function dryRun({ effect }: AnyOrganizationVerb, run: () => Promise<Result>, plan: Row[]): Promise<Result> {
  const failed: Row[] = []
  try {
    const result = await run()
    if (effect === 'read' || result.kind !== 'list') return result
    // Some verbs do their work while the result is read, so it is read here.
    const rows: Row[] = []
    for await (const row of result.rows) (row['error'] instanceof Error ? failed : rows).push(row)
    if (plan.length === 0) return { ...result, rows: [...rows, ...failed] }
  } catch (error) {
    if (!(error instanceof Planned)) throw error
  }
  const keys = [...new Set(plan.flatMap(step => Object.keys(step)))]
  return {
    kind: 'list',
    rows: [...plan, ...failed],
    columns: keys.map((key): Column => (key === 'name' ? { key, title: 'request' } : { key })),
  }
}

function contextOf(
  verb: AnyOrganizationVerb,
  globals: Globals,
  { connection, sources, ...runtime }: RuntimeContext,
  signal: AbortSignal,
): PlannedContext {
  const { liveResponse, devices, usb, policies, jobs, anyCall } = connection
  const planning = globals.dryRun === true
  const steps: Row[] = []
  return {
    ...runtime,
    steps,
    liveResponse,
    devices,
    usb,
    policies,
    jobs,
    anyCall,
    signal,
    planning,
    timeoutMs: globals.timeout ?? verb.timeoutMs ?? SESSION_ESTABLISH_TIMEOUT_MS,
    ...(globals.output === undefined ? {} : { output: globals.output }),
    device: typed => resolveDevice(devices, typed, sources, signal),
    targets: typed => resolveDevices(devices, typed, sources, signal),
    describe: device => describeDevice(devices, device, signal),
    async change(step, send) {
      if (!planning) return await send()
      steps.push(step)
      throw new Planned()
    },
  }
}

/** @throws CbcError refused: one of the names was not typed, or a wrong one was */
async function confirmByName(
  verb: AnyOrganizationVerb,
  { things, given }: NameConfirmation,
  { askForName }: Policy,
  signal: AbortSignal,
): Promise<void> {
  if (given.length === 0 && askForName === undefined) {
    const all = firstOf(
      things.map(({ question }) => inOneLine(question)),
      MAX_NAMED_TARGETS,
    ).join(', ')
    const hint = `add ${things.map(({ name }) => `--confirm ${name}`).join(' ')} if that is what you want`
    throw new CbcError('refused', `${verb.name}: refused, because nobody is there to type the name: this would ${all}`, { hint })
  }
  for (const { question, name } of things) {
    const texts = given.length > 0 ? given : [(await askForName?.(question, name, signal)) ?? '']
    if (texts.some(text => text.trim().toLowerCase() === name.toLowerCase())) continue
    throw new CbcError('refused', `${verb.name}: "${texts.join('", "')}" is not the device's name, ${name}; nothing was done`)
  }
}
