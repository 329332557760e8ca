import { CbcError } from '../core/errors.ts'
import type { Column, Result, Row } from '../core/result.ts'
import { Planned } from '../remote/session.ts'
import type { AnyOrganizationVerb, OrganizationContext } from '../verbs/organization/define.ts'
import { describeDevice, resolveDevice } from './devices.ts'
import type { Globals } from './globals.ts'
import { ask, type Policy } from './invoke.ts'
import { ESTABLISH, type Surroundings } from './remote-job.ts'

const PLAN: Column[] = [{ key: 'name', title: 'request' }, { key: 'session_id' }, { key: 'device_id' }, { key: 'id' }, { key: 'file_id' }, { key: 'path' }]

/**
 * Runs a verb that needs no session on an endpoint.
 * @throws CbcError refused: not confirmed; whatever the verb throws
 */
export async function administer(verb: AnyOrganizationVerb, input: Record<string, unknown>, globals: Globals, policy: Policy, around: Surroundings, signal: AbortSignal): Promise<Result> {
  const plan: Row[] = []
  const context = contextOf(globals, around, signal, plan)
  if (!context.planning && verb.pledge !== undefined) await confirmed(verb, await verb.pledge(input, context), policy, signal)
  if (!context.planning && !policy.yes) {
    const question = await verb.unexact?.(input, context)
    if (question !== undefined) await ask(verb, question, policy, signal)
  }
  try {
    return await verb.run(input, context)
  } catch (error) {
    if (!(error instanceof Planned)) throw error
    return { kind: 'list', rows: plan, columns: PLAN.filter(({ key }) => plan.some(step => key in step)) }
  }
}

function contextOf(globals: Globals, { connection, ...around }: Surroundings, signal: AbortSignal, plan: Row[]): OrganizationContext {
  const { liveResponse, devices, usb, policies, jobs } = connection
  const planning = globals.dryRun === true
  return {
    ...around, liveResponse, devices, usb, policies, jobs, signal, planning,
    patience: globals.timeout ?? ESTABLISH,
    device: typed => resolveDevice(devices, typed, signal),
    describe: device => describeDevice(devices, device, signal),
    async change(step, send) {
      if (!planning) return await send()
      plan.push(step)
      throw new Planned()
    },
  }
}

/** @throws CbcError refused: the name was not typed, or another one */
async function confirmed(verb: AnyOrganizationVerb, { warning, name, given }: { warning: string, name: string, given: string | undefined }, { type }: Policy, signal: AbortSignal): Promise<void> {
  const [what = ''] = warning.split('\n')
  if (given === undefined && type === undefined) {
    throw new CbcError('refused', `${verb.name}: refused, because nobody is there to type the name: this would ${what}`, { hint: `add --confirm ${name} if that is what you want` })
  }
  const typed = given ?? await type?.(`${warning}\nType ${name} to go on`, signal) ?? ''
  if (typed.trim().toLowerCase() === name.toLowerCase()) return
  throw new CbcError('refused', `${verb.name}: "${typed}" is not the device's name, ${name}; nothing was done`)
}
