import { within } from '../core/abort.ts'
import type { Host } from '../core/host.ts'
import type { Result } from '../core/result.ts'
import { runOrganizationVerb } from '../engine/run-organization-verb.ts'
import type { AnyOrganizationVerb } from '../verbs/define-organization.ts'
import { splitCompare } from '../engine/compare-options.ts'
import { readGlobals, renderingOf } from '../engine/globals.ts'
import { policyFor, preflight, refuseChange, withEffect } from '../engine/invoke.ts'
import type { Parsed } from '../engine/spec.ts'
import { Notices } from '../ui/notices.ts'
import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import type { RenderOptions } from '../ui/renderers/renderer.ts'
import { caseFolderOf, openRuntimeContext, typedLine } from './runtime-context.ts'

/**
 * Runs a verb on the organization and writes its result.
 * @param words what was typed after `cbc`
 * @param family the group of the verb
 * @returns exit code
 */
export async function runOrganization(
  defined: AnyOrganizationVerb,
  host: Host,
  { input: typed, globals: given }: Parsed,
  words: readonly string[],
  family: string,
): Promise<number> {
  const globals = readGlobals(given)
  const { input, compare } = splitCompare(defined, typed)
  const verb = withEffect(defined, input)
  preflight(verb, input, policyFor(globals), 'the organization')
  const notices = new Notices(host.stderr, globals, 'ends')
  const opened = await openRuntimeContext(host, globals, notices)
  const runtime = { ...opened, typed: typedLine(words, host), ...(family === 'lr' ? {} : { family }) }
  const { progress, policy } = runtime
  const endWait = progress.wait({ kind: 'work', what: () => `Carbon Black Cloud: ${verb.name}`, signal: host.interrupt })
  const { identity } = verb
  const compared = async () => {
    if (identity === undefined || compare === undefined || globals.dryRun === true) return (result: Result) => result
    const { openComparison } = await import('../engine/comparison.ts')
    const facts = { verb: `${family} ${verb.name}`, arguments: input }
    return await openComparison({ compare, identity, facts, folder: await caseFolderOf(runtime, host)?.(), runtime })
  }
  const work = async (signal: AbortSignal) => {
    refuseChange(verb, policy, 'the organization')
    const shown = await compared()
    const result = await shown(await runOrganizationVerb(verb, input, globals, policy, runtime, signal))
    const options: RenderOptions = {
      ...renderingOf(globals, host.clock),
      stdout: clearing(host.stdout, progress),
      stderr: clearing(host.stderr, progress),
      partial: error => notices.partial(error),
      changed: verb.effect !== 'read',
    }
    if (result.kind === 'object' || result.into === undefined) return await render(result, options)
    const { renderInto } = await import('../ui/render-to-file.ts')
    return await renderInto(result.into, result, host.local, options, async file => {
      await runtime.case?.note({ event: 'written', verb: `${family} ${verb.name}`, line: runtime.typed, ...file })
    })
  }
  return await notices.during(async () => {
    try {
      return await within(host.clock, globals.timeout, verb.name, host.interrupt, work)
    } finally {
      endWait()
      await runtime.close()
    }
  })
}
