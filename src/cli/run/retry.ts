import { CbcError, usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { Secret } from '../../core/secret.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { readGlobals } from '../../engine/globals.ts'
import { policyFor, preflight, refuseChange, withEffect } from '../../engine/invoke.ts'
import { parse, type Grammar } from '../../engine/parse.ts'
import type { Parsed } from '../../engine/spec.ts'
import { openRun, type RunRecord } from '../../runs/record.ts'
import { commandOf, continueRun } from '../../runs/run-log.ts'
import { RETRIES, type Retry } from '../../runs/select.ts'
import { value, type AnyVerb } from '../../verbs/define.ts'
import { VERBS } from '../../verbs/index.ts'
import { PLAYBOOK_RUN } from '../playbook/run.ts'
import { typedLine } from '../runtime-context.ts'
import { RUN } from './columns.ts'
import { runFoldersOf } from './folders.ts'
import { queueOf } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'
import { splitInput, TURN_OPTIONS } from './options.ts'
import { carryOn, left } from './several.ts'
import { withStore } from './store.ts'

/** `cbc run retry`. @param grammar the program's own */
export const retry = (grammar: () => Grammar) =>
  defineProgramVerb({
    summary: 'go on with a run: do what is not done',
    details:
      'The same command runs on the devices that failed, were offline, or had no turn yet. A device where a change may have been made has its turn only with --only unknown or --only all.',
    examples: [
      { line: 'cbc run retry 20261130-0415-ps-x7k2', does: 'everything that is not done, except changes of unknown outcome' },
      { line: 'cbc run retry 20261130-0415-ps-x7k2 --only offline --wait 24h', does: 'the devices that were offline, as they come back' },
    ],
    example: line => line,
    fields: [],
    interactive: 'runs a verb on devices, and writes their lines as they come',
    arguments: { run: RUN },
    options: {
      only: value('--only <state>', `${RETRIES.join(', ')}: only devices in this state`, { choices: RETRIES, parse: parseRetry }),
      ...TURN_OPTIONS,
      queue: QUEUE_OF_RUN,
    },
    async run({ run, only, queue, ...options }, context) {
      const { host, globals, open } = context
      const { record } = await openRun(await runFoldersOf(context), run)
      const { verb, parsed } = await readAgain(record, grammar(), host)
      await checkDirectory(verb, record, host)
      const url = record.queue === undefined ? undefined : await queueOf(record.queue, record.run, queue, context)
      return await goOn(verb, parsed, { globals, only, options, record, host, open, url })
    },
  })

interface Again extends Pick<ProgramContext, 'globals' | 'host' | 'open'> {
  only: Retry | undefined
  options: Record<string, unknown>
  record: RunRecord
  /** The queue server that it is on. */
  url: Secret | undefined
}

async function goOn(defined: AnyVerb, { input: typed, globals: before }: Parsed, again: Again): Promise<number> {
  const { only, options, record, host, open, url } = again
  const globals = { ...readGlobals(before), ...again.globals }
  const { device: _, keepSession, ...rest } = typed
  const { input, run } = splitInput(defined, rest)
  const verb = withEffect(defined, input)
  preflight(verb, input, policyFor(globals))
  const runtime = { ...(await open(globals)), typed: typedLine(record.words, host) }
  try {
    refuseChange(verb, runtime.policy)
    if (runtime.connection.place !== record.place)
      throw new CbcError('refused', `run ${record.run}: belongs to another organization: ${record.place}`, {
        hint: `its profile was "${record.profile}": name it, or another one of that organization, with --profile`,
      })
    const given = Object.fromEntries(Object.entries(options).filter(([, option]) => option !== undefined))
    // What a device sent home at its last turn is not fetched again; a store keeps no partial files.
    const resumed = 'resume' in verb.options && run.store === undefined ? { ...input, resume: true } : input
    const work = { verb, input: resumed, keep: keepSession === true, options: { ...run, ...given }, globals, host, runtime }
    const command = commandOf(verb.name, input)
    if (url !== undefined) {
      const { checkRetryable, retryOverQueue } = await import('./retry-over-queue.ts')
      checkRetryable(record, given)
      return await retryOverQueue(work, record, { url, only, command })
    }
    return await withStore(run.store, { host, globals, progress: runtime.progress }, async store => {
      const log = await continueRun(await host.runFolders(runtime.case?.path), record.run, command, host.clock)
      return await carryOn(work, log, left(log, only), store)
    })
  } finally {
    await runtime.close()
  }
}

/** Reads again what was typed. @throws CbcError usage: this version of the program doesn't know it */
async function readAgain({ words, verb: name }: RunRecord, grammar: Grammar, host: Host): Promise<{ verb: AnyVerb; parsed: Parsed }> {
  const outcome = await parse(grammar, words)
  if (outcome.kind === 'run' && name === PLAYBOOK_RUN)
    return await (await import('../playbook/prepare.ts')).prepareRun(outcome.parsed, host)
  const verb = await VERBS.find(known => known.name === name)?.load()
  if (outcome.kind !== 'run' || verb === undefined) throw usage(`\`cbc ${words.join(' ')}\` can't be gone on with`)
  return { verb, parsed: outcome.parsed }
}

/** Local paths mean what they meant when the run was begun. @throws CbcError usage */
async function checkDirectory({ name, arguments: arguments_, options }: AnyVerb, { directory }: RunRecord, { local }: Host): Promise<void> {
  const usesPaths = Object.values({ ...arguments_, ...options }).some(({ kind }) => kind === 'local-path')
  if (usesPaths && (await local.directory('.')) !== directory)
    throw usage(`run retry: its local paths start from ${directory}`, `go there first: \`${name}\` has local files`)
}

/** @throws CbcError usage */
function parseRetry(text: string): Retry {
  const found = RETRIES.find(state => state === text)
  if (found === undefined) throw usage(`--only: "${text}" is not a state`, `use ${RETRIES.join(', ')}`)
  return found
}
