import { within } from '../core/abort.ts'
import { pathHint } from '../core/missing-backslashes.ts'
import { CbcError, usage } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import type { Target } from '../engine/remote-job.ts'
import type { Host } from '../core/host.ts'
import type { AnyVerb } from '../verbs/define.ts'
import { findDevices, type Sessions } from '../engine/find-device.ts'
import { isWatched, readGlobals, renderingOf, type Globals } from '../engine/globals.ts'
import { policyFor, preflight, refuseChange, withEffect } from '../engine/invoke.ts'
import { openSession, runVerb } from '../engine/remote-job.ts'
import type { Parsed } from '../engine/spec.ts'
import { Notices } from '../ui/notices.ts'
import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import { rendererFor } from '../ui/renderers/index.ts'
import { splitInput } from './run/options.ts'
import { caseFolderOf, openRuntimeContext, typedLine } from './runtime-context.ts'

/**
 * Runs a verb on one device, in the session that is open there or in a new one, and writes its result; on several, as a run.
 * @param words what was typed after `cbc`
 * @returns exit code
 */
export async function runOnce(
  defined: AnyVerb,
  host: Host,
  { input, globals: given }: Parsed,
  words: readonly string[] = [],
): Promise<number> {
  const globals = readGlobals(given)
  const notices = new Notices(host.stderr, globals, 'ends')
  return await notices.during(() => runOn(defined, host, { input, globals }, words, notices))
}

async function runOn(
  defined: AnyVerb,
  host: Host,
  { input: { device, keepSession, ...typed }, globals }: { input: Parsed['input']; globals: Globals },
  words: readonly string[],
  notices: Notices,
): Promise<number> {
  const { input, run, compare } = splitInput(defined, typed)
  const verb = withEffect(defined, input)
  preflight(verb, input, policyFor(globals))
  await verb.checkLocal?.(input, host.local)
  const runtime = { ...(await openRuntimeContext(host, globals, notices)), typed: typedLine(words, host) }
  const { progress, policy } = runtime
  const endWait = progress.wait({ kind: 'work', what: () => `${String(device)}: ${verb.name}`, signal: host.interrupt })
  const work = async (target: Target, sessions: Sessions, signal: AbortSignal) => {
    const plan: Row[] | undefined = globals.dryRun ? [] : undefined
    const opening = sessions === undefined ? runtime : { ...runtime, session: { ...runtime.session, sessions } }
    const compared = { verb, input, device: target, globals, runtime, folder: caseFolderOf(runtime, host) }
    const shown = compare && (await (await import('../engine/compare-devices.ts')).shownOf({ ...compared, compare }, signal))
    const session = await openSession(target, globals, opening, signal, plan, keepSession === true)
    // A person waits for the first row: what draws it is loaded while the endpoint works.
    if (host.stdout.isTerminal) void rendererFor({ ...renderingOf(globals, host.clock), stdout: host.stdout }).catch(() => {})
    try {
      const result = await runVerb({
        verb,
        input,
        session,
        directory: session.home,
        globals,
        policy,
        runtime: { ...runtime, watched: isWatched(host.stdout, globals) },
        signal,
        plan,
      })
      return await render(shown === undefined ? result : await shown(result), {
        ...renderingOf(globals, host.clock),
        stdout: clearing(host.stdout, progress),
        stderr: clearing(host.stderr, progress),
        partial: error => notices.partial(error),
        changed: verb.effect !== 'read',
      })
    } finally {
      progress.end()
      await session.close(signal)
    }
  }
  try {
    refuseChange(verb, policy)
    const outcome = await within(host.clock, globals.timeout, verb.name, host.interrupt, async signal => {
      const { targets, sessions } = await findDevices(runtime.connection, String(device), runtime.sources, signal)
      const [only, ...others] = targets
      return only === undefined || others.length > 0 || Object.keys(run).length > 0 ? targets : await work(only, sessions, signal)
    })
    if (typeof outcome === 'number') return outcome
    if (compare !== undefined) throw usage('--save and --diff are for one device', 'name one, and no options for several')
    const { runOnSeveral } = await import('./run/several.ts')
    // A run has lines on stderr in any case, and goes on for long: what happens is told as it happens.
    await notices.release()
    const several = { verb, input, keep: keepSession === true, options: run, globals, host, runtime }
    return await runOnSeveral(several, outcome, String(device), words)
  } catch (error) {
    throw error instanceof CbcError && error.code === 'not_found' ? withPathHint(error, verb, input) : error
  } finally {
    endWait()
    await runtime.close()
  }
}

/** Adds a hint to "not found" if the user's own shell seems to have removed the backslashes of a path. */
function withPathHint(error: CbcError, { arguments: arguments_, options }: AnyVerb, input: Record<string, unknown>): CbcError {
  const paths = Object.entries({ ...arguments_, ...options })
    .filter(([, { kind }]) => kind === 'remote-path')
    .flatMap(([name]) => [input[name]].flat())
  const hint = paths.flatMap(path => (typeof path === 'string' ? (pathHint(path) ?? []) : []))[0]
  return hint === undefined ? error : error.with(error.message, { hint })
}
