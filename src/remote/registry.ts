import { keyHint } from '../core/missing-backslashes.ts'
import { CbcError } from '../core/errors.ts'
import { trimEnd } from '../core/text/trim.ts'
import type { Work } from './files.ts'
import { FILE_NOT_FOUND, PATH_NOT_FOUND, resultCode } from './hresult.ts'
import { registryValue, type RegistryValue } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** A registry key with its direct sub keys and values. */
export interface Key {
  path: string
  sub_keys: string[]
  values: RegistryValue[]
}

const HIVES: Record<string, string> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKU: 'HKEY_USERS',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCC: 'HKEY_CURRENT_CONFIG',
}
const LONG_HIVES = new Set(Object.values(HIVES))

/**
 * Returns a registry path in the form that the service accepts: hive, `\`, key; no trailing or doubled backslashes.
 * @throws CbcError usage: it does not start with a hive
 */
export function keyPath(typed: string): string {
  const text = trimEnd(typed.replace(/^(?:Computer\\|\\\\\.\\)/i, '').replace(/^(\w+):\\?/, '$1\\'), '\\').replace(/\\{2,}/g, '\\')
  const cut = text.indexOf('\\')
  const hive = (cut < 0 ? text : text.slice(0, cut)).toUpperCase()
  if (!(hive in HIVES) && !LONG_HIVES.has(hive)) {
    throw new CbcError('usage', `"${typed}" does not start with a registry hive`, {
      hint: keyHint(typed) ?? `use ${Object.keys(HIVES).join(', ')} or their long names, as in HKLM\\Software`,
    })
  }
  return hive + (cut < 0 ? '' : text.slice(cut))
}

/** Returns a path with the long name of its hive, as in `.reg` files. */
export function longPath(path: string): string {
  const [hive = '', ...rest] = path.split('\\')
  return [HIVES[hive.toUpperCase()] ?? hive, ...rest].join('\\')
}

/**
 * Returns the path by which the API names a value. The API splits it at its last backslash, so a value name that holds one would mean a
 * value of another key.
 * @throws CbcError refused: the API can't name it
 */
export function valuePath(key: string, name: string): string {
  if (!name.includes('\\')) return `${key}\\${name}`
  throw new CbcError('refused', `${key}: the API can't name the value "${name}", because of the backslash in it; nothing was changed`, {
    hint: 'reg.exe on the endpoint can: `exec reg.exe delete KEY /v NAME /f`, or `exec reg.exe add …`',
  })
}

/** Reads a key ("reg enum key"). */
export async function enumKey(session: RemoteSession, path: string, work: Work): Promise<Key> {
  const command = await session.issue({ name: 'reg enum key', path }, { ...work, what: path })
  return { path, sub_keys: [...(command.sub_keys ?? [])].map(String), values: (command.values ?? []).map(registryValue) }
}

/**
 * Reads a value ("reg query value"). The default value, which has no name, and one with a backslash in its name can't be requested by path:
 * these are taken from their key.
 * @throws CbcError not_found
 */
export async function queryValue(session: RemoteSession, key: string, name: string, work: Work): Promise<RegistryValue> {
  const missing = () =>
    new CbcError('not_found', `${key}: no value ${name === '' ? '(Default)' : `"${name}"`}`, { device_id: session.device.id })
  if (name === '' || name.includes('\\')) {
    const found = valueIn(await enumKey(session, key, work), name)
    if (found === undefined) throw missing()
    return found
  }
  const path = valuePath(key, name)
  const command = await session.issue({ name: 'reg query value', path }, { ...work, what: path })
  const raw = command.value ?? command.values?.[0]
  if (raw === undefined || raw === null) throw missing()
  const value = registryValue(raw)
  return { ...value, registry_name: value.registry_name === '' ? name : value.registry_name }
}

/** Finds a value of a key by its name, in any case. */
function valueIn({ values }: Key, name: string): RegistryValue | undefined {
  return values.find(value => value.registry_name.toLowerCase() === name.toLowerCase())
}

/**
 * Finds the value at a path. The name of a value can hold backslashes itself, so that it may be more than the last part.
 * @returns undefined when there is none
 */
export async function valueAt(
  session: RemoteSession,
  path: string,
  work: Work,
): Promise<{ key: string; value: RegistryValue } | undefined> {
  let cut = path.lastIndexOf('\\')
  if (cut <= 0) return undefined
  const direct = await queryValueIfThere(session, path.slice(0, cut), path.slice(cut + 1), work)
  if (direct !== undefined) return { key: path.slice(0, cut), value: direct }
  for (cut = path.lastIndexOf('\\', cut - 1); cut > 0; cut = path.lastIndexOf('\\', cut - 1)) {
    const key = await enumKeyIfThere(session, path.slice(0, cut), work)
    if (key === undefined) continue
    const value = valueIn(key, path.slice(cut + 1))
    return value === undefined ? undefined : { key: key.path, value }
  }
  return undefined
}

/** Reads a key; returns undefined when there is none. */
export async function enumKeyIfThere(session: RemoteSession, path: string, work: Work): Promise<Key | undefined> {
  try {
    return await enumKey(session, path, work)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Reads a value; returns undefined when there is none. */
export async function queryValueIfThere(session: RemoteSession, key: string, name: string, work: Work): Promise<RegistryValue | undefined> {
  try {
    return await queryValue(session, key, name, work)
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
}

/** Whether a failure says that the key or value isn't there. */
export function isMissing(error: unknown): boolean {
  const code = resultCode(error)
  return code === FILE_NOT_FOUND || code === PATH_NOT_FOUND
}
