import type { UndoRecord } from '../../core/case-record.ts'
import { CbcError } from '../../core/errors.ts'
import { SILENT, type LocalSource } from '../../core/ports.ts'
import { sha256Of } from '../../core/sha256.ts'
import { makeDirectory, remove, statIfThere, type Work } from '../files.ts'
import { isDirectory, type RegistryValue } from '../normalize.ts'
import { enumKeyIfThere, queryValueIfThere, valuePath, type Key } from '../registry.ts'
import type { RemoteSession } from '../session.ts'
import { fetchBytes, upload } from '../transfer.ts'
import { isSameValue, settable } from './registry-value.ts'

/** What can be put back. */
export type Undo = Extract<UndoRecord, { possible: true }>

/** What putting back takes. */
export interface PuttingBack extends Work {
  /** Opens what was kept in the case. */
  kept(file: string): LocalSource
}

/** What was done to one thing. */
export interface PutBack {
  path: string
  action: 'restored' | 'deleted' | 'unchanged'
  /** What could not be put back, because the API can't set it. */
  not_restored?: string[]
}

/** Attributes that a file has that was just written, or that say nothing of it. */
const ORDINARY = ['ARCHIVE', 'NORMAL', 'DIRECTORY', 'NOT_CONTENT_INDEXED']

/** Says what putting back would do, for a question or a plan: `restore C:\x (12 B)`. */
export function stepOf(undo: Undo): { action: string; path: string; not_restored?: string[] } {
  const { path, lost } = { path: String(undo['path']), lost: notRestored(undo) }
  const lacking = lost.length === 0 ? {} : { not_restored: lost }
  switch (undo.kind) {
    case 'file':
      return { action: 'restore file', path, ...lacking }
    case 'directory':
      return { action: 'restore directory', path, ...lacking }
    case 'nothing':
      return { action: 'delete', path }
    case 'registry value':
      return { action: 'restore value', path: named(path, (undo['value'] as RegistryValue).registry_name) }
    case 'no registry value':
      return { action: 'delete value', path: named(path, String(undo['registry_name'])) }
    case 'registry key':
      return { action: 'restore key', path, ...lacking }
    case 'no registry key':
      return { action: 'delete key', path }
    default:
      throw new CbcError('refused', `a newer cbc saved this: "${undo.kind}"`, { hint: 'undo it with that version' })
  }
}

/**
 * Puts back the state before a change, and checks it on the endpoint.
 * @throws CbcError remote: it is not as it was; any error of the endpoint
 */
export async function putBack(session: RemoteSession, undo: Undo, work: PuttingBack): Promise<PutBack> {
  const step = stepOf(undo)
  const action = await carryOut(session, undo, String(undo['path']), work)
  const { path, not_restored } = step
  return { path, action, ...(not_restored === undefined || action === 'unchanged' ? {} : { not_restored }) }
}

async function carryOut(session: RemoteSession, undo: Undo, path: string, work: PuttingBack): Promise<PutBack['action']> {
  switch (undo.kind) {
    case 'file':
      return await restoreFile(session, path, work.kept(String(undo['file'])), String(undo['sha256']), work)
    case 'directory':
      return await restoreDirectory(session, path, work)
    case 'nothing':
      return await removeAgain(session, path, work)
    case 'registry value':
      return await restoreValue(session, path, undo['value'] as RegistryValue, work)
    case 'no registry value':
      return await deleteValue(session, path, String(undo['registry_name']), work)
    case 'registry key':
      return await restoreKeys(session, await keysIn(work.kept(String(undo['file']))), work)
    default:
      return await deleteKey(session, path, work)
  }
}

async function restoreFile(
  session: RemoteSession,
  path: string,
  source: LocalSource,
  sha256: string,
  work: PuttingBack,
): Promise<PutBack['action']> {
  if ((await sha256Of(source.bytes())) !== sha256)
    throw new CbcError('refused', `${path}: what the case kept of it was changed; nothing was put back`, {
      hint: '`cbc case verify` says what was',
    })
  const there = await statIfThere(session, path, work)
  if (there !== undefined && isDirectory(there))
    throw new CbcError('refused', `${path}: is a directory now`, { device_id: session.device.id })
  const isThere = async () => (await sha256Of(fetchBytes(session, path, {}, { ...work, progress: SILENT }))) === sha256
  if (there !== undefined && there.size === source.size && (await isThere())) return 'unchanged'
  await upload(session, source, path, { ...work, progress: SILENT })
  if (!(await isThere())) throw notAsBefore(session, path)
  return 'restored'
}

async function restoreDirectory(session: RemoteSession, path: string, work: Work): Promise<PutBack['action']> {
  const there = await statIfThere(session, path, work)
  if (there !== undefined && isDirectory(there)) return 'unchanged'
  await makeDirectory(session, path, work)
  return 'restored'
}

async function removeAgain(session: RemoteSession, path: string, work: Work): Promise<PutBack['action']> {
  if ((await statIfThere(session, path, work)) === undefined) return 'unchanged'
  await remove(session, path, work)
  if ((await statIfThere(session, path, work)) !== undefined) throw notAsBefore(session, path)
  return 'deleted'
}

async function restoreValue(session: RemoteSession, key: string, value: RegistryValue, work: Work): Promise<PutBack['action']> {
  const { registry_name: name } = value
  const encoded = settable(value)
  const there = await queryValueIfThere(session, key, name, work)
  if (there !== undefined && isSameValue(there, value)) return 'unchanged'
  if (encoded === undefined)
    throw new CbcError('refused', `${named(key, name)}: the API can't set such a value`, { device_id: session.device.id })
  const path = valuePath(key, name)
  const { type: value_type, data: value_data } = encoded
  await session.issue({ name: 'reg set value', path, value_type, value_data, overwrite: true }, { ...work, what: path })
  const now = await queryValueIfThere(session, key, name, work)
  if (now === undefined || !isSameValue(now, value)) throw notAsBefore(session, path)
  return 'restored'
}

async function deleteValue(session: RemoteSession, key: string, name: string, work: Work): Promise<PutBack['action']> {
  const isThere = async () =>
    (await enumKeyIfThere(session, key, work)) !== undefined && (await queryValueIfThere(session, key, name, work)) !== undefined
  if (!(await isThere())) return 'unchanged'
  const path = valuePath(key, name)
  await session.issue({ name: 'reg delete value', path }, { ...work, what: path })
  if (await isThere()) throw notAsBefore(session, path)
  return 'deleted'
}

/** Restores keys, each before its sub keys, with the values that the API can set. */
async function restoreKeys(session: RemoteSession, keys: readonly Pick<Key, 'path' | 'values'>[], work: Work): Promise<PutBack['action']> {
  let action: PutBack['action'] = 'unchanged'
  for (const { path, values } of keys) {
    if ((await enumKeyIfThere(session, path, work)) === undefined) {
      await session.issue({ name: 'reg create key', path }, { ...work, what: path })
      action = 'restored'
    }
    for (const value of values) {
      if (settable(value) !== undefined && (await restoreValue(session, path, value, work)) === 'restored') action = 'restored'
    }
  }
  return action
}

/** Deletes a key that wasn't there before; one that has sub keys by now stays, and the endpoint says so. */
async function deleteKey(session: RemoteSession, path: string, work: Work): Promise<PutBack['action']> {
  const key = await enumKeyIfThere(session, path, work)
  if (key === undefined) return 'unchanged'
  if (key.sub_keys.length > 0)
    throw new CbcError('refused', `${path}: has ${key.sub_keys.length} sub keys by now`, {
      hint: 'look at them first: `reg query`',
      device_id: session.device.id,
    })
  await session.issue({ name: 'reg delete key', path }, { ...work, what: path })
  return 'deleted'
}

async function keysIn(source: LocalSource): Promise<Pick<Key, 'path' | 'values'>[]> {
  const parts: Uint8Array[] = []
  for await (const part of source.bytes()) parts.push(Buffer.from(part))
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Pick<Key, 'path' | 'values'>[]
}

/** What the API can't set, of what was saved. */
function notRestored({ kind, attributes, not_restored, last_write_time }: Undo): string[] {
  if (kind === 'registry key') return (not_restored as string[] | undefined) ?? []
  const odd = ((attributes as string[] | undefined) ?? []).filter(one => !ORDINARY.includes(one))
  return [...(last_write_time == null ? [] : ['times']), ...(odd.length === 0 ? [] : [`attributes ${odd.join(', ')}`])]
}

function named(key: string, name: string): string {
  return `${key}\\${name === '' ? '(Default)' : name}`
}

function notAsBefore(session: RemoteSession, path: string): CbcError {
  return new CbcError('remote', `${path}: is not as it was before, though the endpoint reported no error`, { device_id: session.device.id })
}
