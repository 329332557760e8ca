import type { CaseFolder } from '../core/case-folder.ts'
import { acrossDevices, differenceColumns, differences, snapshotOf, type Identity, type Snapshot } from '../core/difference.ts'
import { CbcError, EXIT_CODES, usage } from '../core/errors.ts'
import { list, type Result, type Row } from '../core/result.ts'
import type { Compare } from './compare-options.ts'
import { columnsOf, rowsOf } from './look.ts'
import type { RuntimeContext } from './remote-job.ts'
import { alreadySaved, readSaved, snapshotOfSaved, writeSaved, type SavedFacts } from './saved-result.ts'

/** What a result is compared with. */
interface Other {
  snapshot: Snapshot
  identity: Identity
}

export interface ComparisonNeeds {
  compare: Compare
  identity: Identity
  /** What the result is of. */
  facts: Omit<SavedFacts, 'time'>
  /** The case's folder, where there is a case. */
  folder: CaseFolder | undefined
  runtime: Pick<RuntimeContext, 'case' | 'clock' | 'notice' | 'connection'>
  /** Looks at another device; absent where a verb has none. */
  lookAt?(device: string, identity: Identity): Promise<Snapshot>
}

/**
 * Makes sure that a result can be saved and what it is compared with is there, before anything is asked of the endpoint.
 * @returns what makes of the result what is shown
 * @throws CbcError usage: there is no case; refused: the name is taken; not_found: there is nothing to compare with
 */
export async function openComparison(needs: ComparisonNeeds): Promise<(result: Result) => Promise<Result>> {
  const { compare, identity, folder } = needs
  const { save } = compare
  if (save !== undefined && folder === undefined) throw usage('--save keeps a result in a case', 'add --case DIR')
  if (save !== undefined && folder !== undefined && (await readSaved(folder, save)) !== undefined) throw alreadySaved(save)
  const other = compare.diff === undefined ? undefined : await otherOf(compare.diff, needs)
  return async result => {
    const failed: Row[] = []
    const rows: Row[] = []
    for await (const row of rowsOf(result)) rows.push(row)
    const seen = await snapshotOf(rows, identity, row => failed.push(row))
    const isPart = result.kind === 'list' && isIncomplete(result)
    if (save !== undefined && folder !== undefined) await keep(save, { ...seen, incomplete: seen.incomplete || isPart }, folder, needs)
    if (other === undefined) return result.kind === 'list' ? { ...result, rows } : result
    const now = { ...(await snapshotOf(rows, other.identity)), ...(isPart ? { incomplete: true } : {}) }
    const found = [...differences(other.snapshot, now, other.identity)]
    const exitCode = failed.length > 0 ? EXIT_CODES.partial : compare.exitCode && found.length > 0 ? 1 : 0
    const columns = differenceColumns(identity.columns ?? columnsOf(result))
    return { ...list([...found, ...failed], columns, 'no difference'), exitCode: () => exitCode }
  }
}

function isIncomplete({ totals }: Extract<Result, { kind: 'list' }>): boolean {
  const counted = totals?.()
  return counted !== undefined && counted.shown < counted.num_found
}

async function keep(name: string, seen: Snapshot, folder: CaseFolder, { facts, runtime }: ComparisonNeeds): Promise<void> {
  const time = new Date(runtime.clock.now()).toISOString()
  const written = await writeSaved(folder, name, { ...facts, time }, seen, text => runtime.connection.redact(text))
  await runtime.case?.note({
    event: 'saved',
    verb: facts.verb,
    ...(facts.device === undefined ? {} : { device: facts.device }),
    name,
    ...written,
  })
}

/** Finds what a result is compared with: what was saved under a name, or else what another device has now. */
async function otherOf(name: string, { identity, facts, folder, runtime, lookAt }: ComparisonNeeds): Promise<Other> {
  const saved = folder === undefined ? undefined : await readSaved(folder, name)
  if (saved !== undefined) {
    if (saved.verb !== facts.verb) throw usage(`--diff ${name}: is a result of \`${saved.verb}\``)
    if (JSON.stringify(saved.arguments) !== JSON.stringify(plain(facts.arguments)))
      runtime.notice(`${name} was saved with other arguments: ${JSON.stringify(saved.arguments)}`)
    const how = saved.device?.id === facts.device?.id ? identity : acrossDevices(identity)
    return { snapshot: await snapshotOfSaved(saved, how), identity: how }
  }
  if (lookAt === undefined)
    throw folder === undefined
      ? usage('--diff compares with a result of a case', 'add --case DIR')
      : new CbcError('not_found', `--diff ${name}: the case has no result of this name`)
  const across = acrossDevices(identity)
  return { snapshot: await lookAt(name, across), identity: across }
}

/** What is left of a value in JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
