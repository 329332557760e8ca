import type { CommandRequest } from '../../api/live-response.ts'
import { bounded } from '../../core/bounded.ts'
import type { KeptBytes, UndoRecord } from '../../core/case-record.ts'
import { CbcError } from '../../core/errors.ts'
import { SILENT } from '../../core/ports.ts'
import { formatSize } from '../../core/quantity.ts'
import { statIfThere } from '../files.ts'
import { isDirectory, isLink, type Entry } from '../normalize.ts'
import { processes } from '../processes.ts'
import { enumKeyIfThere, queryValueIfThere, type Key } from '../registry.ts'
import { isUnread, walkKeys } from '../registry-walk.ts'
import type { RemoteSession } from '../session.ts'
import { fetchBytes } from '../transfer.ts'
import { settable } from './registry-value.ts'

/** The largest file that is saved before it is replaced or deleted, bytes. */
const MAX_SAVED_BYTES = 1024 ** 3

export interface Saving {
  signal: AbortSignal
  /** Keeps bytes in the case. */
  keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes>
}

/**
 * Saves the state before a command that changes the endpoint.
 * @returns what is needed to put it back, or why that is not possible; undefined where nothing is known to be lost
 * @throws CbcError refused: it can't be saved, and the command must not be sent; interrupted
 */
export async function stateBefore(session: RemoteSession, request: CommandRequest, saving: Saving): Promise<UndoRecord | undefined> {
  // What this program puts there for its own work is no evidence.
  if ('path' in request && session.temporaries.has(request.path)) return undefined
  try {
    return await save(session, request, saving)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    const what = 'path' in request ? request.path : request.name
    throw new CbcError('refused', `${what}: was not changed, because the state before can't be saved in the case: ${error.message}`, {
      ...error.facts,
      hint: 'what a case records can be put back, or is not done',
      cause: error,
    })
  }
}

async function save(session: RemoteSession, request: CommandRequest, saving: Saving): Promise<UndoRecord | undefined> {
  switch (request.name) {
    case 'delete file':
      return await savePath(session, request.path, saving, true)
    case 'put file':
    case 'create directory':
      return await savePath(session, request.path, saving, false)
    case 'reg set value':
      return await saveValue(session, request.path, saving, false)
    case 'reg delete value':
      return await saveValue(session, request.path, saving, true)
    case 'reg create key':
      return await saveAbsentKey(session, request.path, saving)
    case 'reg delete key':
      return await saveKey(session, request.path, saving)
    case 'kill':
      return await describeProcess(session, request.pid, saving)
    default:
      return undefined
  }
}

/** @param deleting whether what is there is deleted; else it is replaced, or nothing was there */
async function savePath(session: RemoteSession, path: string, saving: Saving, deleting: boolean): Promise<UndoRecord | undefined> {
  const { windows } = session.paths
  const entry = await statIfThere(session, path, saving)
  if (entry === undefined) {
    // An alternate stream is not listed.
    if (!session.paths.base(path).includes(':') && !deleting) return { possible: true, kind: 'nothing', path }
    return (await saveUnlisted(session, path, saving)) ?? (deleting ? undefined : { possible: true, kind: 'nothing', path })
  }
  if (isLink(entry, windows))
    return deleting ? { possible: false, reason: `${path} was a link: the API neither reads nor makes one` } : undefined
  if (isDirectory(entry)) return deleting ? { possible: true, kind: 'directory', path, ...facts(entry) } : undefined
  if ((entry.size ?? 0) > MAX_SAVED_BYTES) {
    const reason = `${path} had ${formatSize(entry.size ?? 0)}: files of more than ${formatSize(MAX_SAVED_BYTES)} are not saved`
    return { possible: false, reason, ...facts(entry) }
  }
  const kept = await keepFile(session, path, saving, entry.size ?? undefined)
  return { possible: true, kind: 'file', path, ...kept, ...facts(entry) }
}

/** Saves what can be opened, though it isn't listed; undefined where there is nothing. */
async function saveUnlisted(session: RemoteSession, path: string, saving: Saving): Promise<UndoRecord | undefined> {
  try {
    return { possible: true, kind: 'file', path, ...(await keepFile(session, path, saving, undefined)) }
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
}

async function keepFile(session: RemoteSession, path: string, { signal, keep }: Saving, size: number | undefined): Promise<KeptBytes> {
  const bytes = fetchBytes(session, path, {}, { signal, progress: SILENT, expected: size })
  const kept = await keep(bounded(bytes, path, MAX_SAVED_BYTES))
  if (size === undefined || kept.size === size) return kept
  throw new CbcError('network', `${path}: got ${kept.size} of ${size} bytes`, { hint: 'it may be changing: try again' })
}

function facts({ attributes, create_time, last_write_time, last_access_time }: Entry): Record<string, unknown> {
  return { attributes, create_time, last_write_time, last_access_time }
}

/** @param deleting whether the value is deleted; else it is set */
async function saveValue(session: RemoteSession, path: string, saving: Saving, deleting: boolean): Promise<UndoRecord | undefined> {
  const cut = path.lastIndexOf('\\')
  const [key, registry_name] = [path.slice(0, cut), path.slice(cut + 1)]
  const value = await queryValueIfThere(session, key, registry_name, saving)
  // The endpoint refuses to delete what isn't there, and a value that somebody sets later is no change of this command's.
  if (value === undefined) return deleting ? undefined : { possible: true, kind: 'no registry value', path: key, registry_name }
  if (settable(value) !== undefined) return { possible: true, kind: 'registry value', path: key, value: { ...value, registry_name } }
  return { possible: false, reason: `${path} had the type ${value.registry_type}, which the API can't set`, value }
}

async function saveAbsentKey(session: RemoteSession, path: string, saving: Saving): Promise<UndoRecord | undefined> {
  const key = await enumKeyIfThere(session, path, saving)
  return key === undefined ? { possible: true, kind: 'no registry key', path } : undefined
}

/** Saves a key with everything below it. */
async function saveKey(session: RemoteSession, path: string, saving: Saving): Promise<UndoRecord | undefined> {
  if ((await enumKeyIfThere(session, path, saving)) === undefined) return undefined
  const keys: Pick<Key, 'path' | 'values'>[] = []
  for await (const key of walkKeys(session, path, saving)) {
    if (isUnread(key)) throw key.error
    keys.push({ path: key.path, values: key.values })
  }
  const odd = keys.flatMap(key =>
    key.values.filter(value => settable(value) === undefined).map(value => `${key.path}\\${value.registry_name}`),
  )
  const kept = await saving.keep(jsonBytes(keys))
  const lacking = odd.length === 0 ? {} : { not_restored: odd }
  return { possible: true, kind: 'registry key', path, ...kept, keys: keys.length, ...lacking }
}

async function* jsonBytes(value: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(value))
}

async function describeProcess(session: RemoteSession, pid: number, saving: Saving): Promise<UndoRecord | undefined> {
  const process = (await processes(session, saving)).find(row => row['process_pid'] === pid)
  if (process === undefined) return undefined
  const command = String(process['process_cmdline'] ?? process['process_path'] ?? '')
  return { possible: false, reason: 'a process that was killed does not come back as it was', process, start_again: command }
}
