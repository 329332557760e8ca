import { withEffect } from '../engine/invoke.ts'
import { FAMILIES } from '../engine/command-groups.ts'
import { runOrganizationVerb } from '../engine/run-organization-verb.ts'
import type { AnyOrganizationVerb } from '../verbs/define-organization.ts'
import { checkChange, policyFor, runtimeFor, timely, type Setting } from './call.ts'
import { fieldsOf, notGiven, readFields } from './fields.ts'
import { toolOf, type Tool } from './tool.ts'

/**
 * The verbs without a session on an endpoint that an assistant may call. Where devices were named at the start, these are the ones about a
 * device: the others show, or change, what belongs to all.
 */
export async function organizationTools(setting: Setting): Promise<Tool[]> {
  const { device, lr, usb } = FAMILIES
  const families = setting.scope.only === undefined ? [device, lr, usb] : [device]
  const tools = await Promise.all(
    families.map(async ({ path, verbs }) => {
      const loaded = await Promise.all(verbs.map(({ load }) => load()))
      return loaded.filter(verb => isOffered(verb, setting)).map(verb => toolFor(path, verb, setting))
    }),
  )
  return tools.flat()
}

/** What uses files of this machine is no verb for an assistant, and what belongs to the organization is not an assistant's to change. */
function isOffered({ arguments: own, effect }: AnyOrganizationVerb, { scope }: Setting): boolean {
  const usesFiles = Object.values(own).some(({ kind }) => kind === 'local-path')
  return !usesFiles && (effect === 'read' || scope.only !== undefined)
}

function toolFor(path: string, verb: AnyOrganizationVerb, setting: Setting): Tool {
  const family = path === 'lr' ? undefined : path
  const name = family === undefined ? verb.name : `${family} ${verb.name}`
  const fields = fieldsOf(verb, (_, { kind }) => kind !== 'local-path')
  return toolOf(name, verb, { effect: verb.effect, fields, source: 'service' }, async (call, use) => {
    const typed = { ...notGiven(verb, {}), ...readFields(name, fields, call.given) }
    const meant = withEffect(verb, typed)
    meant.check?.(typed)
    if (meant.effect !== 'read') checkChange(name, setting)
    return await timely(setting, name, call, async signal => {
      const input = await withinScope(verb, typed, setting, signal)
      const where = [input['device'] ?? 'the organization'].flat().join(', ')
      const policy = policyFor(setting, { verb: name, where, given: call.given })
      const runtime = { ...runtimeFor(setting, call, name), ...(family === undefined ? {} : { family }) }
      call.recorded()
      const result = await runOrganizationVerb(meant, input, setting.globals, policy, runtime, signal)
      return await use(result, meant.effect)
    })
  })
}

/** Where devices were named at the start, replaces those that the assistant names by their ids. @throws CbcError refused */
async function withinScope(
  { arguments: own }: AnyOrganizationVerb,
  input: Record<string, unknown>,
  { scope }: Setting,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  if (scope.only === undefined) return input
  const id = async (typed: unknown) => String((await scope.device(String(typed), signal)).id)
  const found = { ...input }
  for (const [key, { kind }] of Object.entries(own)) {
    const typed = found[key]
    if (kind !== 'device' || typed === undefined) continue
    found[key] = Array.isArray(typed) ? await Promise.all(typed.map(id)) : await id(typed)
  }
  return found
}
