import type { World } from '../core/world.ts'
import { administer } from '../engine/administer.ts'
import type { AnyOrganizationVerb } from '../engine/families.ts'
import { readGlobals } from '../engine/globals.ts'
import { policyFor, preflight, refuseChange } from '../engine/invoke.ts'
import type { Parsed } from '../engine/spec.ts'
import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import { openSurroundings, policyOf } from './surroundings.ts'

/**
 * Runs a verb on the organization and writes its result.
 * @returns exit code
 */
export async function runOrganization(verb: AnyOrganizationVerb, world: World, { input, globals: given }: Parsed): Promise<number> {
  const globals = readGlobals(given)
  preflight(verb, input, policyFor(globals), 'the organization')
  const around = await openSurroundings(world, globals)
  const { progress } = around
  try {
    const policy = policyOf(world, globals, around)
    refuseChange(verb, policy, 'the organization')
    const result = await administer(verb, input, globals, policy, around, world.interrupt)
    const options = {
      ...(globals.output === undefined ? {} : { format: globals.output }),
      ...(globals.columns === undefined ? {} : { columns: globals.columns }),
      stdout: clearing(world.stdout, progress), stderr: world.stderr, changed: verb.effect !== 'read',
    }
    if (result.kind === 'object' || result.into === undefined) return await render(result, options)
    const { renderInto } = await import('../ui/into-file.ts')
    return await renderInto(result.into, result, world.local, options)
  } finally {
    await around.close()
  }
}
