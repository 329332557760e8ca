import type { CaseFolder } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import type { Result } from '../core/result.ts'
import type { AnyVerb } from '../verbs/define.ts'
import type { Compare } from './compare-options.ts'
import { openComparison } from './comparison.ts'
import { resolveDevice } from './devices.ts'
import type { Globals } from './globals.ts'
import { look } from './look.ts'
import type { OpenRuntime, Target } from './remote-job.ts'

/** A verb on a device, whose result is saved or compared. */
export interface ComparedRun {
  verb: AnyVerb
  input: Record<string, unknown>
  compare: Compare
  device: Target
  globals: Globals
  runtime: Omit<OpenRuntime, 'close'>
  /** Opens the case's folder; absent where there is no case. */
  folder: (() => Promise<CaseFolder>) | undefined
}

/**
 * Returns what is shown of a verb's result: the result, or how it differs from another. What that takes is looked up first.
 * @throws CbcError as `openComparison` does
 */
export async function shownOf(
  { verb, input, compare, device, globals, runtime, folder }: ComparedRun,
  signal: AbortSignal,
): Promise<(result: Result) => Promise<Result>> {
  const { identity } = verb
  if (identity === undefined || globals.dryRun === true) return async result => result
  return await openComparison({
    compare,
    identity,
    facts: { verb: verb.name, arguments: input, device },
    folder: await folder?.(),
    runtime,
    async lookAt(name, across) {
      const other = await otherDevice(name, runtime, signal)
      const seen = await look({ verb, identity: across, input, device: other, globals, runtime }, signal)
      if (seen.missing !== undefined) runtime.notice(`${other.name ?? other.id}: ${seen.missing}`)
      return seen.snapshot
    },
  })
}

/** @throws CbcError not_found: there is neither a saved result nor a device of that name */
async function otherDevice(
  name: string,
  { connection, sources, case: recorder }: ComparedRun['runtime'],
  signal: AbortSignal,
): Promise<Target> {
  try {
    return await resolveDevice(connection.devices, name, sources, signal)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'not_found') throw error
    throw error.with(
      `--diff ${name}: there is no such device, and no result of this name in ${recorder === undefined ? 'a' : 'the'} case`,
      {
        hint: recorder === undefined ? 'a saved result needs --case DIR' : `--save ${name} keeps one`,
      },
    )
  }
}
