import type { LiveResponse, ProcessEntry } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import type { Ledger, LedgerEntry, Trace } from '../core/ledger.ts'
import type { Clock, Progress, Random } from '../core/ports.ts'
import type { Row } from '../core/result.ts'
import { stillRunning } from './end-program.ts'
import { remove } from './files.ts'
import { resultCode, SHARING_VIOLATION } from './hresult.ts'
import { RemoteSession } from './session.ts'
import { printedId, removeShadow } from './shadow-copy.ts'

export interface CollectOptions {
  api: LiveResponse
  ledger: Ledger
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
  /** Milliseconds that an endpoint has to establish a session, and that each command may take. */
  timeoutMs: number
  notice(line: string): void
  /** Only say what would be removed, and send nothing. */
  planning: boolean
}

type Kind = Trace['kind']
type Left<K extends Kind> = LedgerEntry & { trace: Extract<Trace, { kind: K }> }
type OnEndpoint = Left<'file'> | Left<'program'> | Left<'shadow'>

/** How many devices are cleaned up at the same time. */
const CONCURRENT_DEVICES = 16

/**
 * Removes what dead runs left behind according to the ledger: temporary files and shadow copies on endpoints, then files staged in the cloud, then sessions.
 * What a living run uses is kept, and what can't be removed now stays in the ledger. A program that could not be ended is only named while
 * it runs, because it may be wanted by now.
 * @returns a row for each thing: `action` is `delete`, `gone` (it had gone already) or `keep` (its id isn't known, so that it is removed
 *   with its session; or it is a program that still runs), or there is an `error`
 */
export async function* collectGarbage(options: CollectOptions): AsyncIterable<Row> {
  const { ledger, planning, progress } = options
  const entries = ledger.entries()
  const sessions = leftOf(entries, 'session')
  if (!planning) for (const entry of sessions.filter(({ trace }) => trace.joined)) entry.strike()
  const orphans = orphansOf(entries, sessions)
  const programs = leftOf(entries, 'program')
  // Shadow copies first: a temporary file may hold the id of one.
  const onEndpoints = byDevice([...leftOf(entries, 'shadow'), ...leftOf(entries, 'file'), ...programs])
  const staged = leftOf(entries, 'staged')
  if (planning) return yield* [...onEndpoints.flat(), ...staged, ...orphans].map(entry => rowOf(entry, isKept(entry) ? 'keep' : 'delete'))
  try {
    const open = orphans.length > 0 || staged.length > 0 ? await options.api.listSessions({ signal: options.signal }) : []
    const ids = new Map(orphans.map(entry => [entry, entry.trace.session_id ?? open.find(unusedOf(entry))?.id]))
    for (let at = 0; at < onEndpoints.length; at += CONCURRENT_DEVICES) {
      const rows = await Promise.all(
        onEndpoints.slice(at, at + CONCURRENT_DEVICES).map(some => cleanUpEndpoint(some, new Set(ids.values()), options)),
      )
      yield* rows.flat()
    }
    const there = new Set(open.map(({ id }) => id))
    for (const entry of staged) if (entry.trace.file_id !== undefined) yield await removeStaged(entry, there, options)
    for (const [entry, id] of ids) {
      const row = await removeAndStrike(
        entry,
        id === undefined ? undefined : () => options.api.closeSession(id, { signal: options.signal }),
        {
          session_id: id ?? null,
        },
      )
      if (id !== undefined && row['error'] === undefined) there.delete(id)
      yield row
    }
    // A staged file whose id isn't known is removed with its session.
    for (const entry of staged) if (entry.trace.file_id === undefined) yield await removeStaged(entry, there, options)
  } finally {
    progress.end()
  }
}

function leftOf<K extends Kind>(entries: LedgerEntry[], kind: K): Left<K>[] {
  return entries.filter((entry): entry is Left<K> => !entry.used && entry.trace.kind === kind)
}

/**
 * Returns the sessions that a dead run started and no living run uses. One whose id isn't known counts as used if a living run uses any
 * session on its device.
 */
function orphansOf(entries: LedgerEntry[], sessions: Left<'session'>[]): Left<'session'>[] {
  const used = entries.flatMap(({ trace, used }) => (used && trace.kind === 'session' ? [trace] : []))
  return sessions.filter(
    ({ trace: { joined, session_id: id, device_id } }) =>
      !joined &&
      !used.some(other => (id === undefined || other.session_id === undefined ? other.device_id === device_id : other.session_id === id)),
  )
}

/**
 * Finds the session of a start whose answer never came: the device's session, unless it has had commands, which makes it somebody else's.
 */
function unusedOf({ trace: { device_id: device } }: Left<'session'>) {
  return (session: { device_id: number; current_command_index?: number }) =>
    session.device_id === device && !(Number(session.current_command_index) > 0)
}

function byDevice(entries: OnEndpoint[]): OnEndpoint[][] {
  const devices = new Map<number, OnEndpoint[]>()
  for (const entry of entries) devices.set(entry.trace.device_id, [...(devices.get(entry.trace.device_id) ?? []), entry])
  return [...devices.values()]
}

/** Deletes files on one endpoint, and looks for programs there. @param orphans ids of sessions that are closed later */
async function cleanUpEndpoint(entries: OnEndpoint[], orphans: ReadonlySet<string | undefined>, options: CollectOptions): Promise<Row[]> {
  const [first] = entries
  if (first === undefined) return []
  const { timeoutMs, progress, signal } = options
  let session: RemoteSession
  try {
    session = await RemoteSession.open(
      { ...options, device: { id: first.trace.device_id }, establishTimeoutMs: timeoutMs },
      progress,
      signal,
    )
  } catch (error) {
    return await Promise.all(entries.map(entry => removeAndStrike(entry, () => Promise.reject(error as Error))))
  }
  try {
    const rows: Row[] = []
    const needed = new Set<unknown>()
    for (const entry of entries) {
      const row = needed.has(entry.trace.path) ? rowOf(entry, 'keep') : await cleanUpOne(entry, session, options)
      // What a shadow copy is known by stays with it.
      if (entry.trace.kind === 'shadow' && row['error'] !== undefined) needed.add(entry.trace.output_file)
      rows.push(row)
    }
    return rows
  } finally {
    if (orphans.has(session.id)) session.detach()
    await session.close()
  }
}

async function cleanUpOne(entry: OnEndpoint, session: RemoteSession, options: CollectOptions): Promise<Row> {
  const { signal } = options
  const { trace } = entry
  switch (trace.kind) {
    case 'program':
      return await lookFor(entry, trace, session, options)
    case 'shadow':
      return await cleanUpShadow(entry, trace, session, options)
    case 'file':
      return await removeAndStrike(entry, () => remove(session, trace.path, { signal }).catch(withSharingHint))
  }
}

/** Deletes a shadow copy. If its id isn't known, it is read where the program that made it has printed it. */
async function cleanUpShadow(
  entry: LedgerEntry,
  { device_id, path, output_file, shadow_id }: Extract<Trace, { kind: 'shadow' }>,
  session: RemoteSession,
  options: CollectOptions,
): Promise<Row> {
  // Without a file for its output, the program was not started.
  if (output_file === undefined && shadow_id === undefined) return await removeAndStrike(entry, undefined)
  let id = shadow_id
  try {
    if (output_file !== undefined) id ??= await printedId(session, output_file, options)
  } catch (error) {
    return await removeAndStrike(entry, () => withSharingHint(error))
  }
  if (id !== undefined) return await removeAndStrike(entry, () => removeShadow(session, id, options), { shadow_id: id })
  // It can't be told from those of others: it is named once.
  options.notice(
    `a shadow copy of ${path} may be left on device ${device_id}: \`cbc lr exec ${device_id} vssadmin.exe list shadows\` shows what is there`,
  )
  entry.strike()
  return rowOf(entry, 'keep')
}

function isKept({ trace }: LedgerEntry): boolean {
  return trace.kind === 'program'
}

/** Reports a program that still runs, and strikes out one that doesn't. */
async function lookFor(
  entry: LedgerEntry,
  { path, pid }: Extract<Trace, { kind: 'program' }>,
  session: RemoteSession,
  { notice, signal }: CollectOptions,
): Promise<Row> {
  let found: ProcessEntry | undefined
  try {
    found = await stillRunning(session, path, pid, signal)
  } catch (error) {
    return { ...(await removeAndStrike(entry, () => Promise.reject(error as Error))), action: 'keep' }
  }
  if (found === undefined) return await removeAndStrike(entry, undefined)
  notice(
    `${path}, pid ${String(found.process_pid)}, ${pid === undefined ? 'may be what' : 'is what'} an earlier run could not end; \`cbc lr kill ${session.device.id} ${String(found.process_pid)}\` ends it`,
  )
  return rowOf(entry, 'keep', { pid: found.process_pid })
}

function withSharingHint(error: unknown): never {
  if (error instanceof CbcError && resultCode(error) === SHARING_VIOLATION)
    throw error.with(error.message, { hint: 'the program that was started may still run: try again when it has ended' })
  throw error
}

/** Deletes a file in the cloud if its id is known. @param open ids of the open sessions */
async function removeStaged(entry: Left<'staged'>, open: ReadonlySet<string>, { api, signal }: CollectOptions): Promise<Row> {
  const { session_id: session, file_id: file } = entry.trace
  if (!open.has(session)) return await removeAndStrike(entry, undefined)
  if (file === undefined) return rowOf(entry, 'keep')
  return await removeAndStrike(entry, () => api.deleteFile(session, file, { signal }))
}

/** Removes a thing and strikes it out of the ledger. @param work removes it; undefined when it is gone already */
async function removeAndStrike(entry: LedgerEntry, work: (() => Promise<unknown>) | undefined, more: Row = {}): Promise<Row> {
  try {
    await work?.()
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    if (error.code !== 'not_found') return { ...rowOf(entry, 'delete', more), error }
    entry.strike()
    return rowOf(entry, 'gone', more)
  }
  entry.strike()
  return rowOf(entry, work === undefined ? 'gone' : 'delete', more)
}

function rowOf({ trace }: LedgerEntry, action: 'delete' | 'gone' | 'keep', more: Row = {}): Row {
  const { joined: _, ...facts } = { joined: undefined, ...trace }
  return { ...facts, ...more, action }
}
