import { CbcError } from '../core/errors.ts'
import type { Work } from './files.ts'
import { FILE_NOT_FOUND, PATH_NOT_FOUND, resultCode } from './hresult.ts'
import { registryValue, type RegistryValue } from './normalize.ts'
import type { RemoteSession } from './session.ts'

/** A key with what is directly below it. */
export interface Key {
  path: string
  sub_keys: string[]
  values: RegistryValue[]
}

const HIVES: Record<string, string> = {
  HKLM: 'HKEY_LOCAL_MACHINE', HKCU: 'HKEY_CURRENT_USER', HKU: 'HKEY_USERS', HKCR: 'HKEY_CLASSES_ROOT', HKCC: 'HKEY_CURRENT_CONFIG',
}
const LONG_HIVES = new Set(Object.values(HIVES))

/**
 * A registry path as the service takes it: hive, `\`, key; no trailing or doubled backslashes.
 * @throws CbcError usage: it starts with no hive
 */
export function keyPath(typed: string): string {
  const text = typed.replace(/^(?:Computer\\|\\\\\.\\)/i, '').replace(/^(\w+):\\?/, '$1\\').replace(/\\+$/, '').replace(/\\{2,}/g, '\\')
  const cut = text.indexOf('\\')
  const hive = (cut < 0 ? text : text.slice(0, cut)).toUpperCase()
  if (!(hive in HIVES) && !LONG_HIVES.has(hive)) {
    throw new CbcError('usage', `"${typed}" does not start with a registry hive`, { hint: `use ${Object.keys(HIVES).join(', ')} or their long names, as in HKLM\\Software` })
  }
  return hive + (cut < 0 ? '' : text.slice(cut))
}

/** The same path with its hive's long name, as `.reg` files have it. */
export function longPath(path: string): string {
  const [hive = '', ...rest] = path.split('\\')
  return [HIVES[hive.toUpperCase()] ?? hive, ...rest].join('\\')
}

/** "reg enum key". */
export async function enumKey(session: RemoteSession, path: string, work: Work): Promise<Key> {
  const command = await session.issue({ name: 'reg enum key', path }, { ...work, what: path })
  return { path, sub_keys: [...(command.sub_keys ?? [])].map(String), values: (command.values ?? []).map(registryValue) }
}

/**
 * "reg query value". The default value has no name to ask for: it is taken from its key.
 * @throws CbcError not_found
 */
export async function queryValue(session: RemoteSession, key: string, name: string, work: Work): Promise<RegistryValue> {
  const missing = () => new CbcError('not_found', `${key}: no value ${name === '' ? '(Default)' : `"${name}"`}`, { device_id: session.device.id })
  if (name === '') {
    const found = (await enumKey(session, key, work)).values.find(value => value.registry_name === '')
    if (found === undefined) throw missing()
    return found
  }
  const command = await session.issue({ name: 'reg query value', path: `${key}\\${name}` }, { ...work, what: `${key}\\${name}` })
  const raw = command.value ?? command.values?.[0]
  if (raw === undefined || raw === null) throw missing()
  const value = registryValue(raw)
  return { ...value, registry_name: value.registry_name === '' ? name : value.registry_name }
}

/** @returns the value, or undefined where there is none */
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
