import { CbcError } from '../core/errors.ts'
import type { Column, Result, Row } from '../core/result.ts'
import { Planned } from '../remote/session.ts'
import type { AnyOrganizationVerb, OrganizationContext, Pledge } from '../verbs/define-organization.ts'
import { describeDevice, resolveDevice } from './devices.ts'
import type { Globals } from './globals.ts'
import { ask, type Policy } from './invoke.ts'
import { ESTABLISH, type Surroundings } from './remote-job.ts'

/**
 * Runs a verb that needs no session on an endpoint.
 * @throws CbcError refused: not confirmed; whatever the verb throws
 */
export async function administer(verb: AnyOrganizationVerb, input: Record<string, unknown>, globals: Globals, policy: Policy, around: Surroundings, signal: AbortSignal): Promise<Result> {
  const plan: Row[] = []
  const context = contextOf(verb, globals, policy, around, signal, plan)
  if (!context.planning && verb.pledge !== undefined) await confirmed(verb, await verb.pledge(input, context), policy, signal)
  if (!context.planning && !policy.yes) {
    const question = await verb.unexact?.(input, context)
    if (question !== undefined) await ask(verb, question, policy, signal)
  }
  return context.planning ? await dryRun(verb, input, context, plan) : await verb.run(input, context)
}

/** What would be sent, with the items that can't be; where nothing would be, the result itself. */
async function dryRun(verb: AnyOrganizationVerb, input: Record<string, unknown>, context: OrganizationContext, plan: Row[]): Promise<Result> {
  const failed: Row[] = []
  try {
    const result = await verb.run(input, context)
    if (verb.effect === 'read' || result.kind !== 'list') return result
    // Work that is done while the result is read has to be read to be planned.
    const rows: Row[] = []
    for await (const row of result.rows) (row['error'] instanceof Error ? failed : rows).push(row)
    if (plan.length === 0) return { ...result, rows: [...rows, ...failed] }
  } catch (error) {
    if (!(error instanceof Planned)) throw error
  }
  const keys = [...new Set(plan.flatMap(step => Object.keys(step)))]
  return { kind: 'list', rows: [...plan, ...failed], columns: keys.map((key): Column => (key === 'name' ? { key, title: 'request' } : { key })) }
}

function contextOf(verb: AnyOrganizationVerb, globals: Globals, policy: Policy, { connection, sources, ...around }: Surroundings, signal: AbortSignal, plan: Row[]): OrganizationContext {
  const { liveResponse, devices, usb, policies, jobs } = connection
  const planning = globals.dryRun === true
  return {
    ...around, liveResponse, devices, usb, policies, jobs, signal, planning,
    patience: globals.timeout ?? verb.patience ?? ESTABLISH,
    ...(globals.output === undefined ? {} : { output: globals.output }),
    device: typed => resolveDevice(devices, typed, sources, signal),
    describe: device => describeDevice(devices, device, signal),
    agree: async question => { if (!policy.yes) await ask(verb, question, policy, signal) },
    async change(step, send) {
      if (!planning) return await send()
      plan.push(step)
      throw new Planned()
    },
  }
}

/** @throws CbcError refused: the name was not typed, or another one */
async function confirmed(verb: AnyOrganizationVerb, { question, name, given }: Pledge, { type }: Policy, signal: AbortSignal): Promise<void> {
  if (given === undefined && type === undefined) {
    throw new CbcError('refused', `${verb.name}: refused, because nobody is there to type the name: this would ${question.what}`, { hint: `add --confirm ${name} if that is what you want` })
  }
  const typed = given ?? await type?.(question, name, signal) ?? ''
  if (typed.trim().toLowerCase() === name.toLowerCase()) return
  throw new CbcError('refused', `${verb.name}: "${typed}" is not the device's name, ${name}; nothing was done`)
}
