import type { CaseFolder } from '../../core/case-folder.ts'
import type { CaseStore, Comparison } from '../../core/case-store.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { CbcError } from '../../core/errors.ts'
import type { Row } from '../../core/result.ts'
import type { CaseMoment } from '../exports/moment.ts'
import { HEAD, isDerived, isLock, isUnfinished, JOURNAL } from '../folder-parts.ts'
import { type CaseSource, sourceIn, sourceOf } from './case-source.ts'

export interface PushOptions {
  moment: CaseMoment
  signal: AbortSignal
  /** Called with each file that is in the store now. */
  done(size: number): void
}

/** The state of runs is written anew as they go on; everything else in a case is written once, or grows. */
const REWRITTEN = /^runs\//

/**
 * Copies a case to a store, its journal last: it tells of nothing that isn't there. What the store has already is skipped, so that a push
 * that was cut off goes on. Of what grows, the store's copy is replaced where it is the beginning of ours; nothing else is overwritten.
 * @returns a row a file, each once the store has its bytes
 * @throws CbcError refused: the store has another case there; io, network, auth
 */
export async function* pushCase(folder: CaseFolder, store: CaseStore, options: PushOptions): AsyncGenerator<Row> {
  const { moment, signal } = options
  const journal = sourceIn(folder, JOURNAL, moment.head.bytes)
  const found = await store.compare(JOURNAL, journal, signal)
  if (found.state === 'other') throw otherCase(store, found, journal)
  let failed = 0
  for await (const row of concurrentMap(filesOf(folder), file => pushFile(folder, store, file, options))) {
    if (row['error'] !== undefined) failed += 1
    yield row
  }
  if (failed > 0) {
    const why = `left, because ${failed === 1 ? 'a file' : `${failed} files`} of the case could not be pushed`
    yield { path: JOURNAL, error: new CbcError('refused', `${JOURNAL}: ${why}`) }
    return
  }
  yield await stored(store, JOURNAL, journal, options, found)
  const head = sourceOf(HEAD, Buffer.from(`${JSON.stringify(moment.head)}\n`))
  yield await stored(store, HEAD, head, options, await store.compare(HEAD, head, signal))
}

/** What is pushed last, what can be made again, and what is of use only where the case lies. */
function isLeft(file: string): boolean {
  return file === JOURNAL || file === HEAD || isLock(file) || isUnfinished(file) || isDerived(file)
}

interface CaseEntry {
  file: string
  size: number
  kind: 'file' | 'link' | 'other'
}

async function* filesOf(folder: CaseFolder): AsyncGenerator<CaseEntry> {
  for await (const entry of folder.list()) if (!isLeft(entry.file)) yield entry
}

/** @returns a row, with its error where the file alone can't be pushed */
async function pushFile(folder: CaseFolder, store: CaseStore, { file, size, kind }: CaseEntry, options: PushOptions): Promise<Row> {
  try {
    if (kind !== 'file') throw new CbcError('refused', `${file}: is neither a file nor a folder`)
    const source = sourceIn(folder, file, size)
    const found = await store.compare(file, source, options.signal)
    if (found.state === 'other' && !REWRITTEN.test(file)) throw otherContent(store.locate(file))
    return await stored(store, file, source, options, found)
  } catch (error) {
    if (error instanceof CbcError && ['refused', 'not_found'].includes(error.code)) return { path: file, size, error }
    throw error
  }
}

async function stored(store: CaseStore, file: string, source: CaseSource, { signal, done }: PushOptions, found: Comparison): Promise<Row> {
  const isThere = found.state === 'same'
  if (!isThere) await store.put(file, source, signal, found.state === 'absent' ? undefined : found)
  done(source.size)
  return { path: file, url: store.locate(file), size: source.size, sha256: source.sha256, action: isThere ? 'unchanged' : 'pushed' }
}

function otherContent(place: string): CbcError {
  return new CbcError('refused', `${place}: is there already, with other content, and nothing is overwritten`, {
    hint: 'push to another prefix',
  })
}

function otherCase(store: CaseStore, { size }: Comparison, journal: CaseSource): CbcError {
  const place = store.locate(JOURNAL)
  const why = size > journal.size ? 'has more lines than this case, or those of another' : 'is not the beginning of this one'
  return new CbcError('refused', `${place}: ${why}: nothing was pushed`, { hint: 'push to another prefix' })
}
