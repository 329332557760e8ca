import type { LiveResponse, ProcessEntry } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import type { Ledger, LedgerEntry, Trace } from '../core/ledger.ts'
import type { Clock, Progress, Random } from '../core/ports.ts'
import type { Row } from '../core/result.ts'
import { stillRunning } from './end-program.ts'
import { remove } from './files.ts'
import { resultCode, SHARING_VIOLATION } from './hresult.ts'
import { RemoteSession } from './session.ts'

export interface CollectOptions {
  api: LiveResponse
  ledger: Ledger
  clock: Clock
  random: Random
  progress: Progress
  signal: AbortSignal
  /** Milliseconds that an endpoint has to take a session up, and that a command has. */
  patience: number
  notice(line: string): void
  /** Say what would be removed, and send nothing. */
  planning: boolean
}

type Kind = Trace['kind']
type Left<K extends Kind> = LedgerEntry & { trace: Extract<Trace, { kind: K }> }
type OnEndpoint = Left<'file'> | Left<'program'>

/** How many devices are worked on side by side. */
const CONCURRENT_DEVICES = 16

/**
 * Removes what runs that died left behind, as the ledger has it: temporary files on endpoints, then files staged in the cloud, then
 * sessions. What a living run
 * works with stays; what can't be removed now stays in the ledger.
 * A program that could not be ended is named as long as it runs: whether it may be ended nobody knows any more.
 * @returns a row for each thing: `action` is `delete`, `gone` (it was away already) or `keep` (nobody knows its id: it goes with its
 *   session; or it is a program that still runs), or there is an `error`
 */
export async function* collect(options: CollectOptions): AsyncIterable<Row> {
  const { ledger, planning, progress } = options
  const entries = ledger.entries()
  const sessions = left(entries, 'session')
  if (!planning) for (const entry of sessions.filter(({ trace }) => trace.joined)) entry.strike()
  const orphans = orphansOf(entries, sessions)
  const programs = left(entries, 'program')
  const onEndpoints = byDevice([...left(entries, 'file'), ...programs])
  const staged = left(entries, 'staged')
  if (planning)
    return yield* [...onEndpoints.flat(), ...staged, ...orphans].map(entry =>
      described(entry, entry.trace.kind === 'program' ? 'keep' : 'delete'),
    )
  try {
    const open = orphans.length > 0 || staged.length > 0 ? await options.api.listSessions({ signal: options.signal }) : []
    const ids = new Map(orphans.map(entry => [entry, entry.trace.session_id ?? open.find(unusedOf(entry))?.id]))
    for (let at = 0; at < onEndpoints.length; at += CONCURRENT_DEVICES) {
      const rows = await Promise.all(
        onEndpoints.slice(at, at + CONCURRENT_DEVICES).map(some => tidyEndpoint(some, new Set(ids.values()), options)),
      )
      yield* rows.flat()
    }
    const there = new Set(open.map(({ id }) => id))
    for (const entry of staged) if (entry.trace.file_id !== undefined) yield await removeStaged(entry, there, options)
    for (const [entry, id] of ids) {
      const row = await attempt(entry, id === undefined ? undefined : () => options.api.closeSession(id, { signal: options.signal }), {
        session_id: id ?? null,
      })
      if (id !== undefined && row['error'] === undefined) there.delete(id)
      yield row
    }
    // What nobody knows the id of goes with its session.
    for (const entry of staged) if (entry.trace.file_id === undefined) yield await removeStaged(entry, there, options)
  } finally {
    progress.end()
  }
}

function left<K extends Kind>(entries: LedgerEntry[], kind: K): Left<K>[] {
  return entries.filter((entry): entry is Left<K> => !entry.used && entry.trace.kind === kind)
}

/** Sessions that a dead run started and no living one uses: neither this one nor, where its id isn't known, any on its device. */
function orphansOf(entries: LedgerEntry[], sessions: Left<'session'>[]): Left<'session'>[] {
  const used = entries.flatMap(({ trace, used }) => (used && trace.kind === 'session' ? [trace] : []))
  return sessions.filter(
    ({ trace: { joined, session_id: id, device_id } }) =>
      !joined &&
      !used.some(other => (id === undefined || other.session_id === undefined ? other.device_id === device_id : other.session_id === id)),
  )
}

/** A start whose answer never came: of the device's session it is known that nobody has used it yet, or it is somebody else's. */
function unusedOf({ trace: { device_id: device } }: Left<'session'>) {
  return (session: { device_id: number; current_command_index?: number }) =>
    session.device_id === device && !(Number(session.current_command_index) > 0)
}

function byDevice(entries: OnEndpoint[]): OnEndpoint[][] {
  const devices = new Map<number, OnEndpoint[]>()
  for (const entry of entries) devices.set(entry.trace.device_id, [...(devices.get(entry.trace.device_id) ?? []), entry])
  return [...devices.values()]
}

/** Deletes files on one endpoint, and looks for programs there. @param orphans ids of sessions that are closed later on */
async function tidyEndpoint(entries: OnEndpoint[], orphans: ReadonlySet<string | undefined>, options: CollectOptions): Promise<Row[]> {
  const [first] = entries
  if (first === undefined) return []
  const { patience, progress, signal } = options
  let session: RemoteSession
  try {
    session = await RemoteSession.open({ ...options, device: { id: first.trace.device_id }, establish: patience }, progress, signal)
  } catch (error) {
    return await Promise.all(entries.map(entry => attempt(entry, () => Promise.reject(error as Error))))
  }
  try {
    const rows: Row[] = []
    for (const entry of entries)
      rows.push(
        entry.trace.kind === 'program'
          ? await lookFor(entry, entry.trace, session, options)
          : await attempt(entry, () => remove(session, entry.trace.path, { signal }).catch(explained)),
      )
    return rows
  } finally {
    if (orphans.has(session.id)) session.detach()
    await session.close()
  }
}

/** Names a program that still runs, and strikes out one that doesn't. */
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
    return { ...(await attempt(entry, () => Promise.reject(error as Error))), action: 'keep' }
  }
  if (found === undefined) return await attempt(entry, undefined)
  notice(
    `${path}, pid ${String(found.process_pid)}, ${pid === undefined ? 'may be what' : 'is what'} an earlier run could not end; \`cbc lr kill ${session.device.id} ${String(found.process_pid)}\` ends it`,
  )
  return described(entry, 'keep', { pid: found.process_pid })
}

function explained(error: unknown): never {
  if (error instanceof CbcError && resultCode(error) === SHARING_VIOLATION)
    throw error.with(error.message, { hint: 'the program that was started may still run: try again when it has ended' })
  throw error
}

/** Deletes a file in the cloud, as far as its id is known. @param open ids of the sessions that there are */
async function removeStaged(entry: Left<'staged'>, open: ReadonlySet<string>, { api, signal }: CollectOptions): Promise<Row> {
  const { session_id: session, file_id: file } = entry.trace
  if (!open.has(session)) return await attempt(entry, undefined)
  if (file === undefined) return described(entry, 'keep')
  return await attempt(entry, () => api.deleteFile(session, file, { signal }))
}

/** Does what removes a thing, and strikes it out. @param work absent: it is gone already */
async function attempt(entry: LedgerEntry, work: (() => Promise<unknown>) | undefined, more: Row = {}): Promise<Row> {
  try {
    await work?.()
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    if (error.code !== 'not_found') return { ...described(entry, 'delete', more), error }
    entry.strike()
    return described(entry, 'gone', more)
  }
  entry.strike()
  return described(entry, work === undefined ? 'gone' : 'delete', more)
}

function described({ trace }: LedgerEntry, action: 'delete' | 'gone' | 'keep', more: Row = {}): Row {
  const { joined: _, ...facts } = { joined: undefined, ...trace }
  return { ...facts, ...more, action }
}
