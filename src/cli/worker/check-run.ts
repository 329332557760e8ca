import { z } from 'zod'
import { CbcError, usage } from '../../core/errors.ts'
import { readGlobals, renderingOf, type Globals } from '../../engine/globals.ts'
import { policyFor, preflight, withEffect } from '../../engine/invoke.ts'
import { parse, type Grammar } from '../../engine/parse.ts'
import type { RuntimeContext } from '../../engine/remote-job.ts'
import type { CheckedRun } from '../../queue/worker-options.ts'
import type { SharedRun } from '../../runs/run-store.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import { VERBS } from '../../verbs/index.ts'
import { deviceLines } from '../run/device-lines.ts'
import { localPathsIn } from '../run/local-paths.ts'
import { NOWHERE } from '../run/nowhere.ts'
import { splitInput } from '../run/options.ts'

/** A command line is no longer than a service accepts; a run names no more devices than an organization may have. */
const MAX_WORDS = 1000
const MAX_WORD = 100_000
const MAX_DEVICES = 1_000_000
const MAX_TEXT = 1000

const text = z.string().max(MAX_TEXT)

/** What a queue server holds of a run. Anybody who can write there may have written it. */
const SHARED = z.object({
  record: z.object({
    run: z.string().regex(/^[\w-]{1,128}$/),
    verb: text,
    words: z.array(z.string().max(MAX_WORD)).max(MAX_WORDS),
    directory: text,
    place: text,
    profile: text,
    who: text,
    begun: text,
    devices: z.array(z.object({ id: z.int().positive(), name: text.optional() })).max(MAX_DEVICES),
  }),
  canary: z.int().positive().optional(),
  maxFailures: z.int().positive().optional(),
  waitUntil: z.number().optional(),
})

export interface CheckOptions {
  /** The commands that a run may be: those that run on endpoints. */
  grammar: Grammar
  runtime: Pick<RuntimeContext, 'connection' | 'clock'>
  /** What this worker may do. */
  globals: Globals
  /** Whether there is a place for files that devices send home. */
  hasStore: boolean
}

/**
 * Checks what a queue server holds of a run, and reads again what was typed: with this program's own grammar, of which a run may use the verbs
 * that run on endpoints, their arguments, and a time limit.
 * @throws CbcError refused, usage: the run is refused, and why
 */
export async function checkRun(shared: unknown, options: CheckOptions): Promise<CheckedRun> {
  const read = SHARED.safeParse(shared)
  if (!read.success) throw refused('what the queue server holds of it is not a run')
  const { record } = read.data
  const { connection, clock } = options.runtime
  if (record.place !== connection.place) throw refused('it belongs to another organization')
  const defined = await VERBS.find(({ name }) => name === record.verb)?.load()
  if (defined === undefined) throw refused(`this version has no verb "${record.verb}"`)
  const { input: typed, globals: given } = await parsed(defined, record.words, { ...options.grammar, env: {} })
  const globals = readGlobals(given)
  if (globals.dryRun) throw refused('a dry run is not for workers')
  const { device: _, keepSession, ...rest } = typed
  const { input, run } = splitInput(defined, rest)
  const verb = withEffect(defined, input)
  const policy = { ...policyFor({ readOnly: options.globals.readOnly === true || globals.readOnly === true }, connection), yes: true }
  preflight(verb, input, policy)
  checkFiles(verb, input, options.hasStore)
  const { timeout, columns, known } = globals
  const used: Globals = {
    ...(timeout === undefined ? {} : { timeout }),
    ...(columns === undefined ? {} : { columns }),
    ...(known === undefined ? {} : { known }),
  }
  const lines = deviceLines({ ...renderingOf(used, clock), stdout: NOWHERE, stderr: NOWHERE }, verb)
  return {
    shared: read.data as SharedRun,
    job: { verb, input, globals: used, policy, keep: keepSession === true },
    maxBytes: run.maxBytesPerDevice,
    lineOf: settled => lines.lineOf(settled),
  }
}

async function parsed(
  verb: AnyVerb,
  words: readonly string[],
  grammar: Grammar,
): Promise<{ input: Record<string, unknown>; globals: Record<string, unknown> }> {
  const outcome = await parse(grammar, words).catch((error: unknown) => {
    throw error instanceof CbcError ? refused(`its command is not understood: ${error.message}`) : error
  })
  if (outcome.kind !== 'run' || (outcome.leaf.spec as { name?: unknown }).name !== verb.name)
    throw refused(`its command is not ${verb.name}`)
  return outcome.parsed
}

/** No path of this machine is followed. What comes home goes to the worker's store, whatever path was typed. @throws CbcError refused */
function checkFiles(verb: AnyVerb, input: Record<string, unknown>, hasStore: boolean): void {
  const { name, brings } = verb
  if (localPathsIn(verb, input).reads) throw refused(`${name} would read a file of this machine`)
  if (brings !== undefined && !hasStore)
    throw usage(`${name} brings files home, and this worker has no place for them`, 'start workers with --store')
}

function refused(why: string): CbcError {
  return new CbcError('refused', `the worker refuses this run: ${why}`)
}
